interface Staged {
  readonly write: () => void
  /** The node whose state it is; absent for what belongs to no node. */
  readonly node: string | undefined
}

/**
 * What waits to be written with the next transaction of a deployment. The state of a node waits for a transaction of
 * that node: committed with another one, it would say that an intent was given which the journal never took. A
 * transaction that fails leaves it staged: the next one carries it.
 */
export class Staging {
  readonly #pending = new Map<string | symbol, Staged>()

  /** Whether a transaction of that node (or of none) would carry nothing. */
  isEmpty(node: string | undefined): boolean {
    return ![...this.#pending.values()].some(staged => belongs(staged, node))
  }

  /** Adds a write; a later one with the same slot takes its place. */
  add(write: () => void, slot: string | symbol = Symbol('write'), node?: string): void {
    this.#pending.set(slot, { write, node })
  }

  /** Runs the writes of that node and of none, inside the caller's transaction. */
  apply(node: string | undefined): void {
    for (const staged of this.#pending.values()) if (belongs(staged, node)) staged.write()
  }

  /** After the commit. */
  clear(node: string | undefined): void {
    for (const [slot, staged] of this.#pending) if (belongs(staged, node)) this.#pending.delete(slot)
  }
}

function belongs(staged: Staged, node: string | undefined): boolean {
  return staged.node === undefined || staged.node === node
}
