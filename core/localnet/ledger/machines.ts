import type { LedgerAccount } from '../ledger-port.ts'
import type { Ledger } from './ledger.ts'
import { NOTHING, Svm } from './svm.ts'

/**
 * Machines for chains that come one after the other and have the same programs. Making a machine compiles the SPL
 * programs: that takes 10 ms and some 6 MB outside of V8's heap, which V8 sees no need to free.
 *
 * @example
 * const machines = new Machines()
 * const localnet = await createLocalnet({ clock, seed, machines })
 * await localnet.close() // the next one begins at once
 */
export class Machines {
  readonly #free: Svm[] = []
  /** What a machine has at an address when it is new. */
  readonly #born = new Map<string, LedgerAccount>()
  #new: Svm | undefined

  /** One that is as new, but for the programs that chains before have added. */
  take(): Svm {
    return this.#free.pop() ?? Svm.create()
  }

  /** Takes the machine of a chain that nobody uses any more; whoever does all the same is told so by an error. */
  giveBack(ledger: Ledger): void {
    const ended = ledger.end()
    if (!ended) return
    for (const address of ended.changed) ended.svm.setAccount(address, this.#bornAt(address))
    this.#free.push(ended.svm)
  }

  #bornAt(address: string): LedgerAccount {
    const known = this.#born.get(address)
    if (known) return known
    this.#new ??= Svm.create()
    const account = this.#new.account(address) ?? NOTHING
    this.#born.set(address, account)
    return account
  }
}
