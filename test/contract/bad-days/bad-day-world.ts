import Value from 'typebox/value'
import { expect } from 'vitest'
import { type Cluster, openCluster } from '../../../core/chain/cluster/cluster.ts'
import { createEndpointPool, type EndpointPool, type PoolOptions } from '../../../core/chain/endpoints/pool.ts'
import { createHttp } from '../../../core/chain/http.ts'
import { createRpc, type Rpc } from '../../../core/chain/rpc/rpc.ts'
import type { TraderOptions } from '../../../core/chain/trader/options.ts'
import { liveSender } from '../../../core/chain/trader/sender.ts'
import { tokenAccountOf, tokenUnits } from '../../../core/chain/trader/token-accounts.ts'
import { createTrader } from '../../../core/chain/trader/trader.ts'
import { Wallet } from '../../../core/chain/wallet/wallet.ts'
import { diskFiles } from '../../../core/config/files.ts'
import type { Report } from '../../../core/events/report.ts'
import { createLocalnet } from '../../../core/localnet/localnet.ts'
import { serve } from '../../../core/localnet/server/serve.ts'
import type { OrderRecord } from '../../../core/orders/journal.ts'
import type { Http } from '../../../core/plugin/services.ts'
import { createRealClock } from '../../../core/time/real-clock.ts'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'
import { JUPITER_CONFIG, type JupiterConfig } from '../../../plugins/execution/jupiter/config.ts'
import { createJupiterVenue } from '../../../plugins/execution/jupiter/venue.ts'
import { planDeployment, planIntent } from '../../plan-node.ts'
import { type FaultProxy, faultProxy } from './fault-proxy.ts'
import { patientClock } from './patient-clock.ts'

const CLUSTERS = new URL('../../../configs/clusters', import.meta.url).pathname
const START_MS = Date.parse('2024-01-01T00:00:00Z')
/** The fastest a server goes by itself: a slot in 20 ms, so that a blockhash lives three seconds. */
const SPEED = 20
const LAMPORTS = 10_000_000_000n
const FUNDS = { USDC: 10_000_000_000n }

/** A trader on real time, a local chain behind HTTP, and proxies between them that make bad days. */
export interface BadDay {
  /** In the order the trader prefers them. */
  readonly proxies: readonly FaultProxy[]
  readonly pool: EndpointPool
  trade(
    key: string,
    amount: string,
    output: string,
    more?: { slippageBps?: number; expiresAt?: number },
  ): Promise<Report>
  /** Somebody else with much more money trades, past the proxies. */
  drain(amount: string, output: string): Promise<void>
  /** Base units; of SOL the wallet's lamports. As the chain itself has it. */
  held(symbol: string): Promise<bigint>
  orders(): readonly OrderRecord[]
  /** That journal and chain tell the same, to the unit; answers the signatures on the chain. */
  expectBooksRight(): Promise<readonly string[]>
  close(): Promise<void>
}

export interface BadDayOptions {
  /** How many proxies stand before the chain; 1 by default. */
  readonly endpoints?: number
  readonly pool?: Partial<PoolOptions>
  readonly funds?: Readonly<Record<string, bigint>>
  readonly lamports?: bigint
  readonly settings?: TraderOptions['settings']
  /** How fast the chain's time goes; 20 by default. */
  readonly speed?: number
}

