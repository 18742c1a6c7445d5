import { RunRecorder } from '../../backtest/record/run-record.ts'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { answerRequests } from '../orders/answer-request.ts'
import { flatten } from '../orders/flatten.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { Ground } from './ground.ts'
import type { RunDocument } from './run-document.ts'
import type { RunOptions } from './run-options.ts'
import { seeThrough } from './see-through.ts'
import { openTrading, type TradingOptions } from './trading.ts'

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
 * stands still until all of it is up, so that nothing depends on how long that took.
 *
 * @throws what stands in the way of starting; how it went from there is in the document.
 */
export async function runBound(ground: Ground, options: BoundRunOptions): Promise<RunDocument> {
  const { onChange, output, pipeline } = options
  const { clock } = ground.connection
  const request = {
    pipeline: pipeline.name,
    nodes: pipeline.nodes.map(node => node.id),
    fingerprint: fingerprintOf(pipeline, ground.namedWallets),
    onChange: onChange === 'new' ? ('fresh' as const) : onChange,
  }
  const trading = await openTrading(ground, request, options)
  const { deployment, recorder } = trading
  const earlier = deployment.resumed ? deployment.journal.orders() : undefined
  const record =
    options.recordFile === undefined ? undefined : new RunRecorder(options.recordFile, pipeline, clock.now(), earlier)
  const run = await trading.start(pipeline, (node, event) => {
    record?.see(node, event, clock.now())
    output.status(recorder.progress(clock.now()))
  })
  const running = {
    drain: (reason: string) => void run.drain(reason),
    abort: (reason: string) => void run.abort(reason),
    done: run.done.then(result => ({ pipeline, result })),
  }
  const act = answerRequests(trading.live, into => flatten(ground, trading, into))
  const document = await seeThrough(ground, trading, running, { ...options, act })
  record?.close()
  return document
}
