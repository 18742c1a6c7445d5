import { DRY_RUN, isRealMoney, liveSender } from '../../chain/trader/sender.ts'
import { createTrader } from '../../chain/trader/trader.ts'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { OrderRequests } from '../../plugin/order-desk.ts'
import { type FlushableState, type PipelineRun, startPipeline } from '../../runtime/run.ts'
import type { Deployment } from '../../store/deployment.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { createLoggers } from '../logger.ts'
import { jsonRpcOf } from '../network/connection.ts'
import { readPortfolio } from '../network/portfolio.ts'
import { privateRelay } from '../network/private-relay.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { Ground } from './ground.ts'
import { OrderRecorder } from './order-recorder.ts'
import type { RunDocument } from './run-document.ts'
import type { RunOptions } from './run-options.ts'
import { documentOf } from './run-outcome.ts'
import { servicesOf } from './run-services.ts'

/** How long draining may take on the run's clock. */
const DRAIN_TIMEOUT_MS = 60_000

/** How a bound pipeline is run. */
export type BoundRunOptions = Pick<
  RunOptions,
  'dryRun' | 'onChange' | 'confirmRealMoney' | 'output' | 'logLevel' | 'writeLog' | 'drain' | 'abort'
> & {
  readonly pipeline: BoundPipeline
  /** Takes the pipeline's secrets out of a text. */
  readonly redact: (text: string) => string
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
  const { cluster, connection, genesisHash, registry, store, wallet } = ground
  const { dryRun, output, pipeline, redact } = options
  const { clock, drive, endpoints } = connection
  const { rpc } = endpoints
  const loggers = createLoggers({ level: options.logLevel, clock, write: options.writeLog, redact })
  if (!dryRun && isRealMoney(genesisHash)) {
    await options.confirmRealMoney(`This trades real money of ${wallet.publicKey} on ${cluster.name}. Go on?`)
  }
  const deployment = store.deploy({
    pipeline: pipeline.name,
    genesisHash,
    wallet: wallet.publicKey,
    nodes: pipeline.nodes.map(node => node.id),
    fingerprint: fingerprintOf(pipeline),
    onChange: options.onChange === 'new' ? 'fresh' : options.onChange,
    now: clock.now(),
  })

  const how = dryRun ? ', as a dry run' : deployment.resumed ? ', going on from an earlier run' : ''
  output.line(`${pipeline.name} on ${cluster.name} with wallet ${wallet.publicKey}${how}`)
  const portfolio = () => drive(readPortfolio(jsonRpcOf(connection), wallet.publicKey, cluster.tokens))
  const before = await portfolio()
  const stop = new AbortController()
  const { engine, shield } = privateRelay(connection, rpc)
  const trader = createTrader({
    clock,
    journal: deployment.journal,
    rpcs: [rpc],
    wallet,
    sender: dryRun ? DRY_RUN : liveSender(rpc, genesisHash, { engine, isRealMoneyConfirmed: true }),
    venuePrograms: cluster.venuePrograms,
    shield,
    log: loggers('trader'),
    signal: stop.signal,
  })
  const recorder = new OrderRecorder(clock)
  const recovery = await drive(trader.recover())
  for (const line of recovery.lines) output.line(line)
  for (const report of recovery.reports) {
    recorder.see(report)
    deployment.history.record(report)
  }

  const parts = { connection, genesisHash, wallet: wallet.publicKey, trader, deployment, output, rpc, shield, registry }
  const requests = new OrderRequests()
  const run = await startPipeline({
    pipeline,
    clock,
    random: ground.random.fork('pipeline'),
    mode: dryRun ? 'dry-run' : 'live',
    log: loggers('run'),
    servicesFor: servicesOf({ ...parts, requests, caches: ground.caches, log: loggers('route') }),
    stateFor: node => flushable(deployment, node),
    drainTimeout_ms: DRAIN_TIMEOUT_MS,
    onEvent: (_node, event) => {
      recorder.see(event)
      output.status(recorder.progress(clock.now()))
    },
  })
  obey(options, run, stop)
  const result = await drive(run.done)
  // Who has lost the lease may write nothing more; what happened is told all the same.
  if (!result.errors.some(({ error }) => error.code === 'STORE_LEASE_LOST')) deployment.flush()
  if (result.ended === 'completed') deployment.finish()
  const facts = {
    pipeline,
    cluster: cluster.name,
    genesisHash,
    wallet: wallet.publicKey,
    dryRun,
    interrupted: options.drain.aborted,
    before,
    after: await portfolio(),
    warnings: [...ground.notices, ...endpoints.warnings()],
    left: deployment.journal.orders({ open: true }).map(order => order.id),
    dataDirectory: ground.dataDirectory,
    wall_ms: createRealClock().wall_ms() - options.from_ms,
    endpoints: endpoints.report(),
  }
  return documentOf(facts, result, recorder)
}

function flushable(deployment: Deployment, node: string): FlushableState {
  const state = deployment.state(node)
  return { get: key => state.get(key), set: (key, value) => state.set(key, value), flush: () => deployment.flush(node) }
}

/** The first signal drains, the second ends everything at once: also what the trader waits for. */
function obey(options: Pick<RunOptions, 'drain' | 'abort'>, run: PipelineRun, stop: AbortController): void {
  const when = (signal: AbortSignal, act: () => void): void => {
    if (signal.aborted) act()
    else signal.addEventListener('abort', act, { once: true })
  }
  when(options.drain, () => void run.drain(String(options.drain.reason)))
  when(options.abort, () => {
    stop.abort(options.abort.reason)
    void run.abort(String(options.abort.reason))
  })
}
