import { findAssociatedTokenPda, TOKEN_PROGRAM_ADDRESS } from '@solana-program/token'
import Value from 'typebox/value'
import { type Cluster, openCluster, verifyGenesis } from '../../../core/chain/cluster/cluster.ts'
import { createRpc, type Rpc } from '../../../core/chain/rpc/rpc.ts'
import type { TraderOptions } from '../../../core/chain/trader/options.ts'
import { liveSender, type Sender } from '../../../core/chain/trader/sender.ts'
import { type ChainTrader, createTrader } from '../../../core/chain/trader/trader.ts'
import { Wallet } from '../../../core/chain/wallet/wallet.ts'
import { diskFiles } from '../../../core/config/files.ts'
import type { IntentEvent } from '../../../core/events/event.ts'
import type { Report } from '../../../core/events/report.ts'
import { createLocalnet, type Localnet } from '../../../core/localnet/localnet.ts'
import type { TradeOptions } from '../../../core/plugin/services.ts'
import type { Venue } from '../../../core/plugin/venue.ts'
import type { Deployment } from '../../../core/store/deployment.ts'
import { createVirtualClock, type VirtualClock } from '../../../core/time/virtual-clock.ts'
import { JUPITER_CONFIG, type JupiterConfig } from '../../../plugins/execution/jupiter/config.ts'
import { createJupiterVenue } from '../../../plugins/execution/jupiter/venue.ts'
import { planDeployment, planIntent } from '../../plan-node.ts'
import type { Fetch } from './fetch-faults.ts'

const START_MS = Date.parse('2024-01-01T00:00:00Z')
const CLUSTERS = new URL('../../../configs/clusters', import.meta.url).pathname

/** Everything that trades, on an embedded chain, in virtual time. */
export interface TradingWorld {
  readonly clock: VirtualClock
  readonly localnet: Localnet
  readonly cluster: Cluster
  readonly wallet: Wallet
  readonly rpc: Rpc
  readonly deployment: Deployment
  readonly venue: Venue
  /** The one that trades now. */
  readonly trader: () => ChainTrader
  readonly reports: Report[]
  intent(key: string, amount: string, output: string, more?: Partial<IntentEvent>): IntentEvent
  trade(intent: IntentEvent, more?: Partial<TradeOptions>): Promise<Report>
  /** Another trader over the same journal, as after a restart; `trade` uses it from then on. */
  restart(more?: { faults?: (fetch: Fetch) => Fetch; signal?: AbortSignal }): ChainTrader
  /** Base units; of SOL the wallet's lamports. */
  held(symbol: string): Promise<bigint>
  close(): Promise<void>
}

export interface WorldOptions {
  readonly funds?: Readonly<Record<string, bigint>>
  readonly lamports?: bigint
  readonly sender?: (rpc: Rpc, genesisHash: string) => Sender
  readonly settings?: TraderOptions['settings']
  /** What the trader gets instead of the venue. */
  readonly venue?: (venue: Venue, clock: VirtualClock) => Venue
  /** Between the trader and the chain. */
  readonly faults?: (fetch: Fetch) => Fetch
  readonly signal?: AbortSignal
  /** Why nothing may be signed. */
  readonly stopped?: TraderOptions['stopped']
  /** Whether requests end with the signal too; they do unless told. */
  readonly requestsEnd?: boolean
}

export async function tradingWorld(options: WorldOptions = {}): Promise<TradingWorld> {
  const clock = createVirtualClock({ start_ms: START_MS })
  const wallet = Wallet.fromSeed(new Uint8Array(32).fill(7))
  const tokens = Object.entries(options.funds ?? { USDC: 10_000_000_000n }).map(([symbol, units]) => ({
    symbol,
    units,
  }))
  const fund = [{ owner: wallet.publicKey, lamports: options.lamports ?? 10_000_000_000n, tokens }]
  const localnet = await createLocalnet({ clock, seed: '1', fund })
  const cluster = await openCluster('localnet', { files: diskFiles, directory: CLUSTERS, rpcUrl: localnet.rpcUrl })
  const plain = createRpc({ url: localnet.rpcUrl, fetch: localnet.fetch, clock })
  const genesisHash = await verifyGenesis(cluster.profile, plain)
  const deployment = planDeployment({ genesisHash, wallet: wallet.publicKey, now: clock.now() })
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
  const makeTrader = (more: { faults?: WorldOptions['faults']; signal?: AbortSignal | undefined }): ChainTrader => {
    const fetch = more.faults ? more.faults(localnet.fetch) : localnet.fetch
    const rpc = createRpc({
      url: localnet.rpcUrl,
      fetch,
      clock,
      ...(more.signal && options.requestsEnd !== false && { signal: more.signal }),
    })
    return createTrader({
      clock,
      journal: deployment.journal,
      rpcs: [rpc],
      wallet,
      sender: (options.sender ?? liveSender)(rpc, genesisHash),
      venuePrograms: cluster.venuePrograms,
      log,
      signal: more.signal ?? new AbortController().signal,
      ...(options.stopped && { stopped: options.stopped }),
      ...(options.settings && { settings: options.settings }),
    })
  }
  let trader = makeTrader(options)
  const config = Value.Default(JUPITER_CONFIG, {}) as JupiterConfig
  const url = cluster.jupiterUrl ?? ''
  const jupiter = createJupiterVenue({ url, config, http: localnet.fetch, clock })
  const venue = options.venue?.(jupiter, clock) ?? jupiter
  const reports: Report[] = []
  return {
    clock,
    localnet,
    cluster,
    wallet,
    rpc: plain,
    deployment,
    venue,
    trader: () => trader,
    reports,
    intent: (key, amount, output, more) => planIntent(cluster.tokens, { at: clock.now(), key, amount, output }, more),
    trade: (intent, more = {}) =>
      clock.run(
        trader.trade(intent, venue, {
          onReport: report => reports.push(report),
          slippageBps: 50,
          priorityFee_microLamports: 10_000n,
          ...more,
        }),
      ),
    restart: (more = {}) => {
      trader = makeTrader(more)
      return trader
    },
    held: async symbol => {
      const token = cluster.tokens.find(symbol)
      if (symbol === 'SOL') return plain.balance(wallet.publicKey, 'processed')
      const [account] = await findAssociatedTokenPda({
        owner: wallet.publicKey as never,
        mint: token.mint as never,
        tokenProgram: TOKEN_PROGRAM_ADDRESS,
      })
      const [found] = await plain.accounts([account], 'processed')
      return found ? new DataView(found.data.buffer, found.data.byteOffset).getBigUint64(64, true) : 0n
    },
    close: () => localnet.close(),
  }
}
