import type { BoundNode } from '../config/bound-pipeline.ts'
import { ForgeError } from '../errors/forge-error.ts'
import type { TokenDirectory } from '../money/token.ts'
import type { Journal } from '../orders/journal.ts'
import { asGiven } from '../orders/wholes.ts'
import { OrderRequests, orderDesk } from '../plugin/order-desk.ts'
import type { ClusterInfo, Output, Services, Trader } from '../plugin/services.ts'
import type { Clock } from '../time/clock.ts'
import { backtestRoutes, backtestVenues, type RouteModel } from './routes.ts'
import type { BacktestWallet } from './wallet.ts'

/** A network of its own, so that no key of a backtest is a key anywhere else. */
export const BACKTEST_GENESIS = 'backtest'
const NOWHERE = 'http://backtest.invalid'

/** What stands for a wallet's address: its place among those of the pipeline. */
export function walletAddress(place: number): string {
  return `Backtest${String(place + 1).padStart(35, '1')}`
}

/** What the nodes of a backtest are handed: no chain, no network; the trader fills by a model, prices are replayed. */
export function backtestServices(options: {
  readonly tokens: TokenDirectory
  readonly clock: Clock
  readonly model: RouteModel
  /** Names of the venues that can be asked for a quote of the model; absent: none. */
  readonly venues?: readonly string[] | undefined
  readonly wallet: Pick<BacktestWallet, 'aside' | 'give' | 'sellable' | 'units'>
  /** What stands for its address. */
  readonly address: string
  readonly trader: Trader
  readonly journal: Journal
  readonly output: Output
}): (node: BoundNode) => Services {
  const { clock, journal, output, tokens, trader, wallet } = options
  const cluster: ClusterInfo = {
    name: tokens.cluster,
    genesisHash: BACKTEST_GENESIS,
    rpcUrl: NOWHERE,
    jupiterUrl: `${NOWHERE}/swap/v1`,
    wallet: options.address,
    explorerLink: () => undefined,
  }
  const shared = {
    tokens,
    trader,
    cluster,
    output,
    routes: backtestRoutes(options.model),
    venues: backtestVenues(options.model, options.venues ?? []),
    http: async (input: string | URL | Request) => {
      const url = input instanceof Request ? input.url : String(input)
      throw new ForgeError('BACKTEST_NO_NETWORK', {
        message: `a backtest has no network, and ${new URL(url).host} was asked`,
      })
    },
    // What an order did is in the journal; nothing of a backtest is kept for `history`.
    history: { record: () => undefined },
  }
  const requests = new OrderRequests()
  return node => {
    const own = node.kind === 'strategy' ? node.id : undefined
    return {
      ...shared,
      orders: { list: () => asGiven(journal.orders({ node: node.id })) },
      desk: orderDesk({
        journal,
        clock,
        identity: { plugin: node.plugin.name, version: 'backtest', holder: node.id },
        // State in memory is kept as it is set.
        save: () => undefined,
        requests,
      }),
      budgets: { claim: amount => wallet.give(node.id, amount) },
      holdings: {
        sellable: async (token, _into, whose = own) => wallet.sellable(token, whose),
        balance: async token => wallet.units(token),
        setAside: (orderId, amount, whose = own) => wallet.aside.add(orderId, amount, whose),
        release: orderId => wallet.aside.delete(orderId),
      },
    }
  }
}
