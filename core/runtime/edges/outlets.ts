import type { EventKind } from '../../events/event.ts'
import type { AnyPlugin } from '../../plugin/contract.ts'

/** Who takes what a node gives, by kind. */
export class Outlets<Taker extends { readonly node: { readonly plugin: AnyPlugin } }> {
  readonly all: Taker[] = []
  readonly #gives: readonly string[]
  readonly #byKind = new Map<string, readonly Taker[]>()
  #lastKind: string | undefined
  #last: readonly Taker[] = []

  constructor(gives: readonly EventKind[]) {
    this.#gives = gives
  }

  /** The takers of a kind; undefined when the plugin does not declare that it gives it. */
  declared(kind: string): readonly Taker[] | undefined {
    // Most nodes give one kind: no look-up for it.
    if (kind === this.#lastKind) return this.#last
    if (!this.#gives.includes(kind)) return undefined
    this.#lastKind = kind
    this.#last = this.of(kind)
    return this.#last
  }

  of(kind: string): readonly Taker[] {
    let takers = this.#byKind.get(kind)
    if (!takers) {
      takers = this.all.filter(({ node }) => node.plugin.takes.includes(kind as EventKind))
      this.#byKind.set(kind, takers)
    }
    return takers
  }
}
