import bestRoute from '../../plugins/execution/best-route/index.ts'
import jupiter from '../../plugins/execution/jupiter/index.ts'
import orca from '../../plugins/execution/orca/index.ts'
import raydium from '../../plugins/execution/raydium/index.ts'
import bracket from '../../plugins/order/bracket/index.ts'
import conditional from '../../plugins/order/conditional/index.ts'
import limit from '../../plugins/order/limit/index.ts'
import market from '../../plugins/order/market/index.ts'
import oco from '../../plugins/order/oco/index.ts'
import riskLimits from '../../plugins/order/risk-limits/index.ts'
import stopLoss from '../../plugins/order/stop-loss/index.ts'
import takeProfit from '../../plugins/order/take-profit/index.ts'
import trailingStop from '../../plugins/order/trailing-stop/index.ts'
import twap from '../../plugins/order/twap/index.ts'
import candles from '../../plugins/signal/candles/index.ts'
import indicators from '../../plugins/signal/indicators/index.ts'
import { INDICATOR_PLUGINS } from '../../plugins/signal/indicators/single.ts'
import spread from '../../plugins/signal/spread/index.ts'
import consoleSink from '../../plugins/sink/console/index.ts'
import history from '../../plugins/sink/history/index.ts'
import jupiterPrice from '../../plugins/source/jupiter-price/index.ts'
import poolPrice from '../../plugins/source/pool-price/index.ts'
import dcaDip from '../../plugins/strategy/dca/dip.ts'
import dca from '../../plugins/strategy/dca/index.ts'
import dcaValue from '../../plugins/strategy/dca/value.ts'
import grid from '../../plugins/strategy/grid/index.ts'
import momentum from '../../plugins/strategy/momentum/index.ts'
import single from '../../plugins/strategy/single/index.ts'
import singleOrder from '../../plugins/strategy/single-order/index.ts'
import localnet from '../localnet/venue/plugin.ts'
import type { AnyPlugin } from '../plugin/contract.ts'

/** The plugins that come with SniperForge: the only place that knows them. Importing it imports definitions alone. */
export const BUILT_IN_PLUGINS: readonly AnyPlugin[] = [
  poolPrice,
  jupiterPrice,
  candles,
  indicators,
  ...INDICATOR_PLUGINS,
  spread,
  dca,
  dcaValue,
  dcaDip,
  grid,
  momentum,
  single,
  singleOrder,
  market,
  limit,
  oco,
  bracket,
  riskLimits,
  stopLoss,
  takeProfit,
  trailingStop,
  conditional,
  twap,
  jupiter,
  orca,
  raydium,
  bestRoute,
  localnet,
  consoleSink,
  history,
]
