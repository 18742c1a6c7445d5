import { base58 } from '@scure/base'
import { ForgeError } from '../../errors/forge-error.ts'
import type { Clock } from '../../time/clock.ts'
import type { Rpc } from '../rpc/rpc.ts'

/** The addresses of each table, in its order. */
export type LookupTables = Readonly<Record<string, readonly string[]>>

/** Bytes before the addresses. Source: LOOKUP_TABLE_META_SIZE of the address-lookup-table program. */
const META_BYTES = 56
const TABLES_PER_CALL = 100
/** A table only ever grows, so that an old copy is short of addresses, never wrong. */
const KEEP_MS = 600_000

/** Address lookup tables, fetched once and kept for a while. */
export class LookupTableCache {
  readonly #rpc: Pick<Rpc, 'accounts'>
  readonly #clock: Clock
  readonly #kept = new Map<string, { readonly addresses: readonly string[]; readonly until: number }>()

  constructor(rpc: Pick<Rpc, 'accounts'>, clock: Clock) {
    this.#rpc = rpc
    this.#clock = clock
  }

  /** @throws TX_INVALID when one does not exist; what `Rpc` throws. */
  async get(tables: readonly string[]): Promise<LookupTables> {
    const now = this.#clock.now()
    const missing = tables.filter(table => (this.#kept.get(table)?.until ?? 0) <= now)
    for (let at = 0; at < missing.length; at += TABLES_PER_CALL) {
      const asked = missing.slice(at, at + TABLES_PER_CALL)
      const accounts = await this.#rpc.accounts(asked, 'confirmed')
      asked.forEach((table, index) => {
        const account = accounts[index]
        if (!account) throw new ForgeError('TX_INVALID', { message: `the lookup table ${table} does not exist` })
        this.#kept.set(table, { addresses: addressesOf(account.data), until: now + KEEP_MS })
      })
    }
    return Object.fromEntries(tables.map(table => [table, this.#kept.get(table)?.addresses ?? []]))
  }
}

function addressesOf(data: Uint8Array): readonly string[] {
  const addresses: string[] = []
  for (let at = META_BYTES; at + 32 <= data.length; at += 32) {
    addresses.push(base58.encode(new Uint8Array(data.subarray(at, at + 32))))
  }
  return addresses
}
