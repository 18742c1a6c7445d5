import { base58 } from '@scure/base'
import type { LedgerAccount } from '../../ledger-port.ts'
import type { TableLookup } from './wire.ts'

export const LOOKUP_TABLE_PROGRAM = 'AddressLookupTab1e1111111111111111111111111'
/** Where the addresses begin, after the table's state. Source: solana-address-lookup-table-interface. */
const ADDRESSES_OFFSET = 56

export interface LoadedAddresses {
  readonly writable: readonly string[]
  readonly readonly: readonly string[]
}

export const NOTHING_LOADED: LoadedAddresses = { writable: [], readonly: [] }

/** The addresses a message loads from tables, or undefined when one can not be loaded (the machine then says why). */
export function loadAddresses(
  lookups: readonly TableLookup[],
  account: (address: string) => LedgerAccount | undefined,
): LoadedAddresses | undefined {
  if (lookups.length === 0) return NOTHING_LOADED
  const writable: string[] = []
  const readonly: string[] = []
  for (const lookup of lookups) {
    const table = account(lookup.table)
    if (table?.owner !== LOOKUP_TABLE_PROGRAM) return undefined
    for (const [indexes, into] of [[lookup.writable, writable] as const, [lookup.readonly, readonly] as const]) {
      for (const index of indexes) {
        const start = ADDRESSES_OFFSET + index * 32
        if (table.data.length < start + 32) return undefined
        into.push(base58.encode(table.data.subarray(start, start + 32)))
      }
    }
  }
  return { writable, readonly }
}
