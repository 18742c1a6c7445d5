import { openRegistry } from '../../../core/app/open-registry.ts'
import { servicesOf } from '../../../core/app/run/run-services.ts'
import type { Cluster } from '../../../core/chain/cluster/cluster.ts'
import { verifyGenesis } from '../../../core/chain/cluster/cluster.ts'
import { Shield } from '../../../core/chain/mev/shield.ts'
import type { PubSubEndpoint } from '../../../core/chain/pubsub/line.ts'
import { createRpc, type Rpc } from '../../../core/chain/rpc/rpc.ts'
import { liveSender, type Sender } from '../../../core/chain/trader/sender.ts'
import { createTrader } from '../../../core/chain/trader/trader.ts'
import type { Wallet } from '../../../core/chain/wallet/wallet.ts'
import { messageOf } from '../../../core/errors/forge-error.ts'
import type { ForgeEvent } from '../../../core/index.ts'
import type { Journal } from '../../../core/orders/journal.ts'
import type { AnyPlugin } from '../../../core/plugin/contract.ts'
import { OrderRequests } from '../../../core/plugin/order-desk.ts'
import type { Http, Trader } from '../../../core/plugin/services.ts'
import type { PluginRegistry } from '../../../core/registry/registry.ts'
import type { RunResult } from '../../../core/runtime/result.ts'
import { type PipelineRun, startPipeline } from '../../../core/runtime/run.ts'
import { openCaches } from '../../../core/store/cache.ts'
import type { Durability } from '../../../core/store/database.ts'
import { openDeployment } from '../../../core/store/deployment.ts'
import { Lease } from '../../../core/store/lease.ts'
import type { Clock } from '../../../core/time/clock.ts'
import type { Random } from '../../../core/time/random.ts'
import { quotingAtMost } from '../../contract/trading/part-venue.ts'
import type { WatchedDatabase } from '../faults/watched-database.ts'
import { linkedPartOf } from './linked.ts'
import { pipelineOf, type Wishes } from './pipeline.ts'

const DRAIN_TIMEOUT_MS = 60_000
const WRITER_ENDPOINTS = ['http://localnet', 'http://localnet/second']

/** Parts that a planted bug hands in instead of the real ones. */
export interface Alterations {
  readonly journal?: (journal: Journal, parts: { readonly rpc: Rpc; readonly clock: Clock }) => Journal
  readonly sender?: (sender: Sender, parts: { readonly journal: Journal; readonly clock: Clock }) => Sender
  readonly rpc?: (rpc: Rpc) => Rpc
  /** Keys of a node's state that a process does not find again. */
  readonly forgets?: (node: string) => (key: string) => boolean
  readonly durability?: (asked: Durability) => Durability
  readonly plugin?: (plugin: AnyPlugin) => AnyPlugin
}

/** What a process is started with. */
export interface Surroundings {
  readonly clock: Clock
  readonly fetch: Http
  readonly pubsub: PubSubEndpoint
  readonly openDatabase: () => WatchedDatabase
  readonly cluster: Cluster
  readonly wallet: Wallet
  readonly random: Random
  readonly wishes: Wishes
  /** Whether a second endpoint must agree before an expiry is believed. */
  readonly twoEndpoints: boolean
  readonly alterations: Alterations
  onEvent(event: ForgeEvent): void
  /** Told of all that a node gives, at once. */
  onGiven(node: string, event: ForgeEvent): void
  onRun(run: PipelineRun): void
  onDatabase(database: WatchedDatabase): void
}

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * One process from its start to its end: the same order of steps as `core/app/run/run-bound.ts`, with the ports handed
 * in. It does not settle when it dies on the way.
 *
 * @throws what stands in the way of starting
 */
