import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Value from 'typebox/value'
import { type Cluster, openCluster } from '../../../core/chain/cluster/cluster.ts'
import { RouteFinder } from '../../../core/chain/route/route-finder.ts'
import { RouteVenue } from '../../../core/chain/route/route-venue.ts'
import { createAccountReader } from '../../../core/chain/rpc/account-reader.ts'
import { createRpc } from '../../../core/chain/rpc/rpc.ts'
import { liveSender, type Sender } from '../../../core/chain/trader/sender.ts'
import { type ChainTrader, createTrader } from '../../../core/chain/trader/trader.ts'
import { Wallet } from '../../../core/chain/wallet/wallet.ts'
import { diskFiles } from '../../../core/config/files.ts'
import type { AccountReader, Clock, IntentEvent, PoolVenue, Venue } from '../../../core/index.ts'
import { createLocalnet, type Localnet } from '../../../core/localnet/localnet.ts'
import { SWAP_PROGRAM } from '../../../core/localnet/program/swap-program.ts'
import { createLocalVenue } from '../../../core/localnet/venue/venue.ts'
import { amountOf } from '../../../core/money/amount.ts'
import type { Journal } from '../../../core/orders/journal.ts'
import { openStore } from '../../../core/store/store.ts'
import { seededRandom } from '../../../core/time/random.ts'
import { createRealClock } from '../../../core/time/real-clock.ts'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'
import { JUPITER_CONFIG, type JupiterConfig } from '../../../plugins/execution/jupiter/config.ts'
import { createJupiterVenue } from '../../../plugins/execution/jupiter/venue.ts'
import { createOrcaVenue } from '../../../plugins/execution/orca/venue.ts'
import { createRaydiumVenue } from '../../../plugins/execution/raydium/venue.ts'
import { keepingLog } from '../../contract/venues/chain/keeping-log.ts'
import { AMM_V4, CLMM, CPMM, WHIRLPOOL } from '../../contract/venues/chain/programs.ts'
import { profileOf, writeRealMarket } from '../../contract/venues/chain/real-market.ts'

export const SEED = new Uint8Array(32).fill(9)
const CLUSTERS = new URL('../../../configs/clusters', import.meta.url).pathname
const START_MS = Date.parse('2025-01-01T00:00:00Z')
const PRICE_MICROLAMPORTS = 10_000n
export const real = createRealClock()

export type Fetch = Localnet['fetch']

/** What a bench puts between the trader and the rest. */
export interface Between {
  readonly fetch?: (fetch: Fetch) => Fetch
  readonly journal?: (journal: Journal) => Journal
  readonly signer?: (wallet: Wallet) => Pick<Wallet, 'publicKey' | 'sign'>
  readonly sender?: (sender: Sender) => Sender
}

/** An embedded chain with the real programs beside its own market, and everything that trades there. */
export interface BenchWorld {
  readonly clock: Clock
  readonly localnet: Localnet
  readonly cluster: Cluster
  readonly wallet: Wallet
  readonly accounts: AccountReader
  readonly trader: ChainTrader
  readonly orca: PoolVenue
  readonly raydium: PoolVenue
  readonly local: PoolVenue
  readonly jupiter: Venue
  route(): RouteVenue
  intent(index: number, units: bigint): IntentEvent
  drive<T>(work: Promise<T>): Promise<T>
  close(): Promise<void>
}

export async function benchWorld(time: 'virtual' | 'real', between: Between = {}): Promise<BenchWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'forge-bench-'))
  const market = writeRealMarket(folder)
  const virtual = time === 'virtual' ? createVirtualClock({ start_ms: START_MS }) : undefined
  const clock: Clock = virtual ?? real
  const wallet = Wallet.fromSeed(SEED)
  const funds = { lamports: 10n ** 12n, tokens: [{ symbol: 'USDC', units: 10n ** 12n }] }
  const localnet = await createLocalnet({
    clock,
    seed: '1',
    load: [folder],
    fund: [{ owner: wallet.publicKey, ...funds }],
  })
  const file = join(folder, 'profile.yaml')
  const profile = JSON.parse(profileOf(market, localnet.rpcUrl, { jupiterUrl: '{rpc}/swap/v1' }))
  profile.programs.swap = SWAP_PROGRAM
  writeFileSync(file, JSON.stringify(profile))
  const cluster = await openCluster(file, { files: diskFiles, directory: CLUSTERS })
  const fetch = between.fetch?.(localnet.fetch) ?? localnet.fetch
  const rpc = createRpc({ url: localnet.rpcUrl, fetch, clock })
  const accounts = createAccountReader(rpc, 'confirmed', clock)
  const store = openStore({ dataDir: join(folder, 'data'), clock: real, random: seededRandom('1') })
  const { journal } = store.deploy({
    pipeline: 'bench',
    genesisHash: localnet.genesisHash,
    wallet: wallet.publicKey,
    nodes: ['plan'],
    fingerprint: '',
    onChange: 'refuse',
    now: clock.now(),
  })
  const log = keepingLog()
  const sender = liveSender(rpc, localnet.genesisHash)
  const trader = createTrader({
    clock,
    journal: between.journal?.(journal) ?? journal,
    rpcs: [rpc],
    wallet: between.signer?.(wallet) ?? wallet,
    sender: between.sender?.(sender) ?? sender,
    venuePrograms: cluster.venuePrograms,
    log,
    signal: new AbortController().signal,
  })
  const orca = createOrcaVenue({ accounts, clock, programs: { whirlpool: WHIRLPOOL, config: market.orcaConfig } })
  const raydium = createRaydiumVenue({ accounts, clock, log, programs: { ammV4: AMM_V4, cpmm: CPMM, clmm: CLMM } })
  const local = createLocalVenue(accounts, SWAP_PROGRAM)
  const config = Value.Default(JUPITER_CONFIG, {}) as JupiterConfig
  const jupiter = createJupiterVenue({ url: cluster.jupiterUrl ?? '', config, http: fetch, clock })
  const [input, output] = [cluster.tokens.find('USDC'), cluster.tokens.find('SOL')]
  return {
    clock,
    localnet,
    cluster,
    wallet,
    accounts,
    trader,
    orca,
    raydium,
    local,
    jupiter,
    route: () =>
      new RouteVenue(
        new RouteFinder({
          venues: [orca, raydium, local].map(venue => ({ name: venue.name, venue })),
          via: cluster.tokens.tokens,
          sol: output,
          maxLegs: 3,
          priorityFee_microLamports: PRICE_MICROLAMPORTS,
          minSlippageBps: 5,
          recentErrorsBps: () => [],
          accounts,
          owner: wallet.publicKey,
          clock,
        }),
      ),
    intent: (index, units) => ({
      kind: 'intent',
      at: clock.now(),
      key: String(index),
      node: 'plan',
      input,
      output,
      amount: amountOf(input, units),
      exact: 'in',
      reason: 'a bench',
    }),
    drive: work => (virtual ? virtual.run(work) : work),
    close: async () => {
      store.close()
      await localnet.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** How every trade of a bench is made. */
export const TRADE = { onReport: () => undefined, slippageBps: 100, priorityFee_microLamports: PRICE_MICROLAMPORTS }
