import { ForgeError } from '../../errors/forge-error.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { FINAL_STATES } from '../../orders/state-machine.ts'
import type { KeptOrder } from '../../store/directory/kept-orders.ts'
import type { Answer } from '../../store/directory/requests.ts'
import type { Store } from '../../store/store.ts'
import { cancelWhole, wholeOf } from './cancel-whole.ts'

/** The run of this process, as far as what is asked from outside concerns it. */
export interface LiveRun {
  readonly deploymentId: string
  /** Time on its chain. */
  now(): number
  /** Asks the node that holds an order to end it, or to let it fire again. False when no node of this run holds it. */
  ask(order: OrderRecord, kind: 'cancel' | 'resume', cause: string): boolean
}

/** The one order of a directory with that id or beginning. @throws ORDER_UNKNOWN */
export function orderOf(orders: Pick<Store, 'orders'>, id: string): KeptOrder {
  const found = orders.orders({ id })
  if (found.length === 1) return found[0]!
  throw new ForgeError('ORDER_UNKNOWN', {
    message: found.length === 0 ? `no order ${id}` : `${id} begins the ids of ${found.length} orders`,
    remedy: 'See `sniperforge orders list`.',
  })
}

/**
 * Cancels an order that has not been sent. Who cancels a part of another means that one: a stop without its target is
 * another order. Asked twice, it says so again.
 *
 * @throws ORDER_UNKNOWN
 */
export function cancelOrder(
  store: Store,
  id: string,
  options: { readonly cause: string; readonly live: LiveRun | undefined; readonly now: number },
): Answer {
  const { deploymentId, order } = orderOf(store, id)
  const detail = { id: order.id }
  const live = options.live?.deploymentId === deploymentId ? options.live : undefined
  const journal = store.journalOf(deploymentId)
  const cause = options.cause
  const whole = wholeOf(journal, order)
  if (whole) {
    const now = live?.now() ?? timeFor(whole, options.now)
    return cancelWhole(journal, whole, { cause, now, ask: live && (() => live.ask(whole, 'cancel', cause)) })
  }
  if (order.state === 'cancelled') return { done: true, text: `order ${order.id} is cancelled`, detail }
  const why = unable(order, live !== undefined)
  if (why !== undefined) return { done: false, text: `order ${order.id} ${why}`, detail }
  const reason = { code: 'ORDER_CANCELLED', message: cause }
  if (!live?.ask(order, 'cancel', cause))
    journal.move(order.id, 'cancelled', { now: live?.now() ?? timeFor(order, options.now), cause, reason })
  const { state } = journal.order(order.id) ?? order
  if (state !== 'cancelled') return { done: false, text: `order ${order.id} is ${state}: it was quicker`, detail }
  return { done: true, text: `order ${order.id} is cancelled: nothing of it was sent`, detail }
}

/** Lets an order fire again that its node holds back since a restart. @throws ORDER_UNKNOWN */
export function resumeOrder(store: Store, id: string, cause: string, live: LiveRun | undefined): Answer {
  const { order } = orderOf(store, id)
  const detail = { id: order.id }
  if (order.state !== 'armed')
    return { done: false, text: `order ${order.id} is ${order.state}: nothing holds it back`, detail }
  if (live?.ask(order, 'resume', cause)) return { done: true, text: `order ${order.id} may fire`, detail }
  return { done: false, text: `nobody watches order ${order.id}: \`sniperforge orders watch\` does`, detail }
}

/** Why an order can not be cancelled; undefined when it can. */
function unable(order: OrderRecord, runsHere: boolean): string | undefined {
  const { state } = order
  if (FINAL_STATES.includes(state)) return `is ${state} already`
  if (order.attempts.length > 0)
    return `can not be taken back: its transaction ${order.attempts.at(-1)?.signature} may land`
  // The run has it in hand, and may be about to sign.
  if (runsHere && state !== 'armed') return `is ${state} and being traded right now`
  return undefined
}

/** A local chain stands still while nobody runs it: what is done to its orders then happens at its time, not ours. */
function timeFor(order: OrderRecord, now: number): number {
  return order.intent.input.cluster === 'localnet' ? order.updatedAt : now
}
