import { decisionText, findLookAhead } from '../../backtest/look-ahead.ts'
import { createReport } from '../../backtest/report/create-report.ts'
import { terminalSummary } from '../../backtest/report/terminal-summary.ts'
import { runBacktest } from '../../backtest/run-backtest.ts'
import type { CandleRepairs } from '../../candles/candle-check.ts'
import { ForgeError, messageOf } from '../../errors/forge-error.ts'
import type { Output } from '../../plugin/services.ts'
import { makeDirectory } from '../../store/make-directory.ts'
import { seededRandom } from '../../time/random.ts'
import { createRealClock } from '../../time/real-clock.ts'
import type { BacktestRequest } from '../backtest/backtest-request.ts'
import { prepareBacktest } from '../backtest/prepare-backtest.ts'
import { type PairTable, readData } from '../backtest/read-data.ts'
import { runAndAccount } from '../backtest/run-and-account.ts'
import { writeReport } from '../backtest/write-report.ts'
import type { Environment } from '../environment.ts'
import { createLoggers, type LogLevel } from '../logger.ts'
import { findCluster } from '../network/cluster-choice.ts'
import type { Printed } from './printed.ts'

export interface BacktestCommand {
  readonly request: BacktestRequest
  /** Where the report goes; undefined: nowhere. */
  readonly out: string | undefined
  readonly environment: Environment
  readonly output: Output
  readonly logLevel: LogLevel
  readonly writeLog: (line: string) => void
  /** Aborts when the command is to stop. */
  readonly signal: AbortSignal
}

/** Cuts at which the future is changed by `--check-lookahead`. */
const CUTS = 3

/** One backtest, from its files to its report. */
export async function backtest(command: BacktestCommand): Promise<Printed> {
  const { environment, output, request, signal } = command
  const real = createRealClock()
  const from_ms = real.wall_ms()
  const cluster = findCluster(request.cluster)
  const data = await readData(request.data, request.rules, (await cluster).tokens)
  const read_ms = real.wall_ms() - from_ms
  const prepared = await prepareBacktest(request, data, environment, { cluster })
  const loggers = createLoggers({
    level: command.logLevel,
    clock: real,
    write: command.writeLog,
    redact: prepared.redact,
  })
  // What can not be written is better said before a run of minutes.
  if (command.out !== undefined) makeDirectory(command.out)
  const started_ms = real.wall_ms()
  const { input, result } = await runAndAccount(prepared, {
    seed: request.seed,
    log: loggers('run'),
    output: SILENT,
    signal,
    repairs: repairsOf(data),
    onProgress: bars => output.status(`${bars} of ${prepared.bars.count} bars`),
  })
  const run_ms = real.wall_ms() - started_ms
  if (result.run.ended === 'failed' || result.run.ended === 'aborted') throw failureOf(result.run)
  const { document, files } = await createReport(input)
  const written = command.out === undefined ? [] : writeReport(command.out, files)
  const bars = [prepared, ...prepared.others].reduce((sum, each) => sum + each.bars.count, 0)
  const timing = { read_ms, run_ms, barsPerSecond: Math.round((bars * 1_000) / run_ms) }
  const lines = [
    terminalSummary(document),
    ...written.map(path => `written: ${path}`),
    `${bars} bars in ${(run_ms / 1_000).toFixed(2)} s`,
    ...document.warnings.map(text => `warning: ${text}`),
  ]
  return { text: lines.join('\n'), document: { ...document, timing } }
}

/** Whether any node has seen what its clock had not reached; asked of the pipeline itself, by other futures. */
export async function checkLookAhead(command: BacktestCommand): Promise<Printed & { readonly ok: boolean }> {
  const { environment, request, signal } = command
  const cluster = findCluster(request.cluster)
  const data = await readData(request.data, request.rules, (await cluster).tokens)
  const prepared = await prepareBacktest(request, data, environment, { cluster })
  const loggers = createLoggers({
    level: command.logLevel,
    clock: createRealClock(),
    write: command.writeLog,
    redact: prepared.redact,
  })
  let decided = 0
  const found = await findLookAhead(
    async ([bars, ...more], until_ms) => {
      const decisions: string[] = []
      await runBacktest({
        ...prepared,
        bars,
        others: prepared.others.map(({ fill }, place) => ({ fill, bars: more[place]! })),
        seed: request.seed,
        log: loggers('run'),
        output: SILENT,
        signal,
        onBar: () => undefined,
        onFill: () => undefined,
        onEvent: (_node, event) => {
          const text = event.at <= until_ms ? decisionText(event) : undefined
          if (text !== undefined) decisions.push(text)
        },
      })
      decided = Math.max(decided, decisions.length)
      return decisions
    },
    [prepared.bars, ...prepared.others.map(({ bars }) => bars)],
    { cuts: CUTS, random: seededRandom(request.seed).fork('look-ahead') },
  )
  const ok = found.length === 0
  const text = ok
    ? `No look-ahead: ${CUTS} other futures changed none of the decisions before them (up to ${decided}).`
    : found
        .map(
          ({ cut_ms, decision }) =>
            `Look-ahead: decided otherwise before ${timeOf(cut_ms)} because of what came after it: ${decision}`,
        )
        .join('\n')
  const document = {
    document: 'look-ahead',
    cuts: CUTS,
    decisions: decided,
    found: found.map(each => ({ ...each, cut_ms: timeOf(each.cut_ms) })),
  }
  return { ok, text, document }
}

/** Of all pairs together. */
function repairsOf(data: readonly PairTable[]): CandleRepairs {
  const sum = (of: keyof CandleRepairs): number => data.reduce((total, { table }) => total + table.repairs[of], 0)
  const longestGap_ms = Math.max(...data.map(({ table }) => table.repairs.longestGap_ms))
  return { gaps: sum('gaps'), missing: sum('missing'), duplicates: sum('duplicates'), longestGap_ms }
}

const SILENT: Output = { line: () => undefined, status: () => undefined }

function failureOf(run: { readonly reason?: string; readonly failure?: ForgeError }): ForgeError {
  return run.failure ?? new ForgeError('RUN_ABORTED', { message: messageOf(run.reason ?? 'the run was stopped') })
}

function timeOf(at_ms: number): string {
  return new Date(at_ms).toISOString()
}
