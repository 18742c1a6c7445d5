import { DAY_MS, type EquitySummary } from './equity-meter.ts'
import { type Figure, isKnown, unknown } from './figure.ts'
import { probabilisticSharpe } from './sharpe-probability.ts'
import type { TradeSummary } from './trade-tally.ts'

/** Crypto trades every day. */
const DAYS_A_YEAR = 365
/** Below these a ratio says more about luck than about the strategy. */
const DAYS_MIN = 14
const TRADES_MIN = 10

/** How a run did; what each figure is stands in `METRICS`. Shares are fractions: 0.25 is 25 %. */
export interface Metrics {
  readonly totalReturn: Figure
  readonly cagr: Figure
  readonly volatility: Figure
  readonly sharpe: Figure
  readonly sortino: Figure
  readonly calmar: Figure
  readonly maxDrawdown: Figure
  /** Milliseconds. */
  readonly maxDrawdown_ms: Figure
  readonly longestDrawdown_ms: Figure
  readonly probabilisticSharpe: Figure
  readonly profitFactor: Figure
  /** In whole quote tokens a closed trade. */
  readonly expectancy: Figure
  readonly hitRate: Figure
  readonly exposure: Figure
  readonly turnover: Figure
  /** Network fees as a share of the mean equity. */
  readonly costs: Figure
}

interface MetricDefinition {
  readonly label: string
  readonly formula: string
  readonly shownAs: 'percent' | 'ratio' | 'duration' | 'money'
}

/** Every metric with its period and formula, in the order to show them. */
export const METRICS: { readonly [name in keyof Metrics]: MetricDefinition } = {
  totalReturn: { label: 'Total return', formula: 'equity at the end ÷ at the start - 1', shownAs: 'percent' },
  cagr: {
    label: 'CAGR',
    formula: '(equity at the end ÷ at the start) ^ (365 days ÷ length of the run) - 1',
    shownAs: 'percent',
  },
  volatility: { label: 'Volatility', formula: 'sample deviation of daily returns (UTC) × √365', shownAs: 'percent' },
  sharpe: {
    label: 'Sharpe ratio',
    formula: 'mean ÷ sample deviation of daily returns (UTC) × √365, over a risk-free rate of zero',
    shownAs: 'ratio',
  },
  sortino: {
    label: 'Sortino ratio',
    formula: 'mean of daily returns (UTC) ÷ √(Σ min(return, 0)² ÷ days) × √365',
    shownAs: 'ratio',
  },
  calmar: { label: 'Calmar ratio', formula: 'CAGR ÷ maximum drawdown', shownAs: 'ratio' },
  maxDrawdown: {
    label: 'Maximum drawdown',
    formula: 'deepest fall below the highest equity so far, as a share of that, at every bar',
    shownAs: 'percent',
  },
  maxDrawdown_ms: {
    label: 'its duration',
    formula: 'from the peak before the maximum drawdown until it was reached again, or the end',
    shownAs: 'duration',
  },
  longestDrawdown_ms: {
    label: 'Longest drawdown',
    formula: 'longest time below a peak, whichever fall that was',
    shownAs: 'duration',
  },
  probabilisticSharpe: {
    label: 'Probability of skill',
    formula:
      'probabilistic Sharpe ratio of daily returns: Φ(SR √(n - 1) ÷ √(1 - skewness × SR + (kurtosis - 1) ÷ 4 × SR²)), the chance that the true ratio is above zero (Bailey and López de Prado)',
    shownAs: 'percent',
  },
  profitFactor: {
    label: 'Profit factor',
    formula: 'profits ÷ losses of closed trades, after network fees, at average cost',
    shownAs: 'ratio',
  },
  expectancy: {
    label: 'Expectancy',
    formula: 'mean profit of a closed trade, after network fees, at average cost',
    shownAs: 'money',
  },
  hitRate: { label: 'Hit rate', formula: 'closed trades with a profit ÷ closed trades', shownAs: 'percent' },
  exposure: { label: 'Exposure', formula: 'time in which anything was held ÷ length of the run', shownAs: 'percent' },
  turnover: { label: 'Turnover', formula: 'value bought and sold ÷ mean equity', shownAs: 'ratio' },
  costs: { label: 'Network fees', formula: 'base, priority fees and tips ÷ mean equity', shownAs: 'percent' },
}

