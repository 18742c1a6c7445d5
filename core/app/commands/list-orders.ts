import { ForgeError } from '../../errors/forge-error.ts'
import { isFinal, type Report } from '../../events/report.ts'
import { formatAmount } from '../../money/amount.ts'
import type { HistoryEntry } from '../../store/history.ts'
import { type KeptWhere, keptHistory } from './kept-history.ts'
import type { Printed } from './printed.ts'
import { textTable } from './text-table.ts'

/** Every order of a data directory, by the last that was heard of it. @throws HISTORY_MISSING */
export function listOrders(where: KeptWhere, options: { readonly open: boolean }): Printed {
  const last = new Map<string, HistoryEntry>()
  for (const entry of keptHistory(where).entries) last.set(entry.report.orderId, entry)
  const orders = [...last.values()].filter(({ report }) => !options.open || isOpen(report))
  const rows = orders.map(({ pipeline, report }) => [
    report.orderId,
    timeOf(report),
    pipeline,
    report.key,
    report.state,
    detailOf(report),
  ])
  return {
    text: rows.length === 0 ? 'No orders.' : textTable(['order', 'time', 'pipeline', 'key', 'state', ''], rows),
    document: { document: 'orders', version: 1, orders },
  }
}

/** All that was heard of one order, from its beginning. @throws HISTORY_MISSING, ORDER_UNKNOWN */
export function showOrder(where: KeptWhere, id: string): Printed {
  const reports = keptHistory(where).entries.filter(
    ({ report }) => report.orderId === id || report.orderId.startsWith(id),
  )
  const ids = new Set(reports.map(({ report }) => report.orderId))
  if (ids.size !== 1) {
    throw new ForgeError('ORDER_UNKNOWN', {
      message: ids.size === 0 ? `no order ${id}` : `${id} begins the ids of ${ids.size} orders`,
      remedy: 'See `sniperforge orders list`.',
    })
  }
  const rows = reports.map(({ report }) => [timeOf(report), report.state, detailOf(report)])
  return {
    text: `${[...ids][0]}  ${reports[0]!.pipeline}  ${reports[0]!.report.key}\n\n${textTable(['time', 'state', ''], rows)}`,
    document: { document: 'order', version: 1, reports },
  }
}

/** Whether a person or a restart still has to do with it. */
function isOpen({ state }: Report): boolean {
  return !isFinal(state) || state === 'unresolved'
}

function timeOf({ at }: Report): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 19)
}

function detailOf(report: Report): string {
  if (report.state === 'sent') return `attempt ${report.attempt}: ${report.signature}`
  if (report.state === 'armed') return report.waitsFor
  if (report.state === 'triggered') return report.cause
  if ('fill' in report) {
    const { input, output, signature, parts } = report.fill
    const left = report.state === 'partly-filled' ? `, ${formatAmount(report.left)} left` : ''
    const signatures = parts?.map(part => part.signature) ?? [signature]
    return `${formatAmount(input)} → ${formatAmount(output)}${left}: ${signatures.join(', ')}${whyNotAll(report)}`
  }
  return 'reason' in report ? `${report.reason.code}: ${report.reason.message}` : ''
}

function whyNotAll(report: Report): string {
  return 'reason' in report && report.reason ? `; ${report.reason.message}` : ''
}
