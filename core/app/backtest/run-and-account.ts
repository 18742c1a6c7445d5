import { type Baseline, buyAndHold, dollarCostAverage } from '../../accounting/baselines.ts'
import { DAY_MS, EquityMeter } from '../../accounting/equity-meter.ts'
import { inQuoteOf, tradeOf } from '../../accounting/trade.ts'
import { TradeTally } from '../../accounting/trade-tally.ts'
import type { BarSeries } from '../../backtest/bars.ts'
import type { FillChoice } from '../../backtest/fills/create-fill-model.ts'
import { tradesPair } from '../../backtest/fills/reasons.ts'
import { heldPath } from '../../backtest/held-path.ts'
import type { ReportInput, ReportLanding, ReportTrade } from '../../backtest/report/report-input.ts'
import { type BacktestOptions, type BacktestResult, runBacktest } from '../../backtest/run-backtest.ts'
import type { Valuation } from '../../backtest/valuation.ts'
import type { CandleRepairs } from '../../candles/candle-check.ts'
import type { Fill } from '../../events/report.ts'
import { type Amount, formatAmount, formatUnits } from '../../money/amount.ts'
import type { Price } from '../../money/price.ts'
import { type Pair, pairName, SOL_MINT, sameToken } from '../../money/token.ts'
import type { PreparedBacktest } from './prepare-backtest.ts'

/** The market's own costs of a purchase, for those who only hold: the pool's fee. */
const BPS = 10_000
/** How often the DCA beside the strategy buys. */
const DCA_EVERY_MS = 7 * DAY_MS

export interface AccountedRun {
  readonly input: ReportInput
  readonly result: BacktestResult
}

/** Runs a prepared backtest and keeps its accounts: what a report is made of. */
export async function runAndAccount(
  prepared: PreparedBacktest,
  options: Pick<BacktestOptions, 'seed' | 'log' | 'output' | 'signal' | 'onEvent' | 'onProgress'> & {
    readonly repairs?: CandleRepairs
    /** Told of the account at each bar as well. */
    readonly onBar?: (at_ms: number, equity: number) => void
  },
): Promise<AccountedRun> {
  const { bars, capital, fees_lamports, fill, namedCapital, others, pipeline, tokens, venues } = prepared
  const series = [bars, ...others.map(other => other.bars)] as const
  const { repairs, onBar, ...run } = options
  const equity = new EquityMeter()
  const tally = new TradeTally(bars.pair.quote)
  const trades: ReportTrade[] = []
  const landings: ReportLanding[] = []
  const result = await runBacktest({
    ...run,
    pipeline,
    bars,
    others,
    tokens,
    venues,
    fill,
    capital,
    namedCapital,
    fees_lamports,
    onBar: (at_ms, worth) => {
      equity.observe(at_ms, worth)
      onBar?.(at_ms, worth)
    },
    onFill: (landed, intent, prices) => {
      const pair = pairOfFill(landed, series)
      const sol = sameToken(pair.quote, prices.quote) ? solPrice(prices) : {}
      const made = tradeOf({ fill: landed, node: intent.node, pair, ...sol })
      const price = prices.price(pair.quote)
      const trade = price ? inQuoteOf(made, price) : made
      const { wallet } = landed
      const market = { pair, quote_units: made.quote_units }
      trades.push({ trade, market, closed: tally.apply(trade), ...(wallet !== undefined && { wallet }) })
    },
    onRefused: (landing, prices) => {
      const { at, fees, intent, pair } = landing
      const sol = solPrice(prices)
      tally.pay({ node: intent.node, at, fees, pair: { base: pair.base, quote: bars.pair.quote }, ...sol })
      landings.push({ ...landing, ...sol })
    },
  })
  const orders: Record<string, number> = {}
  for (const { state } of result.orders) orders[state] = (orders[state] ?? 0) + 1
  const summary = equity.summary()
  const cost = fill.feeBps / BPS
  const input: ReportInput = {
    pipeline: { name: pipeline.name, summary: pipeline.summary, params: pipeline.params },
    settings: {
      ...(others.length === 0
        ? { 'Fill model': fillText(fill, bars) }
        : Object.fromEntries(
            [{ bars, fill }, ...others].map(market => [
              `Fill model of ${pairName(market.bars.pair)}`,
              fillText(market.fill, market.bars),
            ]),
          )),
      Capital: amountsText(capital),
      ...Object.fromEntries([...namedCapital].map(([name, own]) => [`Capital of ${name}`, amountsText(own)])),
      'SOL for fees': formatUnits(fees_lamports, 9),
      Seed: options.seed,
    },
    pair: bars.pair,
    bars,
    ...(others.length > 0 && { others: others.map(other => ({ pair: other.bars.pair, bars: other.bars })) }),
    equity,
    tally,
    trades,
    wallets: result.wallets,
    walletOf: id => pipeline.nodes.find(node => node.id === id)?.wallet,
    ...(result.endedAt_ms !== undefined && { endedAt_ms: result.endedAt_ms }),
    baselines: [
      buyAndHold(heldPath(series), summary.start, cost),
      dollarCostAverage(heldPath(series), summary.start, cost, {
        from_ms: summary.from_ms,
        to_ms: summary.to_ms,
        every_ms: DCA_EVERY_MS,
      }),
    ].map(baseline => (others.length === 0 ? baseline : ofBasket(baseline, series))),
    refused: { ...result.refused, landings },
    orders,
    ...(repairs && { repairs }),
    warnings: [...prepared.warnings, ...warningsOf(result)],
  }
  return { input, result }
}

