import type { AccountWatcher, ChainAccount } from '../../plugin/services.ts'

const NOBODY = '11111111111111111111111111111111'

/** Who watches which accounts, and what each was last told: nobody is told the same twice, nor something older. */
export class WatchList {
  readonly #watches = new Map<AccountWatcher, Map<string, Told | undefined>>()

  get isEmpty(): boolean {
    return this.#watches.size === 0
  }

  add(watcher: AccountWatcher, addresses: readonly string[]): void {
    this.#watches.set(watcher, new Map(addresses.map(address => [address, undefined])))
  }

  delete(watcher: AccountWatcher): void {
    this.#watches.delete(watcher)
  }

  /** Each address once. */
  addresses(): ReadonlySet<string> {
    return new Set([...this.#watches.values()].flatMap(told => [...told.keys()]))
  }

  /** How often the most impatient one wants to be told while nothing is notified. */
  every_ms(): number {
    return Math.min(...[...this.#watches.keys()].map(watcher => watcher.every_ms))
  }

  /** An account that is not there is told of as the chain does: an empty one of the system program. */
  tell(slot: number, address: string, found: ChainAccount | undefined): void {
    const account = found ?? { address, lamports: 0n, owner: NOBODY, data: new Uint8Array() }
    for (const [watcher, told] of [...this.#watches]) {
      if (!told.has(address)) continue
      const before = told.get(address)
      if (before && (slot < before.slot || sameAccount(before.account, account))) continue
      told.set(address, { slot, account })
      watcher.onChange(slot, account)
    }
  }
}

interface Told {
  readonly slot: number
  readonly account: ChainAccount
}

function sameAccount(a: ChainAccount, b: ChainAccount): boolean {
  return a.lamports === b.lamports && a.owner === b.owner && Buffer.compare(a.data, b.data) === 0
}
