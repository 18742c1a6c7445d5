import { ForgeError, type OrderRecord } from '../../../core/index.ts'
import { type Calendar, keyOf, type Slot } from './calendar.ts'
import type { Plan } from './plan.ts'
import type { Checkpoint } from './progress.ts'

/** Where a run begins in its calendar. */
export interface Position {
  /** Slots whose time has come, that no order has, and that nothing was decided about. */
  readonly due: readonly Slot[]
  /** The first slot still to come. */
  readonly next: Slot | undefined
  /** Slots that earlier runs missed for good. */
  readonly missed: number
  /** Base units of their amounts that were not spread over later slots yet. */
  readonly outstanding: bigint
}

/** A first run that is so many slots late is a mistake in `start`, and would take long to go through. */
const PASSED_MAX = 100_000

/**
 * Goes through the part of the calendar that passed before this run, beside the orders that the journal has.
 *
 * @throws PLUGIN_CONFIG_INVALID when the first run comes more than 100,000 slots after `start`.
 */
export function takeUp(
  calendar: Calendar,
  plan: Pick<Plan, 'amount'>,
  orders: readonly OrderRecord[],
  checkpoint: Checkpoint | undefined,
  now: number,
): Position {
  const taken = new Set(orders.map(order => order.intent.key))
  const due: Slot[] = []
  const missed = checkpoint?.missed ?? 0
  let slot = checkpoint ? calendar.after(checkpoint) : calendar.first()
  for (; slot && slot.at <= now; slot = calendar.after(slot)) {
    if (taken.has(keyOf(slot))) continue
    due.push(slot)
    if (!checkpoint && due.length > PASSED_MAX) throw tooLongAgo()
  }
  const { units } = plan.amount
  const spread = orders.reduce((sum, { intent }) => sum + extraOf(intent.amount.units, units), 0n)
  return { due, next: slot, missed, outstanding: BigInt(missed) * units - spread }
}

function tooLongAgo(): ForgeError {
  return new ForgeError('PLUGIN_CONFIG_INVALID', {
    message: `start: it is more than ${PASSED_MAX} slots ago`,
    remedy: 'Choose a later start, or leave it out to begin with the first run.',
    context: { field: 'start' },
  })
}

function extraOf(given: bigint, usual: bigint): bigint {
  return given > usual ? given - usual : 0n
}
