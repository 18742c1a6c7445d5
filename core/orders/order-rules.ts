import { ForgeError } from '../errors/forge-error.ts'
import type { IntentEvent } from '../events/event.ts'
import type { Fill, Reason } from '../events/report.ts'
import type { Attempt, KeyScope, OrderRecord } from './journal.ts'
import { fullKeyOf, orderIdOf } from './order-key.ts'
import { assertPart, assertPartsKept } from './parts.ts'
import { assertMove, type OrderState } from './state-machine.ts'

/** What every journal does to an order, wherever it keeps it: each rule answers the order as it is then. */

/** Where an order goes, and why. */
export interface OrderMove {
  readonly now: number
  readonly cause: string
  readonly fill?: Fill
  readonly reason?: Reason
}

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
 * The order in another state, with that state's fill or reason and no earlier one's.
 *
 * @throws ORDER_MOVE_ILLEGAL, also for an end without a fill when parts of the order have landed
 */
export function movedOrder(order: OrderRecord, to: OrderState, { now, fill, reason }: OrderMove): OrderRecord {
  assertMove(order.state, to)
  assertPartsKept(order, to, fill)
  const { fill: _fill, reason: _reason, ...rest } = order
  return { ...rest, state: to, ...(fill && { fill }), ...(reason && { reason }), updatedAt: now }
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