export async function badDay(options: BadDayOptions = {}): Promise<BadDay> {
  const clock = createRealClock()
  const [wallet, rich] = [7, 8].map(byte => Wallet.fromSeed(new Uint8Array(32).fill(byte))) as [Wallet, Wallet]
  const funds: Readonly<Record<string, bigint>> = options.funds ?? FUNDS
  const lamports = options.lamports ?? LAMPORTS
  const tokens = Object.entries(funds).map(([symbol, units]) => ({ symbol, units }))
  const whaleFunds = { lamports: 10n ** 17n, tokens: [{ symbol: 'USDC', units: 10n ** 16n }] }
  const localnet = await createLocalnet({
    clock: createVirtualClock({ start_ms: START_MS }),
    seed: '1',
    fund: [
      { owner: wallet.publicKey, lamports, tokens },
      { owner: rich.publicKey, ...whaleFunds },
    ],
  })
  const server = await serve(localnet, { port: 0, wall: clock, speed: options.speed ?? SPEED })
  const proxies = await Promise.all(Array.from({ length: options.endpoints ?? 1 }, () => faultProxy(server.rpcUrl)))
  const http = createHttp(clock)
  let asked = 0
  const counted: Http = async (input, init) => {
    asked++
    try {
      return await http.fetch(input, init)
    } finally {
      asked--
    }
  }
  const silent = (): number => proxies.reduce((sum, proxy) => sum + proxy.silent(), 0)
  const pool = createEndpointPool({
    endpoints: proxies.map(({ url }) => ({ url })),
    fetch: counted,
    clock: patientClock(clock, () => asked > silent()),
    batch: true,
    watch: true,
    timeout_ms: 400,
    retries: 2,
    ...options.pool,
  })
  const directly = createRpc({ url: server.rpcUrl, fetch: http.fetch, clock })
  const cluster = await openCluster('localnet', { files: diskFiles, directory: CLUSTERS, rpcUrl: proxies[0]!.url })
  const common = { clock, http, cluster, genesisHash: localnet.genesisHash }
  const ours = desk({ ...common, rpc: pool.rpc, wallet, apiUrl: proxies[0]!.url, settings: options.settings })
  const theirs = desk({ ...common, rpc: directly, wallet: rich, apiUrl: server.rpcUrl, settings: undefined })
  const held = async (symbol: string): Promise<bigint> => {
    const token = cluster.tokens.find(symbol)
    const address = tokenAccountOf(wallet.publicKey, token)
    if (address === undefined) return directly.balance(wallet.publicKey, 'processed')
    const [account] = await directly.accounts([address], 'processed')
    return tokenUnits(account?.data)
  }
  return {
    proxies,
    pool,
    trade: ours.trade,
    drain: async (amount, output) => {
      const report = await theirs.trade(`drain ${theirs.journal.orders().length}`, amount, output, {
        slippageBps: 5_000,
      })
      expect(report.state).toBe('filled')
    },
    held,
    orders: () => ours.journal.orders(),
    expectBooksRight: async () => {
      const listed = JSON.parse(
        await localnet.rpc(
          JSON.stringify({
            jsonrpc: '2.0',
            id: 1,
            method: 'getSignaturesForAddress',
            params: [wallet.publicKey, { commitment: 'confirmed' }],
          }),
        ),
      ) as { result: { signature: string; err: unknown }[] }
      const landed = new Map(listed.result.map(({ signature, err }) => [signature, err === null]))
      const sent = ours.journal.orders().flatMap(({ attempts }) => attempts.map(({ signature }) => signature))
      const own = [...landed.keys()].filter(signature => sent.includes(signature))
      expect([...landed.keys()].filter(signature => !sent.includes(signature))).toEqual([])
      const fills = ours.journal.orders().flatMap(({ fill }) => fill ?? [])
      expect(fills.map(({ signature }) => signature).toSorted()).toEqual(own.filter(one => landed.get(one)).toSorted())
      const change = new Map<string, bigint>()
      const add = (symbol: string, units: bigint): void => {
        change.set(symbol, (change.get(symbol) ?? 0n) + units)
      }
      for (const { input, output, fees } of fills) {
        add(input.token.symbol, -input.units)
        add(output.token.symbol, output.units)
        add('SOL', -fees.base_lamports - fees.priority_lamports - fees.tip_lamports - fees.rent_lamports)
      }
      for (const signature of own.filter(one => !landed.get(one))) {
        const failed = await directly.transaction(signature, 'confirmed')
        add('SOL', -BigInt(failed!.meta!.fee))
      }
      for (const symbol of new Set(['SOL', ...Object.keys(funds), ...change.keys()])) {
        const before = symbol === 'SOL' ? lamports : (funds[symbol] ?? 0n)
        expect([symbol, (await held(symbol)) - before]).toEqual([symbol, change.get(symbol) ?? 0n])
      }
      return own
    },
    close: async () => {
      ours.stop()
      theirs.stop()
      await pool.close()
      await http.close()
      await Promise.all(proxies.map(proxy => proxy.close()))
      await server.close()
      await localnet.close()
    },
  }
}

/** One wallet, its journal and its trader, through a Jupiter API. */
function desk(options: {
  readonly clock: ReturnType<typeof createRealClock>
  readonly http: ReturnType<typeof createHttp>
  readonly cluster: Cluster
  readonly genesisHash: string
  readonly rpc: Rpc
  readonly wallet: Wallet
  readonly apiUrl: string
  readonly settings: TraderOptions['settings'] | undefined
}) {
  const { clock, cluster, rpc, wallet, genesisHash, http } = options
  const { journal } = planDeployment({ genesisHash, wallet: wallet.publicKey, now: clock.now() })
  const stop = new AbortController()
  const nothing = (): void => undefined
  const trader = createTrader({
    clock,
    journal,
    rpcs: [rpc],
    wallet,
    sender: liveSender(rpc, genesisHash),
    venuePrograms: cluster.venuePrograms,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    signal: stop.signal,
    // Twenty times faster, as the chain is.
    settings: { pollEvery_ms: 20, resendEvery_ms: 100, heightEvery_ms: 250, retriesMax: 1, ...options.settings },
  })
  const config = Value.Default(JUPITER_CONFIG, {}) as JupiterConfig
  const venue = createJupiterVenue({ url: `${options.apiUrl}/swap/v1`, config, http: http.fetch, clock })
  return {
    journal,
    stop: () => stop.abort(new Error('the test is over')),
    trade: (
      key: string,
      amount: string,
      output: string,
      { slippageBps = 100, expiresAt }: { slippageBps?: number; expiresAt?: number } = {},
    ): Promise<Report> => {
      const wish = { at: clock.now(), key, amount, output }
      const intent = planIntent(cluster.tokens, wish, expiresAt === undefined ? {} : { expiresAt })
      return trader.trade(intent, venue, { onReport: nothing, slippageBps, priorityFee_microLamports: 10_000n })
    },
  }
}
