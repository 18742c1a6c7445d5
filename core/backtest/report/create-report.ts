import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { toJson } from '../../events/serialize.ts'
import { makeDocument } from './make-document.ts'
import { renderPage } from './page/page.ts'
import type { BacktestDocument } from './report-document.ts'
import type { ReportInput, ReportMarket } from './report-input.ts'
import { tradesToCsv } from './trades-csv.ts'

export interface Report {
  readonly document: BacktestDocument
  /** Text by file name: report.html, report.json, trades.csv. */
  readonly files: ReadonlyMap<string, string>
}

/**
 * The report of a backtest: a page to look at, a document to read by machine, and its trades.
 *
 * @example
 * const { files } = await createReport({ pipeline, pair, bars, equity, tally, trades, … })
 * for (const [name, text] of files) await writeFile(join(directory, name), text)
 */
export async function createReport(input: ReportInput): Promise<Report> {
  const document = makeDocument(input)
  const page = renderPage(document, marketsOf(input), input.trades, await chartLibrary())
  return {
    document,
    files: new Map([
      ['report.html', page],
      ['report.json', `${toJson(document, 2)}\n`],
      ['trades.csv', tradesToCsv(input.trades, input.refused.landings, input.pair.quote)],
    ]),
  }
}

/** The pair first in whose quote token all is valued. */
function marketsOf({ bars, others = [], pair }: ReportInput): readonly [ReportMarket, ...ReportMarket[]] {
  return [{ pair, bars }, ...others]
}

/** The package exports its modules only; the build for pages lies beside them. */
async function chartLibrary(): Promise<string> {
  const manifest = import.meta.resolve('lightweight-charts/package.json')
  return readFile(fileURLToPath(new URL('dist/lightweight-charts.standalone.production.js', manifest)), 'utf8')
}
