import { type Cluster, openCluster, verifyGenesis } from '../../../core/chain/cluster/cluster.ts'
import { createHttp } from '../../../core/chain/http.ts'
import { createBlockEngine } from '../../../core/chain/mev/block-engine.ts'
import { BundleLeaders } from '../../../core/chain/mev/leaders.ts'
import { Shield } from '../../../core/chain/mev/shield.ts'
import { createAccountReader } from '../../../core/chain/rpc/account-reader.ts'
import { createRpc, type Rpc } from '../../../core/chain/rpc/rpc.ts'
import type { TraderSettings } from '../../../core/chain/trader/options.ts'
import { DRY_RUN, liveSender } from '../../../core/chain/trader/sender.ts'
import { type ChainTrader, createTrader } from '../../../core/chain/trader/trader.ts'
import { Wallet } from '../../../core/chain/wallet/wallet.ts'
import { diskFiles } from '../../../core/config/files.ts'
import type { IntentEvent } from '../../../core/events/event.ts'
import type { Report } from '../../../core/events/report.ts'
import { derivedKey } from '../../../core/localnet/derived-key.ts'
import { createLocalnet, type Localnet } from '../../../core/localnet/localnet.ts'
import { LEADER } from '../../../core/localnet/rpc/methods/slot-methods.ts'
import { createLocalVenue } from '../../../core/localnet/venue/venue.ts'
import type { Protection } from '../../../core/plugin/landing.ts'
import type { TradeOptions } from '../../../core/plugin/services.ts'
import type { Venue } from '../../../core/plugin/venue.ts'
import type { Deployment } from '../../../core/store/deployment.ts'
import { createVirtualClock, type VirtualClock } from '../../../core/time/virtual-clock.ts'
import { planDeployment, planIntent } from '../../plan-node.ts'
import type { Fetch } from '../trading/fetch-faults.ts'
import { type BlockEngineServer, blockEngineServer } from './block-engine-server.ts'

const START_MS = Date.parse('2024-01-01T00:00:00Z')
const CLUSTERS = new URL('../../../configs/clusters', import.meta.url).pathname
const SOL = 1_000_000_000n

export const TIP_ACCOUNTS = Array.from({ length: 8 }, (_, index) => derivedKey(`tip account ${index}`).address)
export const ATTACKER = derivedKey('sandwich attacker')

export const PROTECTED: Protection = {
  mode: 'on',
  maxTip_lamports: 50_000n,
  tipPercentile: 50,
  quoteAgeMax_slots: 10,
  dontFront: true,
  sendWhen: 'now',
}

/** A wallet, an attacker, a block engine and a public endpoint in front of one embedded chain. */
export interface MevWorld {
  readonly clock: VirtualClock
  readonly localnet: Localnet
  readonly cluster: Cluster
  readonly engine: BlockEngineServer
  readonly deployment: Deployment
  readonly rpc: Rpc
  readonly venue: Venue
  readonly wallet: string
  /** Bytes that the public endpoint was given, in order. */
  readonly publicWires: readonly Uint8Array[]
  /** Stands between the trader and the public endpoint; sees every transaction before it lands. */
  onPublic: ((wire: Uint8Array) => { after(): void }) | undefined
  intent(key: string, amount: string, output: string): IntentEvent
  trade(intent: IntentEvent, more?: Partial<TradeOptions>, venue?: Venue): Promise<Report>
  /** Another trader over the same journal, as after a restart. */
  restart(more?: { signal?: AbortSignal; engine?: boolean; dryRun?: boolean }): ChainTrader
  lamports(address: string): bigint
  close(): Promise<void>
}

export async function mevWorld(settings: Partial<TraderSettings> = {}): Promise<MevWorld> {
  const clock = createVirtualClock({ start_ms: START_MS })
  const wallet = Wallet.fromSeed(new Uint8Array(32).fill(7))
  const fund = [
    {
      owner: wallet.publicKey,
      lamports: 2_000n * SOL,
      tokens: [
        { symbol: 'USDC', units: 1_000_000_000_000n },
        { symbol: 'JSOL', units: 1n },
      ],
    },
    {
      owner: ATTACKER.address,
      lamports: 100n * SOL,
      tokens: [
        { symbol: 'SOL', units: 20_000n * SOL },
        { symbol: 'JSOL', units: 1n },
      ],
    },
    ...TIP_ACCOUNTS.map(owner => ({ owner, lamports: SOL, tokens: [] })),
  ]
  const localnet = await createLocalnet({ clock, seed: '1', fund })
  const cluster = await openCluster('localnet', { files: diskFiles, directory: CLUSTERS, rpcUrl: localnet.rpcUrl })
  const engine = await blockEngineServer(localnet.ledger, clock, TIP_ACCOUNTS)
  const http = createHttp(clock)
  const publicWires: Uint8Array[] = []
  let onPublic: MevWorld['onPublic']
  const publicFetch: Fetch = async (input, init) => {
    const body =
      typeof init?.body === 'string' ? (JSON.parse(init.body) as { method: string; params: string[] }) : undefined
    if (body?.method !== 'sendTransaction') return localnet.fetch(input, init)
    const wire = new Uint8Array(Buffer.from(body.params[0]!, 'base64'))
    publicWires.push(wire)
    const seen = onPublic?.(wire)
    const answer = await localnet.fetch(input, init)
    seen?.after()
    return answer
  }
  const rpc = createRpc({ url: localnet.rpcUrl, fetch: localnet.fetch, clock })
  const genesisHash = await verifyGenesis(cluster.profile, rpc)
  const deployment = planDeployment({ genesisHash, wallet: wallet.publicKey, now: clock.now() })
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
  const makeTrader = (more: { signal?: AbortSignal; engine?: boolean; dryRun?: boolean } = {}): ChainTrader => {
    const ours = createRpc({ url: localnet.rpcUrl, fetch: publicFetch, clock })
    const { url, tipFloorUrl } = engine
    const relay = more.engine === false ? undefined : createBlockEngine({ url, tipFloorUrl, fetch: http.fetch, clock })
    return createTrader({
      clock,
      journal: deployment.journal,
      rpcs: [ours],
      wallet,
      sender: more.dryRun ? DRY_RUN : liveSender(ours, genesisHash, { engine: relay }),
      venuePrograms: cluster.venuePrograms,
      shield: new Shield(cluster.name, relay, new BundleLeaders(ours, clock, [LEADER])),
      log,
      signal: more.signal ?? new AbortController().signal,
      settings,
    })
  }
  let trader = makeTrader()
  const local = createLocalVenue(createAccountReader(rpc, 'confirmed', clock), cluster.profile.programs?.['swap'] ?? '')
  return {
    clock,
    localnet,
    cluster,
    engine,
    deployment,
    rpc,
    venue: local,
    wallet: wallet.publicKey,
    publicWires,
    get onPublic() {
      return onPublic
    },
    set onPublic(watcher) {
      onPublic = watcher
    },
    intent: (key, amount, output) => planIntent(cluster.tokens, { at: clock.now(), key, amount, output }),
    trade: (intent, more = {}, venue = local) =>
      clock.run(
        trader.trade(intent, venue, {
          onReport: () => undefined,
          slippageBps: 50,
          priorityFee_microLamports: 10_000n,
          ...more,
        }),
      ),
    restart: more => {
      trader = makeTrader(more)
      return trader
    },
    lamports: address => localnet.ledger.account(address)?.lamports ?? 0n,
    close: async () => {
      await http.close()
      await engine.close()
      await localnet.close()
    },
  }
}