export async function runProcess(around: Surroundings): Promise<RunResult> {
  const { clock, cluster, wallet, random, alterations } = around
  const db = around.openDatabase()
  around.onDatabase(db)
  const caches = openCaches(undefined)
  let lease: Lease | undefined
  try {
    lease = new Lease(db, clock)
    const urls = around.twoEndpoints ? WRITER_ENDPOINTS : WRITER_ENDPOINTS.slice(0, 1)
    const [first, ...others] = urls.map(url => altered(createRpc({ url, fetch: around.fetch, clock }), alterations.rpc))
    const rpc = first!
    const genesisHash = await verifyGenesis(cluster.profile, rpc)
    const honest = pipelineOf(around.wishes, around.onEvent)
    const nodes = honest.nodes.map(node => ({ ...node, plugin: altered(node.plugin, alterations.plugin) }))
    const pipeline = { ...honest, nodes }
    const deployment = openDeployment(db, lease, random, {
      pipeline: pipeline.name,
      genesisHash,
      wallet: wallet.publicKey,
      nodes: pipeline.nodes.map(node => node.id),
      fingerprint: 'simulation',
      onChange: 'refuse',
      now: clock.now(),
    })
    const journal = alterations.journal?.(deployment.journal, { rpc, clock }) ?? deployment.journal
    const sender = liveSender(rpc, genesisHash)
    const trader = createTrader({
      clock,
      journal,
      rpcs: [rpc, ...others],
      wallet,
      sender: alterations.sender?.(sender, { journal, clock }) ?? sender,
      venuePrograms: cluster.venuePrograms,
      log: SILENT,
      signal: new AbortController().signal,
    })
    const recovery = await trader.recover()
    for (const report of recovery.reports) deployment.history.record(report)
    const { partUnits } = around.wishes
    const registry = await clock.holdWhile('import', () => builtInPlugins())
    const servicesFor = servicesOf({
      connection: {
        cluster,
        clock,
        http: around.fetch,
        rpcUrls: [rpc.url],
        jupiterUrl: `${rpc.url}/swap/v1`,
        pubsub: around.pubsub,
      },
      genesisHash,
      wallet: wallet.publicKey,
      trader: partUnits === undefined ? trader : { ...trader, ...takingParts(trader, partUnits) },
      deployment: { ...deployment, journal },
      caches,
      output: { line: () => undefined, status: () => undefined },
      rpc,
      shield: new Shield(cluster.name, undefined),
      registry,
      log: SILENT,
      requests: new OrderRequests(),
    })
    const run = await startPipeline({
      pipeline,
      clock,
      random: random.fork('pipeline'),
      mode: 'live',
      log: SILENT,
      servicesFor,
      stateFor: id => {
        const state = deployment.state(id)
        const forgets = alterations.forgets?.(id) ?? (() => false)
        return {
          get: key => (forgets(key) ? undefined : state.get(key)),
          set: (key, value) => state.set(key, value),
          flush: () => deployment.flush(id),
        }
      },
      drainTimeout_ms: DRAIN_TIMEOUT_MS,
      onEvent: (node, event) => around.onGiven(node, event),
    })
    around.onRun(run)
    try {
      deployment.begin()
    } catch (thrown) {
      await run.abort(messageOf(thrown))
      throw thrown
    }
    const result = await run.done
    if (!result.errors.some(({ error }) => error.code === 'STORE_LEASE_LOST')) deployment.flush()
    if (result.ended === 'completed') deployment.finish()
    return result
  } finally {
    try {
      lease?.release()
    } finally {
      caches.close()
      db.close()
    }
  }
}

/** The trader, with a venue that takes so much of a burst's purchase at once, and a part of what is linked. */
function takingParts(trader: Trader, units: bigint): Trader {
  return {
    trade: (intent, venue, options) => {
      const most = intent.node === 'burst' ? units : linkedPartOf(intent)
      return trader.trade(intent, most === undefined ? venue : quotingAtMost(most, venue), options)
    },
  }
}

let registry: Promise<PluginRegistry> | undefined

/** Definitions alone: every process has the same. */
function builtInPlugins(): Promise<PluginRegistry> {
  registry ??= openRegistry({ packagesFrom: undefined }).then(opened => opened.registry)
  return registry
}

function altered<T>(part: T, alter: ((part: T) => T) | undefined): T {
  return alter ? alter(part) : part
}
