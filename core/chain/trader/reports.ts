import { ForgeError } from '../../errors/forge-error.ts'
import type { IntentEvent } from '../../events/event.ts'
import type { Fill, Reason, Report } from '../../events/report.ts'
import { formatAmount } from '../../money/amount.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { leftOf, shortReason } from '../../orders/parts.ts'

/** The fields that every report of an order has. */
export function reportBase(
  intent: IntentEvent,
  orderId: string,
  at: number,
): Pick<Report, 'kind' | 'at' | 'orderId' | 'key' | 'node' | 'input' | 'output'> {
  const { key, node, input, output } = intent
  return { kind: 'report', at, orderId, key, node, input, output }
}

/** What its transactions cost that landed and failed. */
function inVain({ attempts }: OrderRecord): Pick<Report, 'failedLandings'> {
  const failedLandings = attempts.flatMap(({ failed }) => failed ?? [])
  return failedLandings.length > 0 ? { failedLandings } : {}
}

/** The report of a part that has landed. */
export function partReport(order: OrderRecord, fill: Fill): Report {
  return { ...reportBase(order.intent, order.id, fill.at), state: 'partly-filled', fill, left: leftOf(order) }
}

/** The report of an order that is final, waits again, or is unresolved, in the journal. */
export function outcomeOf(order: OrderRecord, recovered: boolean): Report {
  const base = { ...reportBase(order.intent, order.id, order.updatedAt), ...inVain(order) }
  const reason: Reason = order.reason ?? { code: order.state.toUpperCase(), message: `the order is ${order.state}` }
  switch (order.state) {
    case 'confirmed':
      if (!order.fill) return { ...base, state: 'unresolved', reason }
      return {
        ...base,
        at: order.fill.at,
        state: 'filled',
        fill: order.fill,
        recovered,
        ...(order.reason && { reason }),
      }
    case 'armed':
      return { ...base, state: 'armed', waitsFor: `${reason.message}; it waits for its trigger again` }
    case 'cancelled':
      return { ...base, state: 'skipped', reason }
    case 'failed':
      return { ...base, state: 'failed', reason }
    case 'expired':
      return { ...base, state: 'expired', reason }
    default:
      return { ...base, state: 'unresolved', reason }
  }
}

/** The report of a dry run; where a quote was for a part only, it says so. */
export function simulatedReport({ id, intent }: OrderRecord, fill: Fill): Report {
  const base = { ...reportBase(intent, id, fill.at), state: 'simulated', fill } as const
  const { amount, exact } = intent
  const reason = shortReason(fill)
  if (reason) return { ...base, reason }
  const tried = fill.promised?.inputUnits ?? fill.input.units
  if (exact === 'out' || tried >= amount.units) return base
  const part = formatAmount({ token: amount.token, units: tried })
  const message = `the first of several transactions, ${part} of ${formatAmount(amount)}: the rest is quoted when it has landed`
  return { ...base, reason: { code: 'ORDER_PARTLY_SIMULATED', message } }
}

/** The report of an order that the end of the run leaves open: the journal keeps it as it is, the next start takes it up. */
export function interruptedReport(order: OrderRecord, now: number): Report {
  const base = { ...reportBase(order.intent, order.id, now), ...inVain(order) }
  const code = 'ORDER_INTERRUPTED'
  const remedy = 'Start again with the same data directory: the order is taken up where it was.'
  const last = order.attempts.at(-1)
  if (!last) {
    return { ...base, state: 'failed', reason: { code, message: 'interrupted before anything was sent', remedy } }
  }
  const message = last.fill
    ? `interrupted when ${formatAmount(leftOf(order))} of ${formatAmount(order.intent.amount)} were left to trade`
    : `interrupted while transaction ${last.signature} was in flight`
  return { ...base, state: 'unresolved', reason: { code, message, remedy } }
}

/** To trade it would be to pull its trigger, and to say that it failed would be to forget that it may still fire. */
export function stillArmed({ id, intent, arming }: OrderRecord): ForgeError {
  return new ForgeError('ORDER_ARMED', {
    message: `order ${id} (${intent.node} ${intent.key}) waits for its trigger at the node "${arming?.holder}"`,
    context: { orderId: id },
  })
}
