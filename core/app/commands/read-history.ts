import { isFinal } from '../../events/report.ts'
import { formatAmount } from '../../money/amount.ts'
import { formatPrice, priceOf } from '../../money/price.ts'
import { sameToken } from '../../money/token.ts'
import { tradedPair } from '../../money/traded-pair.ts'
import { type HistoryEntry, isInterrupted } from '../../store/history.ts'
import { historyToCsv, historyToJson } from '../../store/history-export.ts'
import { type KeptWhere, keptHistory } from './kept-history.ts'
import { textTable } from './text-table.ts'

/**
 * The history of a data directory, or of the last run, as text in the format asked for.
 *
 * @throws HISTORY_MISSING
 */
export async function readHistory(options: KeptWhere & { readonly format: 'table' | 'csv' | 'json' }): Promise<string> {
  const { directory, entries } = await keptHistory(options)
  if (options.format === 'csv') return historyToCsv(entries).trimEnd()
  if (options.format === 'json') return historyToJson(entries)
  return entries.length === 0 ? `Nothing was traded yet (${directory}).` : historyTable(entries)
}

function historyTable(entries: readonly HistoryEntry[]): string {
  return textTable(
    ['time', 'pipeline', 'order', 'state', 'paid', 'received', 'price', 'venue', 'transaction'],
    entries.filter(({ report }) => isFinal(report.state)).map(rowOf),
    ['paid', 'received', 'price'],
  )
}

function rowOf({ pipeline, report }: HistoryEntry): string[] {
  const time = new Date(report.at).toISOString().replace('T', ' ').slice(0, 19)
  // It is open, whatever its report was filed under: neither has it failed, nor does it ask a person.
  const head = [time, pipeline, report.orderId, isInterrupted(report) ? 'interrupted' : report.state]
  if (report.state !== 'filled' && report.state !== 'simulated') {
    return [...head, '', '', '', '', 'reason' in report ? report.reason.message : '']
  }
  const { input, output, venue, signature } = report.fill
  const pair = tradedPair(input.token, output.token)
  const [base, quote] = sameToken(pair.base, input.token) ? [input, output] : [output, input]
  const price = base.units > 0n && quote.units > 0n ? formatPrice(priceOf(pair, base, quote, 'half-even')) : ''
  return [...head, formatAmount(input), formatAmount(output), price, venue, signature]
}
