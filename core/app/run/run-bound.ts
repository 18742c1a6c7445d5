import { RunRecorder } from '../../backtest/record/run-record.ts'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { type ForgeError, isForgeError } from '../../errors/forge-error.ts'
import type { RunResult } from '../../runtime/result.ts'
import type { PipelineRun } from '../../runtime/run.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { answerRequests } from '../orders/answer-request.ts'
import { attendRequests } from '../orders/attend-requests.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { Ground } from './ground.ts'
import type { RunDocument } from './run-document.ts'
import type { RunOptions } from './run-options.ts'
import { documentOf } from './run-outcome.ts'
import { openTrading, type Trading, type TradingOptions } from './trading.ts'

/** How a bound pipeline is run. */
export interface BoundRunOptions
  extends TradingOptions,
    Pick<RunOptions, 'onChange' | 'drain' | 'abort' | 'recordFile'> {
  readonly pipeline: BoundPipeline
  /** Real time at which the command began. */
  readonly from_ms: number
}

/**
 * Runs a bound pipeline on its ground to its document: journal, trader, recovery, nodes, in this order. A virtual clock
 * stands still until all of it is up, so that nothing depends on how long that took. What other processes ask of the
 * data directory meanwhile is done here.
 *
 * @throws what stands in the way of starting, and STORE_LEASE_LOST; how it went from there is in the document.
 */
export async function runBound(ground: Ground, options: BoundRunOptions): Promise<RunDocument> {
  const { connection, store } = ground
  const { onChange, output, pipeline } = options
  const { clock, drive } = connection
  const request = {
    pipeline: pipeline.name,
    nodes: pipeline.nodes.map(node => node.id),
    fingerprint: fingerprintOf(pipeline),
    onChange: onChange === 'new' ? ('fresh' as const) : onChange,
  }
  const trading = await openTrading(ground, request, options)
  const { deployment, recorder } = trading
  const record =
    options.recordFile === undefined ? undefined : new RunRecorder(options.recordFile, pipeline, clock.now())
  const run = await trading.start(pipeline, (node, event) => {
    record?.see(node, event, clock.now())
    output.status(recorder.progress(clock.now()))
  })
  obey(options, run, trading)
  let lost: ForgeError | undefined
  const leave = attendRequests(store, answerRequests(trading.live), error => {
    lost = error
    trading.stop(error)
    void run.abort(error.message)
  })
  const ended = await drive(run.done)
  await leave()
  const result = endedBy(lost, ended)
  // Who has lost the lease may write nothing more; what happened is told all the same.
  const isOurs = !result.errors.some(({ error }) => isForgeError(error, 'STORE_LEASE_LOST'))
  if (isOurs) deployment.flush()
  if (result.ended === 'completed') deployment.finish()
  const after = await trading.portfolio()
  if (isOurs) trading.leave(after)
  const facts = {
    pipeline,
    cluster: ground.cluster.name,
    genesisHash: ground.genesisHash,
    wallet: ground.wallet.publicKey,
    dryRun: options.dryRun,
    interrupted: options.drain.aborted,
    before: trading.before,
    after,
    warnings: [...ground.notices, ...connection.endpoints.warnings()],
    left: deployment.journal.orders({ open: true }).map(order => order.id),
    dataDirectory: ground.dataDirectory,
    wall_ms: createRealClock().wall_ms() - options.from_ms,
    endpoints: connection.endpoints.report(),
  }
  const document = documentOf(facts, result, recorder)
  record?.close()
  return document
}

/** A run that was cut off because it may write no more has failed, whatever its nodes say. */
function endedBy(lost: ForgeError | undefined, result: RunResult): RunResult {
  if (!lost) return result
  return { ...result, ended: 'failed', errors: [{ node: '', at: result.finishedAt, error: lost }, ...result.errors] }
}

/** The first signal drains, the second ends everything at once: also what the trader waits for. */
function obey(options: Pick<RunOptions, 'drain' | 'abort'>, run: PipelineRun, trading: Trading): void {
  const when = (signal: AbortSignal, act: () => void): void => {
    if (signal.aborted) act()
    else signal.addEventListener('abort', act, { once: true })
  }
  when(options.drain, () => void run.drain(String(options.drain.reason)))
  when(options.abort, () => {
    trading.stop(options.abort.reason)
    void run.abort(String(options.abort.reason))
  })
}
