import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { servicesOf } from '../../../core/app/run/run-services.ts'
import { openCluster, verifyGenesis } from '../../../core/chain/cluster/cluster.ts'
import { createEndpointPool } from '../../../core/chain/endpoints/pool.ts'
import { createHttp } from '../../../core/chain/http.ts'
import { Shield } from '../../../core/chain/mev/shield.ts'
import { webSocketEndpoint } from '../../../core/chain/pubsub/web-socket.ts'
import { liveSender, type SendHow } from '../../../core/chain/trader/sender.ts'
import { createTrader } from '../../../core/chain/trader/trader.ts'
import { Wallet } from '../../../core/chain/wallet/wallet.ts'
import { diskFiles } from '../../../core/config/files.ts'
import type { Clock, Report } from '../../../core/index.ts'
import { createLocalnet } from '../../../core/localnet/localnet.ts'
import type { Journal } from '../../../core/orders/journal.ts'
import { OrderRequests } from '../../../core/plugin/order-desk.ts'
import type { Trader } from '../../../core/plugin/services.ts'
import { createRegistry } from '../../../core/registry/create-registry.ts'
import { startPipeline } from '../../../core/runtime/run.ts'
import { openCaches } from '../../../core/store/cache.ts'
import { openStore } from '../../../core/store/store.ts'
import { seededRandom } from '../../../core/time/random.ts'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'
import { type Stop, stopPipeline } from './prices.ts'
import { type Fetch, real } from './server-time.ts'

export const SEED = new Uint8Array(32).fill(9)
const CLUSTERS = new URL('../../../configs/clusters', import.meta.url).pathname
const FUNDS = { lamports: 10n ** 13n, tokens: [{ symbol: 'USDC', units: 10n ** 12n }] }
const silent = (): undefined => undefined
const SILENT = { debug: silent, info: silent, warn: silent, error: silent }

