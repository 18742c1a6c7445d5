import type { Figure } from '../../accounting/figure.ts'
import { tradeRatios } from '../../accounting/metrics.ts'
import { pairOf } from '../../accounting/quote-token.ts'
import { lastPaid, type StrategyProfit, strategyProfit, tokenFields } from '../../accounting/strategy-profit.ts'
import { type LostFees, lostFeesOf, type Trade, tradeOf } from '../../accounting/trade.ts'
import { type TradeSummary, TradeTally } from '../../accounting/trade-tally.ts'
import type { Price } from '../../money/price.ts'
import type { Pair } from '../../money/token.ts'
import type { Attempt } from '../../orders/journal.ts'
import type { KeptOrder } from '../../store/directory/kept-orders.ts'
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
  readonly entry: Pick<HistoryEntry, 'pipeline' | 'genesisHash' | 'wallet'>
  readonly trades: readonly Trade[]
  /** What was paid for transactions that traded nothing. */
  readonly lost: readonly LostFees[]
  readonly to_ms: number
}

/** Those that have traded, each with its trades in order of time. @param orders what their transactions cost that failed */
export function accountsOf(entries: readonly HistoryEntry[], orders: readonly KeptOrder[]): readonly Account[] {
  const groups = Map.groupBy(entries, accountId)
  const ordersOf = Map.groupBy(orders, accountId)
  return [...new Set([...groups.keys(), ...ordersOf.keys()])].flatMap(id => {
    const [group, own] = [groups.get(id) ?? [], ordersOf.get(id) ?? []]
    const fills = new OrderFills()
    for (const { report } of group) fills.see(report)
    const trades = fills.list().map(({ fill, report }) => tradeOf({ fill, node: report.node }))
    const lost = own.flatMap(({ order }) => lostFees(order.intent, order.attempts))
    const times = [...trades, ...lost].map(({ at }) => at)
    if (times.length === 0) return []
    const to_ms = times.reduce((latest, at) => Math.max(latest, at), group.at(-1)?.report.at ?? 0)
    return [{ entry: [...group, ...own][0]!, trades: trades.toSorted((a, b) => a.at - b.at), lost, to_ms }]
  })
}

function accountId(of: Pick<HistoryEntry, 'genesisHash' | 'wallet' | 'pipeline'>): string {
  return `${of.genesisHash} ${of.wallet} ${of.pipeline}`
}

function lostFees({ node, input, output }: KeptOrder['order']['intent'], attempts: readonly Attempt[]): LostFees[] {
  const pair = pairOf(input, output)
  return attempts.flatMap(({ failed }) => (failed ? [lostFeesOf(failed, { node, pair })] : []))
}

/** @param prices by `pairId`: instead of what the last trade paid */
export function performanceOf(
  { entry, trades, lost, to_ms }: Account,
  prices: ReadonlyMap<string, Price>,
): AccountPerformance {
  const from_ms = Math.min(...[...trades, ...lost].map(({ at }) => at))
  const quotes = new Map([...trades, ...lost].map(({ pair }) => [pair.quote.mint, pair.quote]))
  const tallies = [...quotes.values()].map(quote => {
    const tally = new TradeTally(quote)
    for (const trade of trades) if (trade.pair.quote.mint === quote.mint) tally.apply(trade)
    for (const fees of lost) if (fees.pair.quote.mint === quote.mint) tally.pay(fees)
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
