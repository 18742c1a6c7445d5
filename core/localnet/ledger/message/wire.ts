import { base58 } from '@scure/base'
import { ForgeError } from '../../../errors/forge-error.ts'
import { addressText } from '../address-text.ts'

/** The largest transaction a node takes: what fits one IPv6 packet. */
export const WIRE_BYTES_MAX = 1_232
export const SIGNATURE_BYTES = 64

export interface WireInstruction {
  readonly programIdIndex: number
  readonly accounts: Uint8Array
  readonly data: Uint8Array
}

export interface TableLookup {
  readonly table: string
  readonly writable: Uint8Array
  readonly readonly: Uint8Array
}

interface MessageHeader {
  readonly numRequiredSignatures: number
  readonly numReadonlySignedAccounts: number
  readonly numReadonlyUnsignedAccounts: number
}

/** A message as it is signed, taken apart. */
export interface WireMessage {
  readonly version: 'legacy' | 0
  readonly header: MessageHeader
  readonly staticKeys: readonly string[]
  readonly blockhash: string
  readonly instructions: readonly WireInstruction[]
  readonly lookups: readonly TableLookup[]
}

/** A transaction as it travels, taken apart and found well-formed. */
export interface WireTransaction {
  readonly wire: Uint8Array
  /** Base58; the first one names the transaction. */
  readonly signatures: readonly string[]
  readonly message: WireMessage
}

/**
 * Takes a transaction apart with the checks a node makes before it looks at the chain. LiteSVM aborts the whole process
 * on bytes that it can't decode, so nothing may reach it that has not passed here.
 *
 * @throws LOCALNET_WIRE_INVALID with `reason`: too-large, malformed, unsanitary
 */
export function parseWire(wire: Uint8Array): WireTransaction {
  if (wire.length > WIRE_BYTES_MAX) {
    throw invalid('too-large', `transaction too large: ${wire.length} bytes (max: ${WIRE_BYTES_MAX} bytes)`)
  }
  const reader = new Reader(wire)
  const signatures = Array.from({ length: reader.compact() }, () => base58.encode(reader.take(SIGNATURE_BYTES)))
  const message = readMessage(reader)
  if (!reader.done) throw invalid('malformed', 'bytes are left over after the transaction')
  if (signatures.length !== message.header.numRequiredSignatures) {
    throw invalid('unsanitary', 'the number of signatures is not the one the message requires')
  }
  return { wire, signatures, message }
}

/** Takes the bytes of a message (what is signed) apart, as `getFeeForMessage` is given them. */
export function parseMessage(bytes: Uint8Array): WireMessage {
  const reader = new Reader(bytes)
  const message = readMessage(reader)
  if (!reader.done) throw invalid('malformed', 'bytes are left over after the message')
  return message
}

function readMessage(reader: Reader): WireMessage {
  const first = reader.byte()
  const versioned = (first & 0x80) !== 0
  if (versioned && first !== 0x80) throw invalid('malformed', `message version ${first & 0x7f} is not supported`)
  const header: MessageHeader = {
    numRequiredSignatures: versioned ? reader.byte() : first,
    numReadonlySignedAccounts: reader.byte(),
    numReadonlyUnsignedAccounts: reader.byte(),
  }
  const staticKeys = Array.from({ length: reader.compact() }, () => addressText(reader.take(32)))
  const blockhash = addressText(reader.take(32))
  const instructions = Array.from({ length: reader.compact() }, () => ({
    programIdIndex: reader.byte(),
    accounts: reader.bytes(),
    data: reader.bytes(),
  }))
  const lookups = versioned
    ? Array.from({ length: reader.compact() }, () => ({
        table: addressText(reader.take(32)),
        writable: reader.bytes(),
        readonly: reader.bytes(),
      }))
    : []
  const message: WireMessage = {
    version: versioned ? 0 : 'legacy',
    header,
    staticKeys,
    blockhash,
    instructions,
    lookups,
  }
  sanitize(message)
  return message
}

/** The rules of `sanitize` in solana-message: indexes within bounds, a writable signing payer, no program that pays. */
function sanitize(message: WireMessage): void {
  const { header, staticKeys, instructions, lookups } = message
  const loaded = lookups.reduce((sum, lookup) => sum + lookup.writable.length + lookup.readonly.length, 0)
  const keys = staticKeys.length + loaded
  const sound =
    header.numRequiredSignatures >= 1 &&
    header.numReadonlySignedAccounts < header.numRequiredSignatures &&
    header.numRequiredSignatures + header.numReadonlyUnsignedAccounts <= staticKeys.length &&
    keys <= 256 &&
    lookups.every(lookup => lookup.writable.length + lookup.readonly.length > 0) &&
    instructions.every(
      ix => ix.programIdIndex > 0 && ix.programIdIndex < staticKeys.length && ix.accounts.every(index => index < keys),
    )
  if (!sound) throw invalid('unsanitary', 'Transaction failed to sanitize accounts offsets correctly')
}

/** Whether the key at this index of (static, loaded writable, loaded readonly) keys may be written. */
export function isWritable(message: WireMessage, index: number): boolean {
  const { header, staticKeys } = message
  if (index < header.numRequiredSignatures) {
    return index < header.numRequiredSignatures - header.numReadonlySignedAccounts
  }
  if (index < staticKeys.length) return index < staticKeys.length - header.numReadonlyUnsignedAccounts
  return index < staticKeys.length + message.lookups.reduce((sum, lookup) => sum + lookup.writable.length, 0)
}

function invalid(reason: 'too-large' | 'malformed' | 'unsanitary', message: string): ForgeError {
  return new ForgeError('LOCALNET_WIRE_INVALID', { message, context: { reason } })
}

class Reader {
  #offset = 0
  readonly #source: Uint8Array

  constructor(source: Uint8Array) {
    this.#source = source
  }

  get done(): boolean {
    return this.#offset === this.#source.length
  }

  byte(): number {
    const value = this.#source[this.#offset++]
    if (value === undefined) throw invalid('malformed', 'io error: failed to fill whole buffer')
    return value
  }

  take(length: number): Uint8Array {
    const end = this.#offset + length
    if (end > this.#source.length) throw invalid('malformed', 'io error: failed to fill whole buffer')
    const bytes = this.#source.subarray(this.#offset, end)
    this.#offset = end
    return bytes
  }

  /** A length of one to three bytes, seven bits each, lowest first, in its shortest form (ShortU16). */
  compact(): number {
    let value = 0
    for (let shift = 0; shift <= 14; shift += 7) {
      const byte = this.byte()
      value |= (byte & 0x7f) << shift
      if ((byte & 0x80) === 0) {
        if ((byte === 0 && shift > 0) || value > 0xffff) break
        return value
      }
    }
    throw invalid('malformed', 'a length is not in its shortest form')
  }

  bytes(): Uint8Array {
    return this.take(this.compact())
  }
}
