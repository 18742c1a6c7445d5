import type { IntentEvent } from '../../events/event.ts'
import type { Reason, Report } from '../../events/report.ts'
import type { OrderRecord } from '../../orders/journal.ts'

/** The fields that every report of an order has. */
export function reportBase(
  intent: IntentEvent,
  orderId: string,
  at: number,
): Pick<Report, 'kind' | 'at' | 'orderId' | 'key' | 'node' | 'input' | 'output'> {
  const { key, node, input, output } = intent
  return { kind: 'report', at, orderId, key, node, input, output }
}

/** The report of an order that is final, or unresolved, in the journal. */
export function outcomeOf(order: OrderRecord, recovered: boolean): Report {
  const base = reportBase(order.intent, order.id, order.updatedAt)
  const reason: Reason = order.reason ?? { code: order.state.toUpperCase(), message: `the order is ${order.state}` }
  switch (order.state) {
    case 'confirmed':
      if (!order.fill) return { ...base, state: 'unresolved', reason }
      return { ...base, at: order.fill.at, state: 'filled', fill: order.fill, recovered }
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
