import type { Baseline } from '../../accounting/baselines.ts'
import type { EquityMeter } from '../../accounting/equity-meter.ts'
import type { ClosedTrade } from '../../accounting/position-book.ts'
import type { Trade } from '../../accounting/trade.ts'
import type { TradeTally } from '../../accounting/trade-tally.ts'
import type { CandleRepairs } from '../../candles/candle-check.ts'
import type { Price } from '../../money/price.ts'
import type { Pair } from '../../money/token.ts'
import type { RefusedLanding } from '../order-fill.ts'
import type { WalletResult } from '../run-backtest.ts'

/** The bars of the run, column by column. */
export interface ReportBars {
  readonly name: string
  readonly interval_ms: number
  readonly count: number
  readonly start_ms: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
}

/** A pair, and its bars in the run. */
export interface ReportMarket {
  readonly pair: Pair
  readonly bars: ReportBars
}

/** A trade, and what it closed. */
export interface ReportTrade {
  /** In the report's quote token. */
  readonly trade: Trade
  /** As it was made: its pair, and base units of that pair's quote token. */
  readonly market: { readonly pair: Pair; readonly quote_units: bigint }
  readonly closed: ClosedTrade | undefined
  /** As the pipeline names it; absent for the one that a run is started with. */
  readonly wallet?: string
}

/** A transaction that landed and failed; absent a price of SOL at that time, its fees have no worth. */
export interface ReportLanding extends RefusedLanding {
  readonly sol?: Price
}

/** What a backtest was and what came of it: all a report is made of. */
export interface ReportInput {
  readonly pipeline: {
    readonly name: string
    readonly summary: string
    readonly params: Readonly<Record<string, unknown>>
  }
  /** How it was run, in words, in the order to show: fill model, capital, fees, seed. */
  readonly settings: Readonly<Record<string, string>>
  /** In whose quote token all is valued. */
  readonly pair: Pair
  readonly bars: ReportBars
  /** Further pairs. */
  readonly others?: readonly ReportMarket[]
  /** Observed at the start and after each bar, in whole quote tokens. */
  readonly equity: EquityMeter
  readonly tally: TradeTally
  /** The one that a run is started with first, then those that the pipeline names. */
  readonly wallets: readonly WalletResult[]
  /** The wallet of a node, as the pipeline names it. */
  readonly walletOf: (node: string) => string | undefined
  readonly trades: readonly ReportTrade[]
  /** When the pipeline ended by itself, before the data did. */
  readonly endedAt_ms?: number
  readonly baselines: readonly Baseline[]
  /** Transactions that landed and failed; their fees are no part of any trade. */
  readonly refused: {
    readonly count: number
    readonly fees_lamports: bigint
    readonly landings: readonly ReportLanding[]
  }
  /** Orders by how they ended. */
  readonly orders: Readonly<Record<string, number>>
  readonly repairs?: CandleRepairs
  /** Sentences for whoever reads it. */
  readonly warnings: readonly string[]
}
