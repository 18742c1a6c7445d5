import type { LedgerAccount } from '../ledger-port.ts'
import { NOTHING, type Svm } from './svm.ts'

const SYSVAR_OWNER = 'Sysvar1111111111111111111111111111111111111'

export interface AddressedAccount {
  readonly address: string
  readonly account: LedgerAccount
}

interface Undo {
  readonly slot: number
  readonly before: LedgerAccount | undefined
}

/** The part of the account book that a snapshot keeps beside the machine's own state. */
export type UndoState = readonly (readonly [string, readonly Undo[]])[]

/**
 * Accounts now and as they were up to finality: the machine holds only the newest state, a node answers for the
 * commitment it is asked for. Reads are cached: all writes pass here.
 */
export class Accounts {
  readonly #svm: Svm
  readonly #cache = new Map<string, LedgerAccount | null>()
  /** By address, oldest first: what an account was before the first change in each slot that is not final yet. */
  readonly #undo = new Map<string, Undo[]>()
  #changes: { slot: number; address: string }[] = []
  readonly #everChanged = new Set<string>()

  constructor(svm: Svm, undo: UndoState = []) {
    this.#svm = svm
    for (const [address, entries] of undo) {
      this.#undo.set(address, [...entries])
      for (const { slot } of entries) this.#changes.push({ slot, address })
    }
    this.#changes.sort((a, b) => a.slot - b.slot)
  }

  now(address: string): LedgerAccount | undefined {
    const cached = this.#cache.get(address)
    if (cached !== undefined) return cached ?? undefined
    const account = this.#svm.account(address)
    // Sysvars change with the clock, not by transactions.
    if (account?.owner !== SYSVAR_OWNER) this.#cache.set(address, account ?? null)
    return account
  }

  /** The account at the end of `slot`, which must not be older than the newest finalized one. */
  at(address: string, slot: number): LedgerAccount | undefined {
    const later = this.#undo.get(address)?.find(entry => entry.slot > slot)
    return later ? later.before : this.now(address)
  }

  ownedBy(owner: string, slot: number): AddressedAccount[] {
    const found = this.#svm.programAccounts(owner)
    const changed = new Set(this.#changes.filter(change => change.slot > slot).map(change => change.address))
    if (changed.size === 0) return found
    const kept = found.filter(entry => !changed.has(entry.address))
    for (const address of changed) {
      const account = this.at(address, slot)
      if (account?.owner === owner) kept.push({ address, account })
    }
    return kept
  }

  /** Addresses of all that is not as the machine was when this book began. */
  get everChanged(): ReadonlySet<string> {
    return this.#everChanged
  }

  /** Writes an account past all rules: genesis and fees of transactions that could not be loaded. */
  set(address: string, account: LedgerAccount): void {
    this.#svm.setAccount(address, account)
    this.#cache.delete(address)
    this.#everChanged.add(address)
  }

  /** Forgets what was read: the machine was changed behind this book. */
  reread(): void {
    this.#cache.clear()
  }

  /** Reads these accounts anew after an execution in `slot`; answers those that changed. */
  refresh(addresses: readonly string[], slot: number): string[] {
    const changed: string[] = []
    for (const address of addresses) {
      const before = this.now(address)
      this.#cache.delete(address)
      if (same(before, this.now(address))) {
        if (before) this.#cache.set(address, before)
        continue
      }
      changed.push(address)
      this.#remember(address, slot, before)
    }
    return changed
  }

  /** Takes accounts as they are after something in `slot` whose effect is known without the machine. */
  change(after: ReadonlyMap<string, LedgerAccount>, slot: number): void {
    for (const [address, account] of after) {
      this.#remember(address, slot, this.now(address))
      this.#cache.set(address, account)
      this.#svm.setAccountLater(address, account)
    }
  }

  #remember(address: string, slot: number, before: LedgerAccount | undefined): void {
    this.#everChanged.add(address)
    const entries = this.#undo.get(address)
    if (entries?.at(-1)?.slot === slot) return
    if (entries) entries.push({ slot, before })
    else this.#undo.set(address, [{ slot, before }])
    this.#changes.push({ slot, address })
  }

  /** Forgets what lies at or before the newest finalized slot. */
  finalize(finalizedSlot: number): void {
    const keepFrom = this.#changes.findIndex(change => change.slot > finalizedSlot)
    const gone = this.#changes.slice(0, keepFrom < 0 ? this.#changes.length : keepFrom)
    if (gone.length === 0) return
    this.#changes = this.#changes.slice(gone.length)
    for (const { address } of gone) {
      const entries = this.#undo.get(address)?.filter(entry => entry.slot > finalizedSlot) ?? []
      if (entries.length > 0) this.#undo.set(address, entries)
      else this.#undo.delete(address)
    }
  }

  /** Every account as it was at the end of `slot`, which must not be older than the newest finalized one. */
  takeBack(slot: number): void {
    const changed = new Set(this.#changes.filter(change => change.slot > slot).map(change => change.address))
    for (const address of changed) {
      this.set(address, this.at(address, slot) ?? NOTHING)
      const entries = this.#undo.get(address)!.filter(entry => entry.slot <= slot)
      if (entries.length > 0) this.#undo.set(address, entries)
      else this.#undo.delete(address)
    }
    this.#changes = this.#changes.filter(change => change.slot <= slot)
  }

  undoState(): UndoState {
    return [...this.#undo]
  }
}

function same(a: LedgerAccount | undefined, b: LedgerAccount | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return (
    a.lamports === b.lamports &&
    a.owner === b.owner &&
    a.executable === b.executable &&
    Buffer.compare(a.data, b.data) === 0
  )
}
