import { ForgeError } from '../errors/forge-error.ts'

/**
 * The states of an order. `created` is journalled; `submitting` has a signed attempt that may land; `unresolved` asks a
 * person, because nobody can say whether the attempt landed.
 */
export type OrderState =
  | 'created'
  | 'armed'
  | 'triggered'
  | 'submitting'
  | 'confirmed'
  | 'failed'
  | 'expired'
  | 'cancelled'
  | 'unresolved'

/** The whole machine: from each state, where it may go. */
export const ORDER_MOVES: Readonly<Record<OrderState, readonly OrderState[]>> = {
  created: ['armed', 'triggered', 'submitting', 'failed', 'expired', 'cancelled'],
  // Straight to `confirmed` only when others were made of it, which have traded (see wholes.ts).
  armed: ['triggered', 'confirmed', 'failed', 'expired', 'cancelled'],
  // Back to `armed` when nothing was traded, and provably never will be: the same key may fire again (see again.ts).
  triggered: ['armed', 'submitting', 'failed', 'expired', 'cancelled'],
  // A new attempt, after a proven expiry or for the rest when a part has landed, is `submitting` again.
  submitting: ['armed', 'submitting', 'confirmed', 'failed', 'expired', 'cancelled', 'unresolved'],
  confirmed: [],
  failed: [],
  expired: [],
  cancelled: [],
  // A person, or a later look at the chain, settles it.
  unresolved: ['confirmed', 'failed', 'expired'],
}

export const FINAL_STATES: readonly OrderState[] = (Object.keys(ORDER_MOVES) as OrderState[]).filter(
  state => ORDER_MOVES[state].length === 0,
)

/** States in which a transaction of the order may be on its way: only there can a part of it land. */
export const IN_FLIGHT_STATES: readonly OrderState[] = ['submitting', 'unresolved']

/**
 * States of an order of an earlier run that goes on when its intent is given again, under its key. The others are over, or
 * ask a person.
 */
export const RESUMED_STATES: readonly OrderState[] = ['created', 'armed', 'triggered', 'submitting']

/** @throws ORDER_MOVE_ILLEGAL */
export function assertMove(from: OrderState, to: OrderState): void {
  if (!ORDER_MOVES[from].includes(to)) {
    throw new ForgeError('ORDER_MOVE_ILLEGAL', {
      message: `an order can not go from ${from} to ${to}`,
      context: { from, to },
    })
  }
}
