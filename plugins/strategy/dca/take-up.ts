import type { OrderRecord } from '../../../core/index.ts'
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

/** Goes through the part of the calendar that passed before this run, beside the orders that the journal has. */
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
    if (!taken.has(keyOf(slot))) due.push(slot)
  }
  const { units } = plan.amount
  const spread = orders.reduce((sum, { intent }) => sum + extraOf(intent.amount.units, units), 0n)
  return { due, next: slot, missed, outstanding: BigInt(missed) * units - spread }
}

function extraOf(given: bigint, usual: bigint): bigint {
  return given > usual ? given - usual : 0n
}
