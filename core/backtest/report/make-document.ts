import type { Baseline } from '../../accounting/baselines.ts'
import type { CurvePoint } from '../../accounting/equity-curve.ts'
import { DAY_MS, type EquitySummary } from '../../accounting/equity-meter.ts'
import { metricsOf } from '../../accounting/metrics.ts'
import { lastPaid, strategyProfit, tokenFields } from '../../accounting/strategy-profit.ts'
import type { Amount } from '../../money/amount.ts'
import type { WalletResult } from '../run-backtest.ts'
import { samePair } from '../traded-pairs.ts'
import { Valuation } from '../valuation.ts'
import { duration } from './page/figures.ts'
import type { BacktestDocument } from './report-document.ts'
import type { ReportInput } from './report-input.ts'

/** The document of a backtest. */
export function makeDocument(input: ReportInput): BacktestDocument {
  const { bars, pair, pipeline } = input
  const equity = input.equity.summary()
  const trades = input.tally.summary(equity.to_ms)
  const { deepest } = equity.drawdown
  const valuation = new Valuation([pair, ...(input.others ?? []).map(market => market.pair)])
  valuation.see([bars, ...(input.others ?? []).map(market => market.bars)].map(({ close, count }) => close[count - 1]!))
  const { gaps = 0, missing = 0, duplicates = 0 } = input.repairs ?? {}
  return {
    document: 'backtest',
    version: 1,
    pipeline: pipeline.name,
    summary: pipeline.summary,
    params: { ...pipeline.params },
    settings: { ...input.settings },
    base: tokenFields(pair.base),
    quote: tokenFields(pair.quote),
    from: timeOf(equity.from_ms),
    to: timeOf(equity.to_ms),
    data: { name: bars.name, bars: bars.count, interval_ms: bars.interval_ms, gaps, missing, duplicates },
    equity: {
      start: equity.start,
      end: equity.end,
      lowest: equity.lowest,
      mean: equity.mean,
      days: equity.daily.count,
      drawdown: {
        depth: deepest.depth,
        peak: timeOf(deepest.peakAt),
        trough: timeOf(deepest.troughAt),
        ...(deepest.recoveredAt === undefined ? {} : { recovered: timeOf(deepest.recoveredAt) }),
      },
    },
    metrics: { ...metricsOf(equity, trades) },
    months: [...equity.months],
    trades: {
      count: trades.trades,
      closed: trades.closed,
      wins: trades.wins,
      losses: trades.losses,
      won: trades.won_units.toString(),
      lost: trades.lost_units.toString(),
      volume: trades.volume_units.toString(),
      held_ms: trades.held_ms,
    },
    costs: {
      base: trades.costs.base_units.toString(),
      priority: trades.costs.priority_units.toString(),
      tip: trades.costs.tip_units.toString(),
      refused: trades.costs.failed_units.toString(),
      rent: trades.costs.rent_units.toString(),
      slippage: trades.costs.slippage_units.toString(),
      impact: trades.costs.impact_units.toString(),
      refused_lamports: input.refused.fees_lamports.toString(),
      unvalued_lamports: trades.costs.unvalued_lamports.toString(),
    },
    orders: { ...input.orders },
    refused: input.refused.count,
    strategies: input.tally.book.positions().map(position => {
      const wallet = input.walletOf(position.node)
      const price = valuation.price(position.pair.base) ?? lastPaid(position)
      return { ...strategyProfit(position, price), ...(wallet !== undefined && { wallet }) }
    }),
    ...(input.others && input.others.length > 0 && { pairs: pairFields(input) }),
    ...(input.wallets.length > 1 && { wallets: input.wallets.map(walletFields) }),
    baselines: input.baselines.map(baselineOf),
    curves: { equity: curveOf(input.equity.curve()), drawdown: curveOf(input.equity.drawdowns()) },
    warnings: [...input.warnings, ...idleness(input, equity)],
  }
}

/** A strategy that stopped early: whoever reads its ratios should know that they count the days without it. */
function idleness({ trades, endedAt_ms }: ReportInput, { from_ms, to_ms }: EquitySummary): string[] {
  if (endedAt_ms !== undefined) {
    const [idle, all] = [to_ms - endedAt_ms, to_ms - from_ms].map(duration)
    return [`It ended by its own settings at ${minuteOf(endedAt_ms)}: of ${all} the last ${idle} count in every ratio.`]
  }
  const last = trades.at(-1)
  if (last === undefined || to_ms - last.trade.at < (to_ms - from_ms) / 2) return []
  const [idle, days] = [to_ms - last.trade.at, to_ms - from_ms].map(length => Math.round(length / DAY_MS))
  return [
    `No trade after ${minuteOf(last.trade.at)}: of the ${days} days the last ${idle} had none, and every ratio counts them.`,
  ]
}

function minuteOf(at_ms: number): string {
  return `${timeOf(at_ms).replace('T', ' ').slice(0, 16)} UTC`
}

function walletFields({ name, before, after, worth }: WalletResult): NonNullable<BacktestDocument['wallets']>[number] {
  const held = (amounts: readonly Amount[]) =>
    amounts.map(({ token, units }) => ({ ...tokenFields(token), amount: units.toString() }))
  return { ...(name !== undefined && { name }), before: held(before), after: held(after), ...worth }
}

function baselineOf({ name, description, equity, meter }: Baseline): BacktestDocument['baselines'][number] {
  return {
    name,
    description,
    start: equity.start,
    end: equity.end,
    metrics: { ...metricsOf(equity) },
    curve: curveOf(meter.curve()),
  }
}

/** What was traded of each pair, in the quote token in which all is valued. */
function pairFields({ bars, others = [], pair, trades }: ReportInput): NonNullable<BacktestDocument['pairs']> {
  return [{ pair, bars }, ...others].map(market => {
    const own = trades.filter(trade => samePair(trade.market.pair, market.pair))
    const sum = (side: 'buy' | 'sell'): bigint =>
      own.filter(({ trade }) => trade.side === side).reduce((total, { trade }) => total + trade.quote_units, 0n)
    const { close, count, interval_ms, name, open } = market.bars
    return {
      base: tokenFields(market.pair.base),
      quote: tokenFields(market.pair.quote),
      name,
      bars: count,
      interval_ms,
      first: open[0]!,
      last: close[count - 1]!,
      trades: own.length,
      bought: sum('buy').toString(),
      sold: sum('sell').toString(),
      closed: own.reduce((total, { closed }) => total + (closed?.average.net_units ?? 0n), 0n).toString(),
    }
  })
}

function curveOf(points: readonly CurvePoint[]): [number, number][] {
  return points.map(({ at, value }) => [at, value])
}

function timeOf(at_ms: number): string {
  return new Date(at_ms).toISOString()
}
