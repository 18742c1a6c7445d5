import type { BoundNode } from '../config/bound-pipeline.ts'
import type { TokenDirectory } from '../money/token.ts'
import type { Output, Services } from '../plugin/services.ts'
import { MemoryJournal } from '../store/memory-journal.ts'
import { marketOf } from './market.ts'
import type { FillTools } from './order-fill.ts'
import type { RouteModel } from './routes.ts'
import { BACKTEST_GENESIS, backtestServices, walletAddress } from './services.ts'
import { createBacktestTrader } from './trader.ts'
import type { BacktestWallet } from './wallet.ts'

/** One wallet of a backtest, with what is its alone: the orders that are traded with it, and who trades them. */
export interface Purse {
  readonly wallet: BacktestWallet
  readonly journal: MemoryJournal
  readonly servicesFor: (node: BoundNode) => Services
}

/** @param place the wallet's among those of the pipeline; 0 is the one that a run is started with */
export function createPurse(
  wallet: BacktestWallet,
  place: number,
  options: Omit<FillTools, 'wallet' | 'journal'> & {
    readonly pipeline: string
    readonly tokens: TokenDirectory
    readonly venues?: readonly string[] | undefined
    readonly output: Output
  },
): Purse {
  const address = walletAddress(place)
  const scope = { genesisHash: BACKTEST_GENESIS, wallet: address, deploymentId: options.pipeline }
  const journal = new MemoryJournal(scope, { keepsStories: false })
  const trader = createBacktestTrader({ ...options, wallet, journal })
  const { markets } = options
  const model: RouteModel = {
    name: markets[0].model.name,
    glance: request => marketOf(request, markets).model.glance(request),
  }
  return { wallet, journal, servicesFor: backtestServices({ ...options, model, address, wallet, journal, trader }) }
}

/** The purse that a node trades with. @throws RangeError for a name that the backtest was given no wallet for */
export function purseOf({ wallet: name }: Pick<BoundNode, 'wallet'>, purses: readonly Purse[]): Purse {
  const purse = purses.find(({ wallet }) => wallet.name === name)
  if (purse) return purse
  throw new RangeError(`no wallet "${name}" was given`)
}
