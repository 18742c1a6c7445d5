import { ForgeError } from '../errors/forge-error.ts'
import type { IntentEvent } from '../events/event.ts'
import type { Fill } from '../events/report.ts'
import type { Arming, Attempt, KeyScope, OrderMove, OrderRecord, Resolution } from './journal.ts'
import { fullKeyOf, orderIdOf } from './order-key.ts'
import { assertPart, assertPartsKept } from './parts.ts'
import { assertMove, type OrderState } from './state-machine.ts'
import { assertWholeOnly } from './wholes.ts'

/** What every journal does to an order, wherever it keeps it: each rule answers the order as it is then. */

/** A part of an order that has landed. */
export interface PartLanded {
  readonly now: number
  readonly cause: string
  readonly fill: Fill
}

/** The order of an intent whose key has just been taken. */
export function createdOrder(scope: KeyScope, intent: IntentEvent, now: number): OrderRecord {
  const fullKey = fullKeyOf(scope, intent.node, intent.key)
  return { id: orderIdOf(fullKey), fullKey, intent, state: 'created', attempts: [], createdAt: now, updatedAt: now }
}

/** The order of an intent whose key has just been taken to wait for a trigger. */
export function armedOrder(scope: KeyScope, intent: IntentEvent, arming: Arming, now: number): OrderRecord {
  const order = createdOrder(scope, intent, now)
  assertMove(order.state, 'armed')
  return { ...order, state: 'armed', arming }
}

/** For the story of an order that has been armed. */
export function watchedBy({ plugin, holder }: Arming): string {
  return `${plugin} at ${holder} watches it`
}

/** A trigger that holds. */
export interface Triggered {
  readonly now: number
  readonly cause: string
  readonly resolved?: Resolution
}

/** The order on its way, with what its trigger settled. @throws ORDER_MOVE_ILLEGAL */
export function triggeredOrder(order: OrderRecord, { now, resolved }: Triggered): OrderRecord {
  assertMove(order.state, 'triggered')
  const intent = resolved ? { ...order.intent, ...resolved } : order.intent
  return { ...order, intent, state: 'triggered', updatedAt: now }
}

/** The order with another signed attempt. @throws ORDER_MOVE_ILLEGAL */
export function attemptedOrder(order: OrderRecord, attempt: Attempt): OrderRecord {
  assertMove(order.state, 'submitting')
  return {
    ...order,
    state: 'submitting',
    attempts: [...order.attempts, attempt],
    updatedAt: attempt.createdAt,
  }
}

/**
 * The order in flight as it is, its attempt with a fill of its own.
 *
 * @throws ORDER_MOVE_ILLEGAL when nothing of the order may land, or the attempt has a fill already
 */
export function partedOrder(
  order: OrderRecord,
  attempt: number,
  { now, fill }: PartLanded,
): { readonly next: OrderRecord; readonly signature: string } {
  const { signature } = assertPart(order, attempt)
  const attempts = order.attempts.map(each => (each.number === attempt ? { ...each, fill } : each))
  return { next: { ...order, attempts, updatedAt: now }, signature }
}

/**
 * The order in another state, with that state's fill or reason and no earlier one's. One that is armed again has left
 * its attempts behind.
 *
 * @throws ORDER_MOVE_ILLEGAL, also for an end without a fill when parts of the order have landed
 */
export function movedOrder(order: OrderRecord, to: OrderState, { now, fill, reason, failed }: OrderMove): OrderRecord {
  assertMove(order.state, to)
  assertWholeOnly(order, to)
  assertPartsKept(order, to, fill)
  const { id, fullKey, intent, arming, attempts, createdAt } = order
  const again =
    to === 'armed' && arming ? { ...arming, dead: attempts.length, rounds: (arming.rounds ?? 0) + 1 } : arming
  return {
    id,
    fullKey,
    intent,
    state: to,
    ...(again && { arming: again }),
    attempts: failed
      ? attempts.map(each => (each.signature === failed.signature ? { ...each, failed } : each))
      : attempts,
    ...(fill && { fill }),
    ...(reason && { reason }),
    createdAt,
    updatedAt: now,
  }
}

export function orderUnknown(orderId: string): ForgeError {
  return new ForgeError('ORDER_UNKNOWN', { message: `no order ${orderId}`, context: { orderId } })
}

export function signatureTaken(attempt: Attempt, otherOrderId: string): ForgeError {
  return new ForgeError('ORDER_SIGNATURE_TAKEN', {
    message: `order ${otherOrderId} has the very transaction of order ${attempt.orderId}`,
    context: { signature: attempt.signature, orderId: attempt.orderId, otherOrderId },
  })
}
