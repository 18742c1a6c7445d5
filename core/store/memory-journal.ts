import type { IntentEvent } from '../events/event.ts'
import type { Attempt, Journal, KeyScope, NodeState, OrderRecord } from '../orders/journal.ts'
import {
  attemptedOrder,
  createdOrder,
  movedOrder,
  type OrderMove,
  orderUnknown,
  type PartLanded,
  partedOrder,
  signatureTaken,
} from '../orders/order-rules.ts'
import { FINAL_STATES, type OrderState } from '../orders/state-machine.ts'
import { decodeValue, encodeValue } from './value-codec.ts'

/**
 * The order journal in plain memory: the rules of `SqliteJournal` without its disk, for backtests, where a million bars
 * a second leave no time for SQL. Nothing outlives it, so there is no lease to lose and nothing to sync.
 */
export class MemoryJournal implements Journal {
  readonly #scope: KeyScope
  readonly #orders = new Map<string, OrderRecord>()
  readonly #idsByNode = new Map<string, string[]>()
  /** Order by signature. */
  readonly #signatures = new Map<string, string>()

  constructor(scope: KeyScope) {
    this.#scope = scope
  }

  assertWritable(): void {}

  take(intent: IntentEvent, now: number): { taken: boolean; order: OrderRecord } {
    const order = createdOrder(this.#scope, intent, now)
    const before = this.#orders.get(order.id)
    if (before) return { taken: false, order: before }
    this.#orders.set(order.id, order)
    const ids = this.#idsByNode.get(intent.node)
    if (ids) ids.push(order.id)
    else this.#idsByNode.set(intent.node, [order.id])
    return { taken: true, order }
  }

  attempt(attempt: Attempt): OrderRecord {
    const next = attemptedOrder(this.#known(attempt.orderId), attempt)
    const other = this.#signatures.get(attempt.signature)
    if (other !== undefined) throw signatureTaken(attempt, other)
    this.#signatures.set(attempt.signature, attempt.orderId)
    this.#orders.set(next.id, next)
    return next
  }

  async synced(): Promise<void> {}

  part(orderId: string, attempt: number, landed: PartLanded): OrderRecord {
    const { next } = partedOrder(this.#known(orderId), attempt, landed)
    this.#orders.set(orderId, next)
    return next
  }

  move(orderId: string, to: OrderState, details: OrderMove): OrderRecord {
    const next = movedOrder(this.#known(orderId), to, details)
    this.#orders.set(orderId, next)
    return next
  }

  order(orderId: string): OrderRecord | undefined {
    return this.#orders.get(orderId)
  }

  orders(filter: { node?: string; open?: boolean } = {}): readonly OrderRecord[] {
    const { node, open } = filter
    const all =
      node === undefined ? [...this.#orders.values()] : (this.#idsByNode.get(node) ?? []).map(id => this.#known(id))
    return open === undefined ? all : all.filter(({ state }) => FINAL_STATES.includes(state) !== open)
  }

  #known(orderId: string): OrderRecord {
    const order = this.#orders.get(orderId)
    if (!order) throw orderUnknown(orderId)
    return order
  }
}

/** One node's state in memory, written as the store would write it: what can not be kept there fails here too. */
export class MemoryNodeState implements NodeState {
  readonly #values = new Map<string, string>()

  get<T>(key: string): T | undefined {
    const text = this.#values.get(key)
    return text === undefined ? undefined : decodeValue<T>(text)
  }

  set(key: string, value: unknown): void {
    this.#values.set(key, encodeValue(value))
  }
}
