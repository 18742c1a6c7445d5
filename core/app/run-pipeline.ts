import { randomUUID } from 'node:crypto'
import { verifyGenesis } from '../chain/cluster/cluster.ts'
import { DRY_RUN, isRealMoney, liveSender } from '../chain/trader/sender.ts'
import { createTrader } from '../chain/trader/trader.ts'
import type { FlushableState, PipelineRun } from '../runtime/run.ts'
import { startPipeline } from '../runtime/run.ts'
import type { Deployment } from '../store/deployment.ts'
import { openMemoryStore, openStore } from '../store/store.ts'
import { seededRandom } from '../time/random.ts'
import { createRealClock } from '../time/real-clock.ts'
import { bindPipeline } from './bind-pipeline.ts'
import { createLoggers } from './logger.ts'
import { findCluster } from './network/cluster-choice.ts'
import { jsonRpcOf } from './network/connection.ts'
import { openChain } from './network/open-chain.ts'
import { readPortfolio } from './network/portfolio.ts'
import { privateRelay } from './network/private-relay.ts'
import { chooseWallet } from './network/wallet-choice.ts'
import { fingerprintOf } from './run/fingerprint.ts'
import { OrderRecorder } from './run/order-recorder.ts'
import { runDirectory } from './run/run-directory.ts'
import type { RunDocument } from './run/run-document.ts'
import type { RunOptions } from './run/run-options.ts'
import { documentOf } from './run/run-outcome.ts'
import { servicesOf } from './run/run-services.ts'

/** How long draining may take on the run's clock. */
const DRAIN_TIMEOUT_MS = 60_000

/**
 * Runs a pipeline from its file to its document: configuration, journal, chain, trader, nodes, in this order; taken down
 * in reverse. A virtual clock stands still until all of it is up, so that nothing depends on how long that took.
 *
 * @throws what stands in the way of starting; how it went from there is in the document.
 */
export async function runPipeline(options: RunOptions): Promise<RunDocument> {
  const real = createRealClock()
  const from_ms = real.wall_ms()
  const cluster = await findCluster(options.cluster, options.rpcUrl)
  const { pipeline, registry, warnings, redact } = await bindPipeline({ ...options, tokens: cluster.tokens })
  const wallet = chooseWallet({ ...options, cluster: cluster.name })
  const notices = [...warnings]
  const closers: (() => Promise<void> | void)[] = []
  try {
    // The lease comes first: a second process on the same data is told who has it, before it touches anything.
    const dataDirectory = runDirectory({
      given: options.dataDirectory,
      dryRun: options.dryRun,
      environment: options.environment,
      cluster: cluster.name,
      wallet: wallet.publicKey,
      pipeline: pipeline.name,
      real,
    })
    const random = seededRandom(cluster.name === 'localnet' ? options.seed : randomUUID())
    const store =
      dataDirectory === undefined
        ? openMemoryStore({ random })
        : openStore({ dataDir: dataDirectory, clock: real, random })
    closers.push(() => store.close())
    const connection = await openChain(cluster, {
      ...options,
      wallet: wallet.publicKey,
      onNotice: text => notices.push(text),
    })
    closers.push(() => connection.close())
    const { clock, drive } = connection
    const loggers = createLoggers({ level: options.logLevel, clock, write: options.writeLog, redact })
    const { rpc } = connection.endpoints
    const genesisHash = await drive(verifyGenesis(cluster.profile, rpc))
    if (!options.dryRun && isRealMoney(genesisHash)) {
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

    const how = options.dryRun ? ', as a dry run' : deployment.resumed ? ', going on from an earlier run' : ''
    options.output.line(`${pipeline.name} on ${cluster.name} with wallet ${wallet.publicKey}${how}`)
    const portfolio = () => drive(readPortfolio(jsonRpcOf(connection), wallet.publicKey, cluster.tokens))
    const before = await portfolio()
    const stop = new AbortController()
    const { engine, shield } = privateRelay(connection, rpc)
    const trader = createTrader({
      clock,
      journal: deployment.journal,
      rpcs: [rpc],
      wallet,
      sender: options.dryRun ? DRY_RUN : liveSender(rpc, genesisHash, { engine, isRealMoneyConfirmed: true }),
      venuePrograms: cluster.venuePrograms,
      shield,
      log: loggers('trader'),
      signal: stop.signal,
    })
    const recorder = new OrderRecorder(clock)
    const recovery = await drive(trader.recover())
    for (const line of recovery.lines) options.output.line(line)
    for (const report of recovery.reports) {
      recorder.see(report)
      deployment.history.record(report)
    }

    const run = await startPipeline({
      pipeline,
      clock,
      random: random.fork('pipeline'),
      mode: options.dryRun ? 'dry-run' : 'live',
      log: loggers('run'),
      servicesFor: servicesOf({
        connection,
        genesisHash,
        wallet: wallet.publicKey,
        trader,
        deployment,
        output: options.output,
        rpc,
        shield,
        registry,
        log: loggers('route'),
      }),
      stateFor: node => flushable(deployment, node),
      drainTimeout_ms: DRAIN_TIMEOUT_MS,
      onEvent: (_node, event) => {
        recorder.see(event)
        options.output.status(recorder.progress(clock.now()))
      },
    })
    obey(options, run, stop)
    const result = await drive(run.done)
    // Who has lost the lease may write nothing more; what happened is told all the same.
    if (!result.errors.some(({ error }) => error.code === 'STORE_LEASE_LOST')) deployment.flush()
    if (result.ended === 'completed') deployment.finish()
    return documentOf(
      {
        pipeline,
        cluster: cluster.name,
        genesisHash,
        wallet: wallet.publicKey,
        dryRun: options.dryRun,
        interrupted: options.drain.aborted,
        before,
        after: await portfolio(),
        warnings: [...notices, ...connection.endpoints.warnings()],
        left: deployment.journal.orders({ open: true }).map(order => order.id),
        dataDirectory,
        wall_ms: real.wall_ms() - from_ms,
        endpoints: connection.endpoints.report(),
      },
      result,
      recorder,
    )
  } finally {
    for (const close of closers.reverse()) await close()
  }
}

function flushable(deployment: Deployment, node: string): FlushableState {
  const state = deployment.state(node)
  return { get: key => state.get(key), set: (key, value) => state.set(key, value), flush: () => deployment.flush(node) }
}

/** The first signal drains, the second ends everything at once: also what the trader waits for. */
function obey(options: RunOptions, run: PipelineRun, stop: AbortController): void {
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
