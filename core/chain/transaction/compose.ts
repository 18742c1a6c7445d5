import { base58 } from '@scure/base'
import {
  type AccountRole,
  type Address,
  appendTransactionMessageInstructions,
  type Blockhash,
  compileTransactionMessage,
  compressTransactionMessageUsingAddressLookupTables,
  createTransactionMessage,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit'
import { ForgeError, messageOf } from '../../errors/forge-error.ts'
import type { Instruction } from '../../plugin/venue.ts'
import { COMPUTE_UNITS_MAX, computeBudgetInstructions } from './compute-budget.ts'
import { encodeMessage } from './encode-message.ts'
import type { LookupTables } from './lookup-tables.ts'

/** The network takes no larger transaction. Source: PACKET_DATA_SIZE of the Solana SDK: 1280 - 40 - 8. */
export const TRANSACTION_BYTES_MAX = 1232
export const SIGNATURE_BYTES = 64
const KEY_BYTES = 32

export interface ComposeRequest {
  readonly instructions: readonly Instruction[]
  /** Base58; pays the fee and signs alone. */
  readonly payer: string
  readonly blockhash: string
  readonly tables: LookupTables
  readonly price_microLamports: bigint
  /** 24 bits that make two otherwise equal transactions differ. */
  readonly salt: number
}

/** An unsigned transaction whose compute-unit limit can still be set. */
export interface Draft {
  /** Wire bytes with an empty signature: what a simulation takes. */
  readonly wire: Uint8Array
  /** The part that is signed, within `wire`. */
  readonly message: Uint8Array
  setComputeUnitLimit(units: number): void
}

/**
 * A version 0 transaction: compute budget first, then the instructions as they come.
 *
 * @throws TX_TOO_LARGE, TX_INVALID (also when it needs another signature than the payer's)
 */
export function compose(request: ComposeRequest): Draft {
  const message = compile(request)
  const signers = message[1] ?? 0
  if (signers !== 1) {
    throw new ForgeError('TX_INVALID', {
      message: `the transaction needs ${signers} signatures; only the wallet signs`,
    })
  }
  const wire = new Uint8Array(1 + SIGNATURE_BYTES + message.length)
  wire[0] = 1
  wire.set(message, 1 + SIGNATURE_BYTES)
  if (wire.length > TRANSACTION_BYTES_MAX) {
    throw new ForgeError('TX_TOO_LARGE', {
      message: `the transaction has ${wire.length} bytes; the network takes ${TRANSACTION_BYTES_MAX}`,
      context: { bytes: wire.length },
    })
  }
  const inside = wire.subarray(1 + SIGNATURE_BYTES)
  const limitAt = limitOffset(inside)
  return {
    wire,
    message: inside,
    setComputeUnitLimit: units => new DataView(wire.buffer).setUint32(inside.byteOffset + limitAt, units, true),
  }
}

/** The wire bytes with the wallet's signature in place, and that signature in base58. */
export function signDraft(
  draft: Draft,
  wallet: { sign(message: Uint8Array): Uint8Array },
): { wire: Uint8Array; signature: string } {
  const signature = wallet.sign(draft.message)
  const wire = draft.wire.slice()
  wire.set(signature, 1)
  return { wire, signature: base58.encode(new Uint8Array(signature)) }
}

function compile(request: ComposeRequest): Uint8Array {
  const budget = computeBudgetInstructions({
    units: COMPUTE_UNITS_MAX,
    price_microLamports: request.price_microLamports,
    salt: request.salt,
  })
  try {
    const empty = setTransactionMessageLifetimeUsingBlockhash(
      // Expiry is the trader's business: the height plays no part in the bytes.
      { blockhash: request.blockhash as Blockhash, lastValidBlockHeight: 0n },
      setTransactionMessageFeePayer(request.payer as Address, createTransactionMessage({ version: 0 })),
    )
    const plain = appendTransactionMessageInstructions([...budget, ...request.instructions].map(kitInstruction), empty)
    const short = compressTransactionMessageUsingAddressLookupTables(
      plain,
      request.tables as Record<Address, Address[]>,
    )
    return encodeMessage(compileTransactionMessage(short))
  } catch (cause) {
    throw new ForgeError('TX_INVALID', { message: `the transaction can not be built: ${messageOf(cause)}`, cause })
  }
}

function kitInstruction({ programId, accounts, data }: Instruction) {
  return {
    programAddress: programId as Address,
    accounts: accounts.map(({ address, signer, writable }) => ({
      address: address as Address,
      role: ((signer ? 2 : 0) | (writable ? 1 : 0)) as AccountRole,
    })),
    data,
  }
}

/**
 * Where the limit's number stands: it is the first instruction, right after the blockhash. The layout: version, three
 * header bytes, the keys and the instructions each after their count, an instruction's program, accounts and data.
 */
function limitOffset(message: Uint8Array): number {
  const keys = compactU16(message, 4)
  const instructions = compactU16(message, keys.end + keys.value * KEY_BYTES + KEY_BYTES)
  const accounts = compactU16(message, instructions.end + 1)
  const data = compactU16(message, accounts.end + accounts.value)
  return data.end + 1
}

/** Source: Solana's "compact-u16", seven bits a byte, low ones first. */
function compactU16(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0
  for (let index = 0; index < 3; index++) {
    const byte = bytes[at + index] ?? 0
    value |= (byte & 0x7f) << (7 * index)
    if ((byte & 0x80) === 0) return { value, end: at + index + 1 }
  }
  return { value, end: at + 3 }
}
