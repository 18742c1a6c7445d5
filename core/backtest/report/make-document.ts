import type { Baseline } from '../../accounting/baselines.ts'
import type { CurvePoint } from '../../accounting/equity-curve.ts'
import { DAY_MS, type EquitySummary } from '../../accounting/equity-meter.ts'
import { metricsOf } from '../../accounting/metrics.ts'
import { lastPaid, strategyProfit, tokenFields } from '../../accounting/strategy-profit.ts'
import type { Amount } from '../../money/amount.ts'
import { type Price, priceFromNumber } from '../../money/price.ts'
import { mulDiv } from '../../money/rounding.ts'
import { SOL_MINT, sameToken } from '../../money/token.ts'
import type { WalletResult } from '../run-backtest.ts'
import { duration } from './page/figures.ts'
import type { BacktestDocument } from './report-document.ts'
import type { ReportInput } from './report-input.ts'

/** The document of a backtest. */
export function makeDocument(input: ReportInput): BacktestDocument {
  const { bars, pair, pipeline } = input
  const equity = input.equity.summary()
  const trades = input.tally.summary(equity.to_ms)
  const { deepest } = equity.drawdown
  const last = priceFromNumber(pair, bars.close[bars.count - 1]!)
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
      refused: lamportsAt(input.refused.fees_lamports, last).toString(),
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
      const price = sameToken(position.pair.base, pair.base) ? last : lastPaid(position)
      return { ...strategyProfit(position, price), ...(wallet !== undefined && { wallet }) }
    }),
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

/** Lamports in the quote token where SOL is a side of the pair, rounded up; else nothing can be said. */
function lamportsAt(lamports: bigint, price: Price): bigint {
  const { base, quote } = price.pair
  if (quote.mint === SOL_MINT) return lamports
  if (base.mint !== SOL_MINT) return 0n
  return mulDiv(lamports, price.scaled * 10n ** BigInt(quote.decimals), 10n ** BigInt(12 + base.decimals), 'up')
}

function curveOf(points: readonly CurvePoint[]): [number, number][] {
  return points.map(({ at, value }) => [at, value])
}

function timeOf(at_ms: number): string {
  return new Date(at_ms).toISOString()
}
