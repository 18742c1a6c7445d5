import type { TraderOptions } from '../../chain/trader/options.ts'
import { DRY_RUN, isRealMoney, liveSender } from '../../chain/trader/sender.ts'
import { type ChainTrader, createTrader } from '../../chain/trader/trader.ts'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import type { ForgeEvent, IntentEvent } from '../../events/event.ts'
import type { Report } from '../../events/report.ts'
import { OrderRequests } from '../../plugin/order-desk.ts'
import { type FlushableState, type PipelineRun, startPipeline } from '../../runtime/run.ts'
import type { Deployment, DeploymentRequest } from '../../store/deployment.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { createLoggers } from '../logger.ts'
import { jsonRpcOf } from '../network/connection.ts'
import { readPortfolio } from '../network/portfolio.ts'
import { privateRelay } from '../network/private-relay.ts'
import type { LiveRun } from '../orders/cancel-order.ts'
import { stoppedReason } from '../orders/stopped.ts'
import { leaveMark, movedByOthers } from '../wallet/moved-by-others.ts'
import { noteDirectory, otherDirectories } from '../wallet/other-directories.ts'
import { BudgetBook } from './budget-book.ts'
import type { Ground } from './ground.ts'
import { OrderRecorder } from './order-recorder.ts'
import type { RunPortfolio } from './run-document.ts'
import type { RunOptions } from './run-options.ts'
import { servicesOf } from './run-services.ts'

/** How long draining may take on the run's clock. */
const DRAIN_TIMEOUT_MS = 60_000

/** How it is traded, whatever is traded. */
export type TradingOptions = Pick<
  RunOptions,
  'dryRun' | 'confirmRealMoney' | 'output' | 'logLevel' | 'writeLog' | 'environment'
> & {
  /** Takes the pipeline's secrets out of a text. */
  readonly redact: (text: string) => string
  /** What is kept beside an order that waits, so that another process can watch it. */
  readonly planOf?: (intent: IntentEvent) => unknown
}

/** A journal and a trader that have settled what earlier runs left: pipelines can be started. */
export interface Trading {
  readonly deployment: Deployment
  readonly trader: ChainTrader
  /** Follows every order. */
  readonly recorder: OrderRecorder
  /** What the wallet held before. */
  readonly before: RunPortfolio
  portfolio(): Promise<RunPortfolio>
  /**
   * Sets a pipeline up and starts it; `onEvent` is told of every event besides. With `evenStopped` it trades although the
   * kill switch is set: to sell all is part of a panic.
   */
  start(
    pipeline: BoundPipeline,
    onEvent: (node: string, event: ForgeEvent) => void,
    how?: { readonly evenStopped?: boolean },
  ): Promise<PipelineRun>
  /** By which people reach its orders. */
  readonly live: LiveRun
  /** Remembers what the wallet held in the end, when that is certain. */
  leave(holds: RunPortfolio): void
  /** Ends every wait of the trader at once: what is in flight stays in the journal. */
  stop(reason: unknown): void
}

/**
 * From a ground to the point where pipelines may start: the yes to real money, the deployment, what others did to the
 * wallet, the trader, and recovery, in this order.
 *
 * @throws what stands in the way of starting
 */
