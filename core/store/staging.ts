/**
 * What waits to be written with the next transaction of a deployment. A transaction that fails leaves it staged: the
 * next one carries it.
 */
export class Staging {
  readonly #pending = new Map<string | symbol, () => void>()

  get empty(): boolean {
    return this.#pending.size === 0
  }

  /** Adds a write; a later one with the same slot takes its place. */
  add(write: () => void, slot: string | symbol = Symbol('write')): void {
    this.#pending.set(slot, write)
  }

  /** Runs every staged write, inside the caller's transaction. */
  apply(): void {
    for (const write of this.#pending.values()) write()
  }

  /** After the commit. */
  clear(): void {
    this.#pending.clear()
  }
}
