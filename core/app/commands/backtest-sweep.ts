import { join } from 'node:path'
import { type Figure, isKnown } from '../../accounting/figure.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import type { Output } from '../../plugin/services.ts'
import { makeDirectory } from '../../store/make-directory.ts'
import { createRealClock } from '../../time/real-clock.ts'
import type { BacktestRequest } from '../backtest/backtest-request.ts'
import { readData } from '../backtest/read-data.ts'
import { ownCodeVersion } from '../backtest/sweep/code-version.ts'
import type { Combination } from '../backtest/sweep/combinations.ts'
import { overfittingOf } from '../backtest/sweep/overfitting.ts'
import { ResultsFile } from '../backtest/sweep/results-file.ts'
import { isDone, runSweep } from '../backtest/sweep/sweep.ts'
import { rankOf, type SweepRow } from '../backtest/sweep/sweep-row.ts'
import { writeReport } from '../backtest/write-report.ts'
import type { Environment } from '../environment.ts'
import { findCluster } from '../network/cluster-choice.ts'
import type { Printed } from './printed.ts'
import { textTable } from './text-table.ts'

/** Rows on a terminal; the document has them all. */
const SHOWN = 20

/**
 * Every combination of some settings, run over the same data, the best first, and how much of that may be luck.
 *
 * @throws why none can be run, when none can
 */
export async function backtestSweep(command: {
  readonly request: BacktestRequest
  readonly combinations: readonly Combination[]
  readonly out: string | undefined
  readonly threads: number | undefined
  readonly environment: Environment
  readonly output: Output
  readonly signal: AbortSignal
}): Promise<Printed> {
  const { combinations, environment, out, output, request, signal } = command
  const real = createRealClock()
  const from_ms = real.wall_ms()
  const data = await readData(request.data, request.rules, (await findCluster(request.cluster)).tokens)
  if (out !== undefined) makeDirectory(out)
  const results = new ResultsFile(out === undefined ? undefined : join(out, 'sweep.jsonl'))
  let wereThere = 0
  const rows = await runSweep({
    request,
    data,
    combinations,
    environment,
    results,
    codeVersion: ownCodeVersion(),
    threads: command.threads,
    signal,
    onProgress: (done, resumed) => {
      wereThere = resumed
      output.status(`${done} of ${combinations.length} runs${resumed > 0 ? `, ${resumed} from before` : ''}`)
    },
  })
  refuseIfNoneRan(rows)
  const sorted = rows.toSorted((a, b) => sharpeOf(b) - sharpeOf(a))
  const overfitting = overfittingOf(rows.map(({ outcome }) => outcome).filter(isDone))
  const wall_ms = real.wall_ms() - from_ms
  const document = {
    document: 'backtest-sweep',
    version: 1,
    runs: rows.length,
    rows: sorted.map(({ label, outcome }) => ({ label, ...outcome })),
    ...(overfitting && { overfitting }),
  }
  const written =
    out === undefined ? [] : writeReport(out, new Map([['sweep.json', `${JSON.stringify(document, undefined, 2)}\n`]]))
  const lines = [
    tableOf(sorted.slice(0, SHOWN)),
    ...(sorted.length > SHOWN ? [`and ${sorted.length - SHOWN} more`] : []),
    ...refusedLines(rows),
    ...(overfitting?.warnings.map(text => `warning: ${text}`) ?? []),
    ...written.map(path => `written: ${path}`),
    `${rows.length} runs over ${data.reduce((sum, { table }) => sum + table.count, 0)} bars in ${(wall_ms / 1_000).toFixed(1)} s${wereThere > 0 ? `, ${wereThere} of them from before` : ''}`,
  ]
  return { text: lines.join('\n'), document: { ...document, timing: { wall_ms, resumed: wereThere } } }
}

/** @throws why the first of them could not be run, when none could */
function refuseIfNoneRan(rows: readonly SweepRow[]): void {
  const refused = rows.flatMap(({ label, outcome }) => (outcome.kind === 'refused' ? [{ label, ...outcome }] : []))
  const [first] = refused
  if (!first || refused.length < rows.length) return
  const message = `none of the ${rows.length} runs can be made; ${first.label}: ${first.message}`
  throw new ForgeError(first.code as ErrorCode, { message })
}

function sharpeOf({ outcome }: SweepRow): number {
  return isDone(outcome) ? rankOf(outcome.metrics.sharpe) : Number.NEGATIVE_INFINITY
}

function tableOf(rows: readonly SweepRow[]): string {
  const header = ['settings', 'return', 'Sharpe', 'Sortino', 'drawdown', 'profit factor', 'trades']
  const cells = rows.flatMap(({ label, outcome }) => {
    if (!isDone(outcome)) return []
    const { metrics, trades } = outcome
    return [
      [
        label,
        shown(metrics.totalReturn, value => `${(value * 100).toFixed(2)} %`),
        shown(metrics.sharpe, value => value.toFixed(2)),
        shown(metrics.sortino, value => value.toFixed(2)),
        shown(metrics.maxDrawdown, value => `${(value * 100).toFixed(1)} %`),
        shown(metrics.profitFactor, value => value.toFixed(2)),
        String(trades),
      ],
    ]
  })
  return textTable(header, cells, header.slice(1))
}

function shown(figure: Figure, text: (value: number) => string): string {
  return isKnown(figure) ? text(figure) : 'N/A'
}

/** Why settings could not be run: a line for each reason, with the first settings it was the reason for. */
function refusedLines(rows: readonly SweepRow[]): string[] {
  const reasons = new Map<string, string[]>()
  for (const { label, outcome } of rows) {
    if (outcome.kind !== 'refused') continue
    const text = `${outcome.code}: ${outcome.message}`
    reasons.set(text, [...(reasons.get(text) ?? []), label])
  }
  return [...reasons].map(
    ([text, labels]) => `not run: ${labels[0]}${labels.length > 1 ? ` and ${labels.length - 1} more` : ''}: ${text}`,
  )
}
