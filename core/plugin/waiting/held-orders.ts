import type { Expiries } from './expiries.ts'
import type { HeldOrder } from './held-order.ts'
import { pairKey } from './pair-watch.ts'

/** The orders in the hands of one node, by id and by the key of their intent, with the times at which they expire. */
export class HeldOrders {
  readonly #byId = new Map<string, HeldOrder>()
  readonly #idByKey = new Map<string, string>()
  readonly #expiries: Expiries
  /** The highest sequence so far: an order that is put into the book has a higher one. */
  sequence = 0

  constructor(expiries: Expiries) {
    this.#expiries = expiries
  }

  get size(): number {
    return this.#byId.size
  }

  get(id: string): HeldOrder | undefined {
    return this.#byId.get(id)
  }

  ofKey({ node, key }: { readonly node: string; readonly key: string }): HeldOrder | undefined {
    return this.#byId.get(this.#idByKey.get(keyOf(node, key)) ?? '')
  }

  /** Whether this very order is still held. */
  has(held: HeldOrder): boolean {
    return this.#byId.get(held.id) === held
  }

  add(held: HeldOrder): void {
    const { intent } = held.order
    this.sequence = Math.max(this.sequence, held.sequence)
    this.#byId.set(held.id, held)
    this.#idByKey.set(keyOf(intent.node, intent.key), held.id)
    if (intent.expiresAt !== undefined) this.#expiries.set(held.id, intent.expiresAt)
  }

  delete({ id, order: { intent } }: HeldOrder): void {
    this.#byId.delete(id)
    this.#idByKey.delete(keyOf(intent.node, intent.key))
    this.#expiries.delete(id)
  }

  /** Those that have not been given on, of one pair when one is named. */
  waiting(pair?: string): readonly HeldOrder[] {
    return [...this.#byId.values()].filter(
      ({ state, terms }) => state !== 'given' && (pair === undefined || pairKey(terms.pair) === pair),
    )
  }
}

const keyOf = (node: string, key: string): string => `${node}\n${key}`
