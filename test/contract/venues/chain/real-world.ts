import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cluster, openCluster } from '../../../../core/chain/cluster/cluster.ts'
import type { VenueChoice } from '../../../../core/chain/route/gather.ts'
import { RouteFinder } from '../../../../core/chain/route/route-finder.ts'
import { RouteVenue } from '../../../../core/chain/route/route-venue.ts'
import { createAccountReader } from '../../../../core/chain/rpc/account-reader.ts'
import { createRpc, type Rpc } from '../../../../core/chain/rpc/rpc.ts'
import { liveSender } from '../../../../core/chain/trader/sender.ts'
import { tokenAccountOf, tokenUnits } from '../../../../core/chain/trader/token-accounts.ts'
import { type ChainTrader, createTrader } from '../../../../core/chain/trader/trader.ts'
import { Wallet } from '../../../../core/chain/wallet/wallet.ts'
import { diskFiles } from '../../../../core/config/files.ts'
import type { AccountReader, IntentEvent, PoolVenue, Report, Venue } from '../../../../core/index.ts'
import { createLocalnet, type Localnet } from '../../../../core/localnet/localnet.ts'
import { createVirtualClock, type VirtualClock } from '../../../../core/time/virtual-clock.ts'
import { createOrcaVenue } from '../../../../plugins/execution/orca/venue.ts'
import { createRaydiumVenue } from '../../../../plugins/execution/raydium/venue.ts'
import { planDeployment, planIntent } from '../../../plan-node.ts'
import { keepingLog } from './keeping-log.ts'
import { AMM_V4, CLMM, CPMM, WHIRLPOOL } from './programs.ts'
import { profileOf, type RealMarket, writeRealMarket } from './real-market.ts'
import { NEVER } from './truth.ts'

const CLUSTERS = new URL('../../../../configs/clusters', import.meta.url).pathname
const PRIORITY_FEE_MICROLAMPORTS = 10_000n

/** The whole trader on an embedded chain that has the real programs, under a profile of one's own. */
export interface RealWorld {
  readonly clock: VirtualClock
  readonly localnet: Localnet
  readonly cluster: Cluster
  readonly market: RealMarket
  readonly wallet: Wallet
  readonly rpc: Rpc
  readonly accounts: AccountReader
  readonly trader: ChainTrader
  readonly orca: PoolVenue
  readonly raydium: PoolVenue
  /** The best route over these venues. */
  route(venues: readonly PoolVenue[], more?: { maxLegs?: number }): RouteVenue
  intent(amount: string, output: string, more?: Partial<IntentEvent>): IntentEvent
  trade(intent: IntentEvent, venue: Venue, slippageBps?: number, onReport?: (report: Report) => void): Promise<Report>
  /** Base units; of SOL the wallet's lamports. */
  held(symbol: string): Promise<bigint>
  close(): Promise<void>
}

export async function realWorld(): Promise<RealWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'real-world-'))
  const market = writeRealMarket(folder)
  const clock = createVirtualClock({ start_ms: Date.parse('2025-01-01T00:00:00Z') })
  const wallet = Wallet.fromSeed(new Uint8Array(32).fill(7))
  const funds = { lamports: 10n ** 12n, tokens: [{ symbol: 'USDC', units: 10n ** 11n }] }
  const localnet = await createLocalnet({
    clock,
    seed: '1',
    load: [folder],
    fund: [{ owner: wallet.publicKey, ...funds }],
  })
  const file = join(folder, 'profile.yaml')
  writeFileSync(file, profileOf(market, localnet.rpcUrl))
  const cluster = await openCluster(file, { files: diskFiles, directory: CLUSTERS })
  const rpc = createRpc({ url: localnet.rpcUrl, fetch: localnet.fetch, clock })
  const accounts = createAccountReader(rpc, 'confirmed', clock)
  const log = keepingLog()
  const { genesisHash } = localnet
  const { journal } = planDeployment({ genesisHash, wallet: wallet.publicKey, now: clock.now() })
  const trader = createTrader({
    clock,
    journal,
    rpcs: [rpc],
    wallet,
    sender: liveSender(rpc, genesisHash),
    venuePrograms: cluster.venuePrograms,
    log,
    signal: NEVER,
  })
  const orca = createOrcaVenue({
    accounts,
    clock,
    programs: { whirlpool: WHIRLPOOL, config: market.orcaConfig },
  })
  const raydium = createRaydiumVenue({
    accounts,
    clock,
    log,
    programs: { ammV4: AMM_V4, cpmm: CPMM, clmm: CLMM },
  })
  let intents = 0
  return {
    clock,
    localnet,
    cluster,
    market,
    wallet,
    rpc,
    accounts,
    trader,
    orca,
    raydium,
    route: (venues, { maxLegs = 3 } = {}) =>
      new RouteVenue(
        new RouteFinder({
          venues: venues.map((venue): VenueChoice => ({ name: venue.name, venue })),
          via: cluster.tokens.tokens,
          sol: cluster.tokens.find('SOL'),
          maxLegs,
          priorityFee_microLamports: PRIORITY_FEE_MICROLAMPORTS,
          minSlippageBps: 5,
          recentErrorsBps: () => [],
          accounts,
          owner: wallet.publicKey,
          clock,
        }),
      ),
    intent: (amount, output, more) =>
      planIntent(cluster.tokens, { at: clock.now(), key: `${intents++}`, amount, output }, more),
    trade: (intent, venue, slippageBps = 50, onReport = () => undefined) =>
      clock.run(
        trader.trade(intent, venue, {
          onReport,
          slippageBps,
          priorityFee_microLamports: PRIORITY_FEE_MICROLAMPORTS,
        }),
      ),
    held: async symbol => {
      const token = cluster.tokens.find(symbol)
      if (symbol === 'SOL') return rpc.balance(wallet.publicKey, 'processed')
      const own = await clock.run(rpc.accounts([tokenAccountOf(wallet.publicKey, token)!], 'processed'))
      return tokenUnits(own[0]?.data)
    },
    close: async () => {
      await localnet.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** A venue that has one pool only. */
export function onlyPool(venue: PoolVenue, address: string): PoolVenue {
  return withPools(venue, pool => pool === address)
}

/** A venue that has all its pools but these. */
export function withoutPools(venue: PoolVenue, addresses: readonly string[]): PoolVenue {
  return withPools(venue, pool => !addresses.includes(pool))
}

function withPools(venue: PoolVenue, has: (pool: string) => boolean): PoolVenue {
  const pools: PoolVenue['pools'] = async (...asked) =>
    (await venue.pools(...asked)).filter(({ address }) => has(address))
  return {
    ...venue,
    pools,
    quote: async (request, signal) => (await pools(request.input, request.output, signal))[0]?.quote(request),
  }
}
