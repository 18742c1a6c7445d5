import { compareRuns, type RunComparison, TraceCollector } from '../../backtest/record/compare-runs.ts'
import { replayRecord } from '../../backtest/record/replay-record.ts'
import { type RunRecord, readRecord, walletsOf } from '../../backtest/record/run-record.ts'
import { runBacktest } from '../../backtest/run-backtest.ts'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { prepareBacktest } from '../backtest/prepare-backtest.ts'
import { readData } from '../backtest/read-data.ts'
import { bindPipeline } from '../bind-pipeline.ts'
import { createLoggers } from '../logger.ts'
import { findCluster } from '../network/cluster-choice.ts'
import type { BacktestCommand } from './backtest.ts'
import type { Printed } from './printed.ts'

export interface Compared extends Printed {
  /** Whether both decided the same, and no fill is further apart than is allowed. */
  readonly ok: boolean
  readonly comparison: RunComparison
}

/** A backtest beside what the same pipeline did over the same candles with real transactions. */
export async function compareWithRecord(
  command: BacktestCommand & { readonly record: string; readonly maxBps: number },
): Promise<Compared> {
  const { environment, maxBps, request } = command
  const record = readRecord(command.record)
  const cluster = findCluster(request.cluster)
  const data = await readData(request.data, request.rules, (await cluster).tokens)
  const prepared = await prepareBacktest(request, data, environment, { asLive: true, cluster })
  assertSamePipeline(record, prepared.pipeline)
  const trace = new TraceCollector()
  const { log, output } = quiet(command, prepared.redact)
  await runBacktest({
    ...prepared,
    seed: request.seed,
    log,
    output,
    signal: command.signal,
    onBar: () => undefined,
    onFill: () => undefined,
    onEvent: (_node, event) => trace.see(event),
  })
  const comparison = compareRuns(traceOf(record), trace)
  const ok = comparison.isSame && comparison.unmatched.length === 0 && comparison.worstBps <= maxBps
  return { ok, comparison, text: textOf(comparison, 'the backtest', maxBps), document: documentOf(comparison, ok) }
}

/** The pipeline over what a run recorded: whether it decides the same again. */
export async function replayAndCompare(command: BacktestCommand & { readonly record: string }): Promise<Compared> {
  const { environment, request } = command
  const record = readRecord(command.record)
  const { tokens } = await findCluster(request.cluster)
  const { pipeline, redact } = await bindPipeline({ ...request, tokens, environment })
  assertSamePipeline(record, pipeline)
  const trace = new TraceCollector()
  const { log, output } = quiet(command, redact)
  const result = await replayRecord({
    pipeline,
    record,
    tokens,
    seed: request.seed,
    log,
    output,
    onEvent: (_node, event) => trace.see(event),
  })
  if (result.ended === 'failed' && result.errors[0]) throw result.errors[0].error
  const comparison = compareRuns(traceOf(record), trace)
  const ok = comparison.isSame && comparison.unmatched.length === 0
  return { ok, comparison, text: textOf(comparison, 'the replay', 0), document: documentOf(comparison, ok) }
}

function traceOf({ events }: RunRecord): TraceCollector {
  const trace = new TraceCollector()
  for (const { event } of events) trace.see(event)
  return trace
}

function assertSamePipeline(record: RunRecord, pipeline: BoundPipeline): void {
  const remedy = 'Give the pipeline that was recorded, with the same params and settings.'
  if (record.pipeline !== pipeline.name) {
    throw new ForgeError('RECORD_INVALID', {
      message: `the record is of ${record.pipeline}, and not of ${pipeline.name}`,
      remedy,
    })
  }
  const [then, now] = [record.wallets ?? {}, walletsOf(pipeline)]
  const node = [...Object.keys(then), ...Object.keys(now)].find(id => then[id] !== now[id])
  if (node === undefined) return
  const named = (wallet: string | undefined): string => (wallet === undefined ? "the run's own wallet" : `"${wallet}"`)
  throw new ForgeError('RECORD_INVALID', {
    message: `in the record ${node} trades with ${named(then[node])}, and here with ${named(now[node])}`,
    remedy,
  })
}

function quiet(command: BacktestCommand, redact: (text: string) => string) {
  const loggers = createLoggers({ level: command.logLevel, clock: createRealClock(), write: command.writeLog, redact })
  return { log: loggers('run'), output: { line: () => undefined, status: () => undefined } }
}

function textOf(comparison: RunComparison, other: string, maxBps: number): string {
  const { decisions, fills, isSame, parting, unmatched, worstBps } = comparison
  const lines = [
    isSame
      ? `Same decisions: ${decisions} of the run, and ${other} made each of them.`
      : `Other decisions: the run had "${parting?.first ?? 'nothing more'}", ${other} "${parting?.second ?? 'nothing more'}".`,
  ]
  if (fills.length > 0) {
    const mean = fills.reduce((sum, { bps }) => sum + Math.abs(bps), 0) / fills.length
    const verdict = maxBps === 0 ? '' : worstBps <= maxBps ? `, within ${maxBps} bps` : `, more than ${maxBps} bps`
    lines.push(
      `${fills.length} fills: ${mean.toFixed(3)} bps apart on average, ${worstBps.toFixed(3)} at most${verdict}.`,
    )
  }
  if (unmatched.length > 0)
    lines.push(
      `Filled in one of the two only: ${unmatched.slice(0, 5).join(', ')}${unmatched.length > 5 ? ` and ${unmatched.length - 5} more` : ''}.`,
    )
  return lines.join('\n')
}

function documentOf(comparison: RunComparison, ok: boolean): object {
  return { document: 'backtest-comparison', version: 1, ok, ...comparison }
}
