import type { Reason } from '../events/report.ts'
import type { Attempt, OrderRecord } from './journal.ts'
import { partsOf } from './parts.ts'
import { ORDER_MOVES, type OrderState } from './state-machine.ts'

/** An order that waits for a trigger may go back to waiting, when what its trigger led to has provably traded nothing. */

/** Attempts since the last trigger: those before it are proven dead, and nothing more is heard of them. */
export function liveAttempts({ attempts, arming }: OrderRecord): readonly Attempt[] {
  const dead = arming?.dead ?? 0
  return dead === 0 ? attempts : attempts.filter(({ number }) => number > dead)
}

/** Ends that say that the price was gone before it could be had. */
const MISSES: readonly string[] = ['PRICE_ABOVE_BOUND', 'PRICE_BELOW_BOUND', 'PRICE_UNSTEADY', 'SLIPPAGE_EXCEEDED']

/** Whether an end says so. */
export function isMiss(reason: Reason): boolean {
  return MISSES.includes(reason.code)
}

/** Whether the order waits again instead of ending so, as it was armed to. Whoever asks has proven that nothing is in flight. */
export function waitsAgain(order: OrderRecord, end: OrderState, reason: Reason, now: number): boolean {
  const { arming, intent, state } = order
  if (arming?.again === undefined || !ORDER_MOVES[state].includes('armed') || partsOf(order).length > 0) return false
  if (intent.expiresAt !== undefined && now > intent.expiresAt) return false
  if (isMiss(reason)) return true
  return arming.again === 'failed' && end !== 'cancelled'
}
