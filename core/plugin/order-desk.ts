import type { IntentEvent } from '../events/event.ts'
import { isFinal, type Reason, type Report } from '../events/report.ts'
import type { Arming, Journal, OrderRecord, Resolution } from '../orders/journal.ts'
import { FINAL_STATES, type OrderState } from '../orders/state-machine.ts'
import type { Clock } from '../time/clock.ts'

/** What a person asks of an order that waits. */
export interface OrderRequest {
  /** `cancel` ends it unsent; `resume` lets it fire again where a restart holds it; `fire` triggers it now. */
  readonly kind: 'cancel' | 'resume' | 'fire'
  readonly orderId: string
  /** A sentence, for the order's story: who asks, and why. */
  readonly cause: string
}

/** Orders that wait, as the node that holds them sees the journal: each call has committed when it returns. */
export interface OrderDesk {
  /**
   * Takes the intent's key and arms the order, at once. `taken: false` with the record that has the key: it is held by
   * this node already, on its way, or over.
   */
  arm(
    intent: IntentEvent,
    arming: Pick<Arming, 'terms' | 'again' | 'isWhole'>,
  ): { readonly taken: boolean; readonly order: OrderRecord }
  /** Its trigger holds: it may be traded now, under the same key. @throws ORDER_MOVE_ILLEGAL unless it is armed */
  trigger(orderId: string, cause: string, resolved?: Resolution): OrderRecord
  /**
   * Ends an order that was not sent; `confirmed` is the end of one that others were made of, when any has traded.
   *
   * @throws ORDER_MOVE_ILLEGAL when it was sent, and for `confirmed` of any other
   */
  end(
    orderId: string,
    state: Extract<OrderState, 'confirmed' | 'cancelled' | 'expired' | 'failed'>,
    reason: Reason,
  ): OrderRecord
  /** Adds a sentence to its story: why it did not fire, what changed. Each is a row on the disk: say it once. */
  note(orderId: string, text: string): void
  order(orderId: string): OrderRecord | undefined
  /** The order that has an intent's key, whoever holds it: what a node that lets intents pass may end, or must let go. */
  taken(intent: Pick<IntentEvent, 'node' | 'key'>): OrderRecord | undefined
  /** Orders of this node that are not over, in the order they were armed: armed, triggered and on their way. */
  open(): readonly OrderRecord[]
  /** Commits what this node has set in its state, at once: for what no intent carries, as a high-water mark. */
  save(): void
  /** Calls back with what people ask of this node's orders, until the function returned is called. */
  onRequest(handle: (request: OrderRequest) => void): () => void
}

/**
 * Whether a report is the end of its order: what the end of a run interrupted, what a node could not bring through, and
 * what asks a person is still open in the journal, and may trade under the same key.
 */
export function isOrderOver(report: Report, desk: Pick<OrderDesk, 'taken'>): boolean {
  if (report.state === 'filled' || report.state === 'simulated') return true
  if (!isFinal(report.state) || report.state === 'unresolved') return false
  const order = desk.taken(report)
  // Never taken: it was turned away before, unless the run just ended.
  if (!order) return !(report.state === 'failed' && report.reason.code === 'ORDER_INTERRUPTED')
  return FINAL_STATES.includes(order.state)
}

/** What the desk of a node writes to every order it arms. */
export type DeskIdentity = Pick<Arming, 'plugin' | 'version' | 'holder'>

/** The desk of one node over a journal. */
export function orderDesk(parts: {
  readonly journal: Pick<Journal, 'arm' | 'trigger' | 'move' | 'note' | 'order' | 'taken' | 'orders'>
  readonly clock: Pick<Clock, 'now'>
  readonly identity: DeskIdentity
  readonly save: () => void
  readonly requests?: OrderRequests
  /** What it takes to watch an order in another process; undefined for one that only its own pipeline watches. */
  readonly planOf?: (intent: IntentEvent) => unknown
}): OrderDesk {
  const { journal, clock, identity, save } = parts
  return {
    arm: (intent, arming) => {
      const plan = parts.planOf?.(intent)
      return journal.arm(intent, { ...identity, ...arming, ...(plan !== undefined && { plan }) }, clock.now())
    },
    trigger: (orderId, cause, resolved) =>
      journal.trigger(orderId, { now: clock.now(), cause, ...(resolved && { resolved }) }),
    end: (orderId, state, reason) => journal.move(orderId, state, { now: clock.now(), cause: reason.message, reason }),
    note: (orderId, text) => journal.note(orderId, text, clock.now()),
    order: orderId => journal.order(orderId),
    taken: intent => journal.taken(intent),
    open: () => journal.orders({ holder: identity.holder, open: true }),
    save,
    onRequest: handle => parts.requests?.listen(identity.holder, handle) ?? (() => undefined),
  }
}

/** Hands what people ask to the nodes that hold the orders; one for a run. */
export class OrderRequests {
  readonly #handlers = new Map<string, Set<(request: OrderRequest) => void>>()

  listen(holder: string, handle: (request: OrderRequest) => void): () => void {
    const handlers = this.#handlers.get(holder) ?? new Set()
    this.#handlers.set(holder, handlers.add(handle))
    return () => void handlers.delete(handle)
  }

  /** @returns whether a node of this run holds the order, and was told. */
  send(holder: string, request: OrderRequest): boolean {
    const handlers = this.#handlers.get(holder)
    if (!handlers || handlers.size === 0) return false
    for (const handle of [...handlers]) handle(request)
    return true
  }
}
