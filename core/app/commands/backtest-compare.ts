import { compareRuns, type RunComparison, TraceCollector } from '../../backtest/record/compare-runs.ts'
import { type LandingDelays, landingDelays } from '../../backtest/record/landing-delays.ts'
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

/**
 * A backtest beside what the same pipeline did over the same candles with real transactions. Unless `landsAsAsked`, each
 * of its trades takes as many slots to land as that of the run did: a chain of one's own lands them at once, a public
 * one when it comes to it, and what a price does in between is no difference between the two.
 */
export async function compareWithRecord(
  command: BacktestCommand & { readonly record: string; readonly maxBps: number; readonly landsAsAsked: boolean },
): Promise<Compared> {
  const { environment, landsAsAsked, maxBps, request } = command
  const record = readRecord(command.record)
  const cluster = findCluster(request.cluster)
  const data = await readData(request.data, request.rules, (await cluster).tokens)
  const prepared = await prepareBacktest(request, data, environment, { asLive: true, cluster })
  assertSamePipeline(record, prepared.pipeline)
  const recorded = traceOf(record)
  const delays = landsAsAsked ? undefined : landingDelays(recorded)
  const trace = new TraceCollector()
  const { log, output } = quiet(command, prepared.redact)
  const { run } = await runBacktest({
    ...prepared,
    ...(delays && { landsAfter_slots: delays.of }),
    seed: request.seed,
    log,
    output,
    signal: command.signal,
    onBar: () => undefined,
    onFill: () => undefined,
    onEvent: (_node, event) => trace.see(event),
  })
  if (run.ended === 'failed' && run.failure) throw run.failure
  const comparison = compareRuns(recorded, trace)
  const ok = comparison.isSame && comparison.unmatched.length === 0 && comparison.worstBps <= maxBps
  const text = [textOf(comparison, 'the backtest', maxBps), ...resumedText(record, ok), ...landingText(delays)].join(
    '\n',
  )
  const landings = delays && { landings: { least_slots: delays.least, most_slots: delays.most } }
  return { ok, comparison, text, document: { ...documentOf(comparison, ok), ...landings } }
}

/** The pipeline over what a run recorded: whether it decides the same again. */
export async function replayAndCompare(command: BacktestCommand & { readonly record: string }): Promise<Compared> {
  const { environment, request } = command
  const record = readRecord(command.record)
  if (record.resumed) {
    throw new ForgeError('RECORD_INVALID', {
      message: `the run of ${command.record} went on with what an earlier one had left: what its sources brought before is in no record`,
      remedy:
        'Hold it against candles with --compare, which needs its orders alone; or replay a run from its beginning.',
    })
  }
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
  if (result.ended === 'failed' && result.failure) throw result.failure
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
  const apart = fills.filter(({ bps }) => Math.abs(bps) > maxBps).sort((a, b) => Math.abs(b.bps) - Math.abs(a.bps))
  if (maxBps > 0 && apart.length > 0)
    lines.push(
      `Further apart: ${firstOf(apart.map(({ node, key, bps }) => `${node} ${key} (${bps.toFixed(3)} bps)`))}.`,
    )
  if (unmatched.length > 0) lines.push(`Filled in one of the two only: ${firstOf(unmatched)}.`)
  return lines.join('\n')
}

function firstOf(names: readonly string[]): string {
  return names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '')
}

function resumedText({ resumed, start_ms }: RunRecord, ok: boolean): readonly string[] {
  if (!resumed) return []
  const at = new Date(start_ms).toISOString()
  const went = `The run went on at ${at} with what an earlier one had left: what was decided before is from its journal.`
  if (ok) return [went]
  return [
    `${went} What was on its way then may have been quoted anew, what passed while nothing ran was not seen, and signals lack the bar in which it stopped: a backtest without an interruption may decide otherwise from there on.`,
  ]
}

function landingText(delays: LandingDelays | undefined): readonly string[] {
  if (!delays) return []
  const { least, most } = delays
  const slots = least === most ? `${most} ${most === 1 ? 'slot' : 'slots'}` : `${least} to ${most} slots`
  return [`Each trade landed as long after its quote as in the run: ${slots} (--latency-slots sets another time).`]
}

function documentOf(comparison: RunComparison, ok: boolean): object {
  return { document: 'backtest-comparison', version: 1, ok, ...comparison }
}
