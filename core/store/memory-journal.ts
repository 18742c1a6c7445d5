import type { IntentEvent } from '../events/event.ts'
import type {
  Arming,
  Attempt,
  Journal,
  KeyScope,
  NodeState,
  OrderMove,
  OrderRecord,
  StoryLine,
} from '../orders/journal.ts'
import {
  armedOrder,
  attemptedOrder,
  createdOrder,
  movedOrder,
  orderUnknown,
  type PartLanded,
  partedOrder,
  signatureTaken,
  type Triggered,
  triggeredOrder,
  watchedBy,
} from '../orders/order-rules.ts'
import { FINAL_STATES, type OrderState } from '../orders/state-machine.ts'
import { copyValue } from './value-codec.ts'

/**
 * The order journal in plain memory: the rules of `SqliteJournal` without its disk, for backtests, where a million bars
 * a second leave no time for SQL. Nothing outlives it, so there is no lease to lose and nothing to sync.
 */
export class MemoryJournal implements Journal {
  readonly #scope: KeyScope
  readonly #keepsStories: boolean
  readonly #orders = new Map<string, OrderRecord>()
  /** Ids by node and key, in creation order: an id is a hash, and costs more than a look. */
  readonly #idsByNode = new Map<string, Map<string, string>>()
  readonly #stories = new Map<string, StoryLine[]>()
  /** Order by signature. */
  readonly #signatures = new Map<string, string>()

  /** @param options without stories it takes half the memory, and `story` answers nothing */
  constructor(scope: KeyScope, options: { readonly keepsStories: boolean } = { keepsStories: true }) {
    this.#scope = scope
    this.#keepsStories = options.keepsStories
  }

  assertWritable(): void {}

  take(intent: IntentEvent, now: number): { taken: boolean; order: OrderRecord } {
    return this.#take(intent, () => createdOrder(this.#scope, intent, now))
  }

  arm(intent: IntentEvent, arming: Arming, now: number): { taken: boolean; order: OrderRecord } {
    const taking = this.#take(intent, () => armedOrder(this.#scope, intent, arming, now))
    const { id } = taking.order
    if (taking.taken) this.#tell(id, { was: 'created', became: 'armed', cause: watchedBy(arming), at: now })
    return taking
  }

  trigger(orderId: string, triggered: Triggered): OrderRecord {
    const order = this.#known(orderId)
    return this.#become(triggeredOrder(order, triggered), order.state, triggered)
  }

  taken({ node, key }: Pick<IntentEvent, 'node' | 'key'>): OrderRecord | undefined {
    const id = this.#idsByNode.get(node)?.get(key)
    return id === undefined ? undefined : this.order(id)
  }

  note(orderId: string, text: string, now: number): void {
    const { state } = this.#known(orderId)
    this.#tell(orderId, { was: state, became: state, cause: text, at: now })
  }

  attempt(attempt: Attempt): OrderRecord {
    const order = this.#known(attempt.orderId)
    const next = attemptedOrder(order, attempt)
    const { signature, number, createdAt } = attempt
    const other = this.#signatures.get(signature)
    if (other !== undefined) throw signatureTaken(attempt, other)
    this.#signatures.set(signature, attempt.orderId)
    this.#orders.set(next.id, next)
    if (this.#keepsStories)
      this.#tell(next.id, {
        was: order.state,
        became: next.state,
        cause: `attempt ${number}: ${signature}`,
        at: createdAt,
      })
    return next
  }

  async synced(): Promise<void> {}

  part(orderId: string, attempt: number, landed: PartLanded): OrderRecord {
    const order = this.#known(orderId)
    return this.#become(partedOrder(order, attempt, landed).next, order.state, landed)
  }

  move(orderId: string, to: OrderState, details: OrderMove): OrderRecord {
    const order = this.#known(orderId)
    return this.#become(movedOrder(order, to, details), order.state, details)
  }

  moveAll(moves: Parameters<Journal['moveAll']>[0]): readonly OrderRecord[] {
    const changes = moves.map(move => {
      const order = this.#known(move.orderId)
      return { move, was: order.state, next: movedOrder(order, move.to, move) }
    })
    return changes.map(({ move, was, next }) => this.#become(next, was, move))
  }

  order(orderId: string): OrderRecord | undefined {
    return this.#orders.get(orderId)
  }

  orders(filter: { node?: string; holder?: string; open?: boolean } = {}): readonly OrderRecord[] {
    const { node, holder, open } = filter
    const all =
      node === undefined
        ? [...this.#orders.values()]
        : [...(this.#idsByNode.get(node)?.values() ?? [])].map(id => this.#known(id))
    if (open === undefined && holder === undefined) return all
    return all.filter(
      ({ state, arming }) =>
        (open === undefined || FINAL_STATES.includes(state) !== open) &&
        (holder === undefined || arming?.holder === holder),
    )
  }

  story(orderId: string): readonly StoryLine[] {
    return this.#stories.get(orderId) ?? []
  }

  #take(intent: IntentEvent, create: () => OrderRecord): { taken: boolean; order: OrderRecord } {
    const before = this.taken(intent)
    if (before) return { taken: false, order: before }
    const order = create()
    const { id, createdAt } = order
    this.#orders.set(id, order)
    const ids = this.#idsByNode.get(intent.node) ?? new Map<string, string>()
    this.#idsByNode.set(intent.node, ids.set(intent.key, id))
    if (this.#keepsStories) this.#stories.set(id, [{ became: 'created', cause: intent.reason, at: createdAt }])
    return { taken: true, order }
  }

  #become(next: OrderRecord, was: OrderState, { now, cause }: { now: number; cause: string }): OrderRecord {
    this.#orders.set(next.id, next)
    this.#tell(next.id, { was, became: next.state, cause, at: now })
    return next
  }

  #tell(orderId: string, line: StoryLine): void {
    this.#stories.get(orderId)?.push(line)
  }

  #known(orderId: string): OrderRecord {
    const order = this.#orders.get(orderId)
    if (!order) throw orderUnknown(orderId)
    return order
  }
}

/** One node's state in memory, written as the store would write it: what can not be kept there fails here too. */
export class MemoryNodeState implements NodeState {
  readonly #values = new Map<string, unknown>()

  get<T>(key: string): T | undefined {
    const value = this.#values.get(key)
    return copyValue(typeof value === 'function' ? value() : value) as T | undefined
  }

  set(key: string, value: unknown): void {
    this.#values.set(key, typeof value === 'function' ? value : copyValue(value))
  }

  /** Nothing is written anywhere. */
  flush(): void {}
}