function amountsText(amounts: readonly Amount[]): string {
  return amounts.length === 0 ? 'nothing' : amounts.map(formatAmount).join(', ')
}

function ofBasket(baseline: Baseline, series: readonly BarSeries[]): Baseline {
  const names = [...new Set(series.map(({ pair }) => pair.base.symbol))].join(', ')
  return { ...baseline, description: `Equal parts of ${names}. ${baseline.description}` }
}

function pairOfFill({ input, output }: Fill, series: readonly BarSeries[]): Pair {
  const traded = { input: input.token, output: output.token }
  return (series.find(({ pair }) => tradesPair(pair, traded)) ?? series[0]!).pair
}

/** For fees, where SOL is worth something in the report's quote token. */
function solPrice(prices: Valuation): { readonly sol?: Price } {
  const sol = prices.tokens.find(({ mint }) => mint === SOL_MINT)
  const price = sol && prices.price(sol)
  return price ? { sol: price } : {}
}

function fillText(fill: FillChoice, { pair }: BarSeries): string {
  if (fill.model === 'bar') return `bar: next open, stops within the bar at their price, ${fill.feeBps} bps`
  const depth = formatAmount({ token: pair.base, units: fill.depth_units })
  const fails = fill.failRate > 0 ? `, ${fill.failRate * 100} % of landings fail` : ''
  return `pool: ${depth} deep, ${fill.feeBps} bps, prices seen after ${fill.priceLag_slots} slots, landings after ${fill.latency_slots}${fails}`
}

function warningsOf({ run, orders }: BacktestResult): string[] {
  const failures = Map.groupBy(
    orders.filter(({ reason }) => reason),
    ({ reason }) => reason!.code,
  )
  return [
    ...run.errors.slice(0, 5).map(({ node, error }) => `${node}: ${error.message}`),
    ...[...failures].map(([code, failed]) => {
      const whose = [...new Set(failed.map(({ intent }) => intent.node))].join(', ')
      return `${failed.length} ${failed.length === 1 ? 'order' : 'orders'} of ${whose} not filled: ${code}`
    }),
    ...(orders.length === 0 ? ['The strategy gave no order: check its settings against the length of the data.'] : []),
  ]
}