/** A chain to trade on. */
export interface BenchChain {
  readonly clock: Clock
  readonly rpcUrl: string
  readonly fetch: Fetch
  drive<T>(work: Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Within this process, on a virtual clock: what it takes is measured apart. */
export async function embeddedChain(): Promise<BenchChain> {
  const clock = createVirtualClock({ start_ms: Date.parse('2025-01-01T00:00:00Z') })
  const owner = Wallet.fromSeed(SEED).publicKey
  const localnet = await createLocalnet({ clock, seed: '1', fund: [{ owner, ...FUNDS }] })
  const { rpcUrl, fetch } = localnet
  return { clock, rpcUrl, fetch, drive: work => clock.run(work), close: () => localnet.close() }
}

/** In a process of its own, at real time, over HTTP. */
export async function servedChain(): Promise<BenchChain> {
  const child = fork(new URL('chain.ts', import.meta.url).pathname, [Wallet.fromSeed(SEED).publicKey])
  const [{ rpcUrl }] = (await once(child, 'message')) as [{ rpcUrl: string }]
  const http = createHttp(real)
  return {
    clock: real,
    rpcUrl,
    fetch: http.fetch,
    drive: work => work,
    close: async () => {
      await http.close()
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

/** What a bench puts between the trader and the rest. */
export interface Between {
  readonly journal: (journal: Journal) => Journal
  readonly trader: (trader: Trader) => Trader
  readonly sign: (sign: () => Uint8Array) => Uint8Array
  readonly send: (send: () => Promise<void>, wire: Uint8Array) => Promise<void>
}

export interface StopWorld {
  /** Gives a price to the orders, within this call. */
  push(price: string): void
  /** Resolves when so many orders have had their final report. */
  ended(orders: number): Promise<readonly Report[]>
  close(): Promise<void>
}

/** A running pipeline with these stops armed: journal on disk, runtime, order plugin, venue, trader, guard. */
export async function stopWorld(chain: BenchChain, stops: readonly Stop[], between: Between): Promise<StopWorld> {
  const { clock, rpcUrl, fetch, drive } = chain
  const dataDir = mkdtempSync(join(tmpdir(), 'sniperforge-bench-'))
  const wallet = Wallet.fromSeed(SEED)
  const cluster = await openCluster('localnet', { files: diskFiles, directory: CLUSTERS, rpcUrl })
  const pool = createEndpointPool({
    endpoints: cluster.endpoints,
    fetch,
    clock,
    genesisHash: undefined,
    batch: true,
    watch: false,
  })
  const { rpc } = pool
  const genesisHash = await drive(verifyGenesis(cluster.profile, rpc))
  const { pipeline, push } = stopPipeline(stops, cluster.tokens)
  const store = openStore({ dataDir, clock: real, random: seededRandom('1') })
  const caches = openCaches(undefined)
  const opened = store.deploy({
    pipeline: pipeline.name,
    genesisHash,
    wallet: wallet.publicKey,
    nodes: pipeline.nodes.map(({ id }) => id),
    fingerprint: '',
    onChange: 'refuse',
    now: clock.now(),
  })
  const journal = between.journal(opened.journal)
  const sender = liveSender(rpc, genesisHash)
  if (sender.kind !== 'live') throw new Error('a bench sends')
  const send = (wire: Uint8Array, how: SendHow): Promise<void> => between.send(() => sender.send(wire, how), wire)
  const trader = createTrader({
    clock,
    journal,
    rpcs: [rpc],
    wallet: { publicKey: wallet.publicKey, sign: message => between.sign(() => wallet.sign(message)) },
    sender: { ...sender, send },
    venuePrograms: cluster.venuePrograms,
    log: SILENT,
    signal: new AbortController().signal,
  })
  const deployment = { ...opened, journal }
  const servicesFor = servicesOf({
    connection: {
      cluster,
      clock,
      http: fetch,
      rpcUrls: [rpcUrl],
      jupiterUrl: `${rpcUrl}/swap/v1`,
      pubsub: webSocketEndpoint([rpcUrl], { pulses: true }),
    },
    genesisHash,
    wallet: wallet.publicKey,
    trader: { ...trader, ...between.trader(trader) },
    deployment,
    caches,
    output: { line: silent, status: silent },
    rpc,
    shield: new Shield(cluster.name, undefined),
    registry: createRegistry([]).registry,
    log: SILENT,
    requests: new OrderRequests(),
  })
  const reports: Report[] = []
  let armed = 0
  const waiting: { readonly until: () => boolean; readonly resolve: () => void }[] = []
  const until = (reached: () => boolean): Promise<void> =>
    drive(new Promise(resolve => (reached() ? resolve() : waiting.push({ until: reached, resolve }))))
  const run = await drive(
    startPipeline({
      pipeline,
      clock,
      random: seededRandom('1'),
      mode: 'live',
      log: SILENT,
      servicesFor,
      stateFor: id => {
        const state = opened.state(id)
        return {
          get: key => state.get(key),
          set: (key, value) => state.set(key, value),
          flush: () => opened.flush(id),
        }
      },
      drainTimeout_ms: 60_000,
      onEvent: (node, event) => {
        if (event.kind !== 'report') return
        const report = event as Report
        if (report.state === 'armed') armed++
        else if (node === 'swap' && !['accepted', 'triggered', 'sent'].includes(report.state)) reports.push(report)
        for (const one of waiting.filter(each => each.until())) {
          waiting.splice(waiting.indexOf(one), 1)
          one.resolve()
        }
      },
    }),
  )
  await until(() => armed === stops.length)
  return {
    push: price => push(price, clock.now()),
    ended: async orders => {
      await until(() => reports.length >= orders)
      return reports
    },
    close: async () => {
      await drive(run.abort('the bench is over'))
      caches.close()
      store.close()
      await pool.close()
      await chain.close()
      rmSync(dataDir, { recursive: true })
    },
  }
}