export async function openTrading(
  ground: Ground,
  request: Pick<DeploymentRequest, 'pipeline' | 'nodes' | 'fingerprint' | 'onChange'>,
  options: TradingOptions,
): Promise<Trading> {
  const { cluster, connection, genesisHash, registry, store, wallet } = ground
  const { dryRun, output } = options
  const { clock, drive, endpoints } = connection
  const { rpc } = endpoints
  const loggers = createLoggers({ level: options.logLevel, clock, write: options.writeLog, redact: options.redact })
  if (!dryRun && isRealMoney(genesisHash)) {
    await options.confirmRealMoney(`This trades real money of ${wallet.publicKey} on ${cluster.name}. Go on?`)
  }
  const place = { genesisHash, wallet: wallet.publicKey }
  const deployment = store.deploy({ ...request, ...place, now: clock.now() })

  const how = dryRun ? ', as a dry run' : deployment.resumed ? ', going on from an earlier run' : ''
  output.line(`${request.pipeline} on ${cluster.name} with wallet ${wallet.publicKey}${how}`)
  const portfolio = (since?: number) =>
    drive(readPortfolio(jsonRpcOf(connection), wallet.publicKey, cluster.tokens, since))
  const before = await portfolio()
  const stop = new AbortController()
  const { engine, shield } = privateRelay(connection, rpc)
  const traderThat = (more: Pick<TraderOptions, 'stopped'>): ChainTrader =>
    createTrader({
      clock,
      journal: deployment.journal,
      rpcs: [rpc],
      wallet,
      sender: dryRun ? DRY_RUN : liveSender(rpc, genesisHash, { engine, isRealMoneyConfirmed: true }),
      venuePrograms: cluster.venuePrograms,
      shield,
      log: loggers('trader'),
      signal: stop.signal,
      ...more,
    })
  const trader = traderThat({ stopped: () => stoppedReason(store.killSwitch) })
  const recorder = new OrderRecorder(clock)
  const recovery = await drive(trader.recover())
  for (const line of recovery.lines) output.line(line)
  for (const report of recovery.reports) {
    recorder.see(report)
    deployment.history.record(report)
  }
  const holds = recovery.reports.length === 0 ? before : undefined
  for (const line of await whatOthersDid(ground, options, holds)) {
    ground.notices.push(line)
    output.line(line)
  }

  const parts = { connection, genesisHash, wallet: wallet.publicKey, deployment, output, rpc, shield, registry }
  const requests = new OrderRequests()
  // What recovery has found out is in the journal: budgets are held against the wallet as it is after that.
  const held = recovery.reports.length === 0 ? before : await portfolio(newestSlot(recovery.reports))
  const ordersOf = (node?: string) => deployment.journal.orders(node === undefined ? {} : { node })
  const budgets = new BudgetBook(held, ordersOf, trader.budgets)
  const servicesBy = (by: ChainTrader) =>
    servicesOf({
      ...parts,
      trader: by,
      requests,
      budgets,
      planOf: options.planOf,
      caches: ground.caches,
      log: loggers('route'),
    })
  const services = servicesBy(trader)
  return {
    deployment,
    trader,
    recorder,
    before,
    portfolio,
    live: {
      deploymentId: deployment.id,
      now: () => clock.now(),
      ask: ({ id, arming }, kind, cause) =>
        arming !== undefined && requests.send(arming.holder, { kind, orderId: id, cause }),
    },
    start: (pipeline, onEvent, how = {}) =>
      startPipeline({
        pipeline,
        clock,
        random: ground.random.fork('pipeline'),
        mode: dryRun ? 'dry-run' : 'live',
        log: loggers('run'),
        servicesFor: how.evenStopped ? servicesBy(traderThat({})) : services,
        stateFor: node => flushable(deployment, node),
        drainTimeout_ms: DRAIN_TIMEOUT_MS,
        onEvent: (node, event) => {
          recorder.see(event)
          onEvent(node, event)
        },
      }),
    leave: holds => {
      if (deployment.journal.orders({ open: true }).some(order => order.attempts.length > 0)) return
      leaveMark(store, place, holds, clock.now())
    },
    stop: reason => stop.abort(reason),
  }
}

/** The slot of what landed last; undefined when nothing did. */
function newestSlot(reports: readonly Report[]): number | undefined {
  const slots = reports.flatMap(report => ('fill' in report ? report.fill.slot : []))
  return slots.length === 0 ? undefined : Math.max(...slots)
}

/** What others did to the wallet, and who else trades with it; nothing for a dry run, which has no memory. */
async function whatOthersDid(
  { connection, dataDirectory, genesisHash, store, wallet }: Ground,
  { environment }: TradingOptions,
  holds: RunPortfolio | undefined,
): Promise<readonly string[]> {
  if (dataDirectory === undefined) return []
  const place = { genesisHash, wallet: wallet.publicKey }
  const now = connection.clock.now()
  const moved = await connection.drive(movedByOthers(jsonRpcOf(connection), store, place, { now, holds }))
  // Nobody else reaches a chain that lives in this process.
  if (connection.isEmbedded) return moved
  noteDirectory(environment, place, dataDirectory)
  return [...moved, ...otherDirectories(environment, place, dataDirectory, createRealClock().now())]
}

function flushable(deployment: Deployment, node: string): FlushableState {
  const state = deployment.state(node)
  return { get: key => state.get(key), set: (key, value) => state.set(key, value), flush: () => deployment.flush(node) }
}