/**
 * The metrics of a run. Ratios of fewer than 14 days or 10 trades, and whatever would divide by nothing, are not
 * available, with the reason.
 *
 * @param equity in whole quote tokens
 * @param trades those of the run; left out for something that is merely held, as a baseline
 */
export function metricsOf(equity: EquitySummary, trades?: TradeSummary): Metrics {
  const length_ms = equity.to_ms - equity.from_ms
  const isAlive = equity.lowest > 0
  const ruin = unknown('the equity was down to nothing')
  const short = tooShort(length_ms) ?? (trades && tooFew(trades.trades, 'trades'))
  const ratio = (known: () => Figure): Figure => short ?? (isAlive ? known() : ruin)
  const { daily, drawdown } = equity
  const cagr = ratio(() => (equity.end / equity.start) ** ((DAYS_A_YEAR * DAY_MS) / length_ms) - 1)
  const still = unknown('the equity never moved')
  return {
    totalReturn: equity.start > 0 ? equity.end / equity.start - 1 : ruin,
    cagr,
    volatility: ratio(() => daily.deviation * Math.sqrt(DAYS_A_YEAR)),
    sharpe: ratio(() => (daily.deviation > 0 ? (daily.mean / daily.deviation) * Math.sqrt(DAYS_A_YEAR) : still)),
    sortino: ratio(() =>
      daily.downside > 0 ? (daily.mean / daily.downside) * Math.sqrt(DAYS_A_YEAR) : unknown('no day lost anything'),
    ),
    calmar: ratio(() =>
      isKnown(cagr) && drawdown.deepest.depth > 0 ? cagr / drawdown.deepest.depth : unknown('there was no drawdown'),
    ),
    maxDrawdown: drawdown.deepest.depth,
    maxDrawdown_ms: drawdown.deepest.duration_ms,
    longestDrawdown_ms: drawdown.longest_ms,
    probabilisticSharpe: ratio(() => probabilisticSharpe(daily)),
    ...tradeMetrics(equity, trades, length_ms),
  }
}

function tradeMetrics(
  equity: EquitySummary,
  trades: TradeSummary | undefined,
  length_ms: number,
): Pick<Metrics, 'profitFactor' | 'expectancy' | 'hitRate' | 'exposure' | 'turnover' | 'costs'> {
  if (trades === undefined) {
    const held = unknown('it is held, not traded')
    return { profitFactor: held, expectancy: held, hitRate: held, exposure: held, turnover: held, costs: held }
  }
  const { costs, volume_units } = trades
  const perEquity = (units: bigint): Figure =>
    equity.mean > 0 ? wholes(trades, units) / equity.mean : unknown('there was no equity')
  return {
    ...tradeRatios(trades, length_ms),
    turnover: perEquity(volume_units),
    costs:
      costs.unvalued_lamports > 0n ? unknown('some fees have no value in the quote') : perEquity(costs.network_units),
  }
}

/** Those of the metrics that need trades alone. */
export function tradeRatios(
  trades: TradeSummary,
  length_ms: number,
): Pick<Metrics, 'profitFactor' | 'expectancy' | 'hitRate' | 'exposure'> {
  const { closed, wins, won_units, lost_units, held_ms } = trades
  const few = tooShort(length_ms) ?? tooFew(closed, 'closed trades')
  return {
    profitFactor: few ?? (lost_units > 0n ? Number(won_units) / Number(lost_units) : unknown('no closed trade lost')),
    expectancy: few ?? wholes(trades, won_units - lost_units) / closed,
    hitRate: few ?? wins / closed,
    exposure: length_ms > 0 ? held_ms / length_ms : unknown('the run had no length'),
  }
}

function wholes({ quote }: TradeSummary, units: bigint): number {
  return Number(units) / 10 ** quote.decimals
}

function tooShort(length_ms: number): Figure | undefined {
  const days = length_ms / DAY_MS
  return days < DAYS_MIN ? unknown(`${Math.floor(days * 10) / 10} days, ${DAYS_MIN} are needed`) : undefined
}

function tooFew(count: number, what: string): Figure | undefined {
  return count < TRADES_MIN ? unknown(`${count} ${what}, ${TRADES_MIN} are needed`) : undefined
}
