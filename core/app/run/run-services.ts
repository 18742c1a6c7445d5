import { PriorityPrices } from '../../chain/fees/priority-price.ts'
import type { Shield } from '../../chain/mev/shield.ts'
import { createAccountFeed } from '../../chain/pubsub/account-feed.ts'
import { createAccountReader } from '../../chain/rpc/account-reader.ts'
import type { Rpc } from '../../chain/rpc/rpc.ts'
import type { ChainTrader } from '../../chain/trader/trader.ts'
import type { BoundNode } from '../../config/bound-pipeline.ts'
import type { IntentEvent } from '../../events/event.ts'
import { asGiven } from '../../orders/wholes.ts'
import type { Logger } from '../../plugin/contract.ts'
import { type DeskIdentity, type OrderDesk, type OrderRequests, orderDesk } from '../../plugin/order-desk.ts'
import type { ClusterInfo, Holdings, Output, Services, Trader } from '../../plugin/services.ts'
import type { PluginRegistry } from '../../registry/registry.ts'
import type { Caches } from '../../store/cache.ts'
import type { Deployment } from '../../store/deployment.ts'
import type { Connection } from '../network/connection.ts'
import type { BudgetBook } from './budget-book.ts'
import { pluginVersion } from './plugin-version.ts'
import { createRouteService } from './route-service.ts'
import { createVenueService } from './venue-service.ts'

/** Quotes are of the newest state there is: an older one is off by what landed since, and the minimum guards the rest. */
const QUOTED_STATE = 'processed'

/** What the nodes of a run are handed, by node: only their own orders differ. */
export function servicesOf(options: {
  readonly connection: Pick<Connection, 'cluster' | 'clock' | 'http' | 'jupiterUrl' | 'pubsub' | 'rpcUrls'>
  readonly genesisHash: string
  readonly wallet: string
  readonly trader: Trader & Holdings & Pick<ChainTrader, 'holdingsOf'>
  readonly deployment: Deployment
  readonly caches: Caches
  readonly output: Output
  readonly rpc: Rpc
  readonly shield: Shield
  readonly registry: PluginRegistry
  readonly log: Logger
  /** By which people reach the orders that wait. */
  readonly requests: OrderRequests
  /** Whether only people's orders are traded: then all budgets are those of pipelines that do not run here. */
  readonly ofPeople?: boolean
  /** Absent: budgets are not held against the wallet. */
  readonly budgets?: BudgetBook
  /** What is kept beside an order that waits, so that another process can watch it. */
  readonly planOf?: ((intent: IntentEvent) => unknown) | undefined
}): (node: BoundNode) => Services {
  const { connection, deployment, output, trader } = options
  const { tokens, name, explorerLink, profile } = connection.cluster
  const cluster: ClusterInfo = {
    name,
    genesisHash: options.genesisHash,
    rpcUrl: connection.rpcUrls[0]!,
    wallet: options.wallet,
    explorerLink,
    ...(profile.programs === undefined ? {} : { programs: profile.programs }),
    ...(connection.jupiterUrl === undefined ? {} : { jupiterUrl: connection.jupiterUrl }),
  }
  const { clock, http } = connection
  const { journal } = deployment
  const deskOf = (identity: DeskIdentity): OrderDesk =>
    orderDesk({
      journal,
      clock,
      identity,
      save: () => deployment.flush(identity.holder),
      requests: options.requests,
      ...(options.planOf && { planOf: options.planOf }),
    })
  const accounts = createAccountReader(
    options.rpc,
    QUOTED_STATE,
    clock,
    options.caches.named(`mints of ${options.genesisHash}`),
  )
  const shared: Services = {
    tokens,
    trader,
    cluster,
    accounts,
    http,
    orders: { list: () => [] },
    // Venues share these; none of them holds orders.
    desk: deskOf({ plugin: '', version: '', holder: '' }),
    holdings: trader,
    output,
    history: deployment.history,
  }
  const { log, registry } = options
  const venues = createVenueService({ registry, clock, log, services: shared })
  const routes = createRouteService({
    venues,
    clock,
    accounts,
    services: shared,
    shield: options.shield,
    prices: new PriorityPrices(options.rpc, clock),
  })
  const subscriptions = createAccountFeed({
    endpoint: connection.pubsub,
    accounts,
    commitment: connection.cluster.commitment,
    clock,
    log,
  })
  return node => ({
    ...shared,
    desk: deskOf({ plugin: node.plugin.name, version: pluginVersion(registry, node.plugin), holder: node.id }),
    routes,
    venues,
    subscriptions,
    orders: { list: () => asGiven(journal.orders({ node: node.id })) },
    // An order node sells for strategies, whose own budgets are no obstacle: what may not be had, the trade is refused.
    ...((node.kind === 'strategy' || options.ofPeople) && { holdings: trader.holdingsOf(node.id) }),
    ...(options.budgets && { budgets: options.budgets.for(node.id) }),
  })
}
