import { VersionedMessage } from '@solana/web3.js'
import type { Instruction } from '../../plugin/venue.ts'
import { addressText } from '../address-text.ts'
import type { LookupTables } from '../transaction/lookup-tables.ts'

/** No program of any kind has this name. */
const NO_PROGRAM = 'none'

/** What will be signed, decoded from its bytes: never from what somebody said they would build. */
export interface DecodedMessage {
  readonly feePayer: string
  /** Every address, in the order instructions count them: the message's own, then those of lookup tables. */
  readonly addresses: readonly string[]
  readonly signers: readonly string[]
  /** Every account the transaction may write, those of lookup tables included. */
  readonly writable: readonly string[]
  readonly instructions: readonly Instruction[]
}

/**
 * Decodes a message with every address in place.
 *
 * @param tables contents of the lookup tables as the chain has them
 * @throws RangeError for an index past its table: such a message can not be understood, so it is not signed.
 */
export function decodeMessage(bytes: Uint8Array, tables: LookupTables): DecodedMessage {
  const message = VersionedMessage.deserialize(bytes)
  const fixed = message.staticAccountKeys.map(key => addressText(key.toBytes()))
  const from = (side: 'writableIndexes' | 'readonlyIndexes'): string[] =>
    message.addressTableLookups.flatMap(lookup =>
      lookup[side].map(index => entry(tables, addressText(lookup.accountKey.toBytes()), index)),
    )
  const lookedUpWritable = from('writableIndexes')
  const addresses = [...fixed, ...lookedUpWritable, ...from('readonlyIndexes')]
  const isWritable = (index: number): boolean =>
    index < fixed.length ? message.isAccountWritable(index) : index < fixed.length + lookedUpWritable.length
  const address = (index: number): string => {
    const found = addresses[index]
    if (found === undefined) throw new RangeError(`account ${index} of ${addresses.length}`)
    return found
  }
  return {
    feePayer: address(0),
    addresses,
    signers: fixed.slice(0, message.header.numRequiredSignatures),
    writable: addresses.filter((_, index) => isWritable(index)),
    instructions: message.compiledInstructions.map(instruction => ({
      // The runtime takes programs from the fixed keys only; an index past them names no program.
      programId: fixed[instruction.programIdIndex] ?? NO_PROGRAM,
      accounts: instruction.accountKeyIndexes.map(index => ({
        address: address(index),
        signer: index < message.header.numRequiredSignatures,
        writable: isWritable(index),
      })),
      data: instruction.data,
    })),
  }
}

function entry(tables: LookupTables, table: string, index: number): string {
  const found = tables[table]?.[index]
  if (found === undefined) throw new RangeError(`lookup table ${table} has no entry ${index}`)
  return found
}
