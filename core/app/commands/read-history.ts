import { ForgeError } from '../../errors/forge-error.ts'
import { formatAmount } from '../../money/amount.ts'
import { formatPrice, priceOf } from '../../money/price.ts'
import type { HistoryEntry } from '../../store/history.ts'
import { historyToCsv, historyToJson } from '../../store/history-export.ts'
import { openHistory } from '../../store/store.ts'
import type { Environment } from '../environment.ts'
import { lastRunDirectory } from '../run/data-directory.ts'
import { textTable } from './text-table.ts'

/**
 * The history of a data directory, or of the last run, as text in the format asked for.
 *
 * @throws HISTORY_MISSING when there is none.
 */
export async function readHistory(options: {
  readonly dataDirectory: string | undefined
  readonly format: 'table' | 'csv' | 'json'
  readonly environment: Environment
}): Promise<string> {
  const directory = options.dataDirectory ?? lastRunDirectory(options.environment)
  const store = directory === undefined ? undefined : openHistory(directory)
  if (!store) {
    throw new ForgeError('HISTORY_MISSING', {
      message: directory === undefined ? 'nothing has run yet' : `${directory} holds no history`,
    })
  }
  try {
    const entries = store.history()
    if (options.format === 'csv') return historyToCsv(entries).trimEnd()
    if (options.format === 'json') return historyToJson(entries)
    return entries.length === 0 ? `Nothing was traded yet (${directory}).` : historyTable(entries)
  } finally {
    store.close()
  }
}

function historyTable(entries: readonly HistoryEntry[]): string {
  return textTable(
    ['time', 'pipeline', 'order', 'state', 'paid', 'received', 'price', 'venue', 'transaction'],
    entries.filter(({ report }) => report.state !== 'accepted' && report.state !== 'sent').map(rowOf),
    ['paid', 'received', 'price'],
  )
}

function rowOf({ pipeline, report }: HistoryEntry): string[] {
  const time = new Date(report.at).toISOString().replace('T', ' ').slice(0, 19)
  const head = [time, pipeline, report.orderId, report.state]
  if (report.state !== 'filled' && report.state !== 'simulated') {
    return [...head, '', '', '', '', 'reason' in report ? report.reason.message : '']
  }
  const { input, output, venue, signature } = report.fill
  const price =
    output.units > 0n
      ? formatPrice(priceOf({ base: output.token, quote: input.token }, output, input, 'half-even'))
      : ''
  return [...head, formatAmount(input), formatAmount(output), price, venue, signature]
}
