import type { Figure } from '../../accounting/figure.ts'
import { tradeRatios } from '../../accounting/metrics.ts'
import { lastPaid, type StrategyProfit, strategyProfit, tokenFields } from '../../accounting/strategy-profit.ts'
import { type Trade, tradeOf } from '../../accounting/trade.ts'
import { type TradeSummary, TradeTally } from '../../accounting/trade-tally.ts'
import type { Price } from '../../money/price.ts'
import type { Pair } from '../../money/token.ts'
import type { HistoryEntry } from '../../store/history.ts'
import { OrderFills } from '../run/order-fills.ts'

/** What one wallet's pipeline has earned, by the fills that are kept. */
export interface AccountPerformance {
  readonly pipeline: string
  readonly network: string
  readonly wallet: string
  readonly from: string
  /** When anything was heard last. */
  readonly to: string
  readonly strategies: readonly StrategyProfit[]
  /** One for each quote token: money of different tokens is never added up. */
  readonly totals: readonly QuoteTotals[]
}

export interface QuoteTotals extends Omit<TradeSummary, 'quote'> {
  readonly quote: StrategyProfit['quote']
  readonly metrics: Readonly<Record<'profitFactor' | 'expectancy' | 'hitRate' | 'exposure', Figure>>
}

/** What is traded by one pipeline with one wallet on one network. */
export interface Account {
  readonly entry: HistoryEntry
  readonly trades: readonly Trade[]
  readonly to_ms: number
}

/** Those that have traded, each with its trades in order of time. */
export function accountsOf(entries: readonly HistoryEntry[]): readonly Account[] {
  const groups = Map.groupBy(entries, ({ genesisHash, wallet, pipeline }) => `${genesisHash} ${wallet} ${pipeline}`)
  return [...groups.values()].flatMap(group => {
    const fills = new OrderFills()
    for (const { report } of group) fills.see(report)
    const trades = fills.list().map(({ fill, report }) => tradeOf({ fill, node: report.node }))
    if (trades.length === 0) return []
    const to_ms = Math.max(...[group.at(-1)!.report.at, trades.at(-1)!.at])
    return [{ entry: group[0]!, trades: trades.toSorted((a, b) => a.at - b.at), to_ms }]
  })
}

/** @param prices by `pairId`: instead of what the last trade paid */
export function performanceOf(
  { entry, trades, to_ms }: Account,
  prices: ReadonlyMap<string, Price>,
): AccountPerformance {
  const from_ms = trades[0]!.at
  const byQuote = Map.groupBy(trades, ({ pair }) => pair.quote.mint)
  const tallies = [...byQuote.values()].map(own => {
    const tally = new TradeTally(own[0]!.pair.quote)
    for (const trade of own) tally.apply(trade)
    return tally
  })
  return {
    pipeline: entry.pipeline,
    network: entry.genesisHash,
    wallet: entry.wallet,
    from: new Date(from_ms).toISOString(),
    to: new Date(to_ms).toISOString(),
    strategies: tallies.flatMap(({ book }) =>
      book
        .positions()
        .map(position => strategyProfit(position, prices.get(pairId(position.pair)) ?? lastPaid(position))),
    ),
    totals: tallies.map(tally => {
      const { quote, ...sums } = tally.summary(to_ms)
      return { quote: tokenFields(quote), ...sums, metrics: tradeRatios({ quote, ...sums }, to_ms - from_ms) }
    }),
  }
}

/** Tells pairs of one name on several clusters apart. */
export function pairId({ base, quote }: Pair): string {
  return `${base.cluster} ${base.mint} ${quote.mint}`
}
