import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Token } from '../money/token.ts'
import { buyAndHold, dollarCostAverage } from './baselines.ts'
import { EquityCurve } from './equity-curve.ts'
import { DAY_MS, EquityMeter } from './equity-meter.ts'
import { METRICS, metricsOf } from './metrics.ts'
import { normalCdf, normalQuantile } from './normal-distribution.ts'
import { deflatedSharpe, luckySharpe, probabilisticSharpe } from './sharpe-probability.ts'
import type { TradeSummary } from './trade-tally.ts'

const T0 = Date.UTC(2024, 0, 1)
const HOUR = 3_600_000
type Row = readonly [at: number, equity: number]

const USDC: Token = { cluster: 'test', mint: 'USDC-mint', symbol: 'USDC', decimals: 6, program: 'spl-token' }
const TRADES: TradeSummary = {
  quote: USDC,
  trades: 30,
  closed: 15,
  wins: 9,
  losses: 6,
  won_units: 90_000_000n,
  lost_units: 45_000_000n,
  volume_units: 3_000_000_000n,
  costs: {
    base_units: 1_000n,
    priority_units: 8_000n,
    tip_units: 1_000n,
    failed_units: 0n,
    network_units: 10_000n,
    rent_units: 0n,
    unvalued_lamports: 0n,
    slippage_units: 0n,
    impact_units: 0n,
  },
  held_ms: 12 * DAY_MS,
}

function observed(rows: readonly Row[]): EquityMeter {
  const meter = new EquityMeter()
  for (const [at, equity] of rows) meter.observe(at, equity)
  return meter
}

/** Everything again from the rows, in the plainest way: arrays, several passes, nothing of the code under test. */
function recomputed(rows: readonly Row[]) {
  const first = rows[0]!
  const last = rows.at(-1)!
  const firstDay = Math.floor(first[0] / DAY_MS)
  const dayOf = (at: number): number => Math.max(firstDay, Math.ceil(at / DAY_MS) - 1)
  const closes: number[] = []
  for (let day = firstDay; day <= dayOf(last[0]); day++) {
    closes.push(rows.filter(([at]) => dayOf(at) <= day).at(-1)![1])
  }
  const returns = closes.map((close, index) => close / (index === 0 ? first[1] : closes[index - 1]!) - 1)
  const n = returns.length
  const mean = returns.reduce((a, b) => a + b, 0) / n
  const central = (power: number): number => returns.reduce((sum, r) => sum + (r - mean) ** power, 0) / n
  const deviation = Math.sqrt((central(2) * n) / (n - 1))
  const downside = Math.sqrt(returns.reduce((sum, r) => sum + Math.min(r, 0) ** 2, 0) / n)
  let depth = 0
  let duration = 0
  rows.forEach(([, equity], index) => {
    const before = rows.slice(0, index + 1)
    const peak = Math.max(...before.map(([, value]) => value))
    if (1 - equity / peak > depth) {
      depth = 1 - equity / peak
      const peakAt = before.filter(([, value]) => value === peak).at(-1)![0]
      duration = (rows.slice(index).find(([, value]) => value >= peak) ?? last)[0] - peakAt
    }
  })
  const cagr = (last[1] / first[1]) ** ((365 * DAY_MS) / (last[0] - first[0])) - 1
  return {
    returns,
    mean,
    deviation,
    skewness: central(3) / central(2) ** 1.5,
    kurtosis: central(4) / central(2) ** 2,
    totalReturn: last[1] / first[1] - 1,
    cagr,
    volatility: deviation * Math.sqrt(365),
    sharpe: (mean / deviation) * Math.sqrt(365),
    sortino: (mean / downside) * Math.sqrt(365),
    calmar: cagr / depth,
    maxDrawdown: depth,
    maxDrawdown_ms: duration,
  }
}

const rowsOf = (steps: readonly number[], hours: readonly number[]): Row[] => {
  let at = T0 + 5 * HOUR
  let equity = 10_000
  return steps.map((step, index) => {
    const row: Row = [at, equity]
    at += hours[index % hours.length]! * HOUR
    equity *= 1 + step
    return row
  })
}

describe('metrics', () => {
  test('equal a plain recomputation from the rows to 1e-9, whatever the path, gaps of days among it', () => {
    const steps = fc.array(fc.integer({ min: -900, max: 1_000 }), { minLength: 120, maxLength: 300 })
    const hours = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(steps, hours, (path, gaps) => {
        const steps = path.map(bps => bps / 10_000)
        const rows = rowsOf(steps, [...gaps, 24])
        if (new Set(steps).size < 20 || rows.at(-1)![0] - rows[0]![0] < 14 * DAY_MS) return
        const summary = observed(rows).summary()
        const expected = recomputed(rows)
        const metrics = metricsOf(summary, TRADES)
        expect(summary.daily.count).toBe(expected.returns.length)
        for (const name of ['mean', 'deviation', 'skewness', 'kurtosis'] as const) {
          near(summary.daily[name], expected[name])
        }
        for (const name of [
          'totalReturn',
          'cagr',
          'volatility',
          'sharpe',
          'sortino',
          'calmar',
          'maxDrawdown',
          'maxDrawdown_ms',
        ] as const) {
          near(metrics[name] as number, expected[name])
        }
      }),
      { numRuns: 60 },
    )
  })

  test('of trades are by their formulas', () => {
    const rows = rowsOf(
      Array.from({ length: 600 }, (_, index) => (index % 3) * 0.001 - 0.0008),
      [1],
    )
    const summary = observed(rows).summary()
    const metrics = metricsOf(summary, TRADES)
    const mean = rows.reduce((sum, [, equity]) => sum + equity, 0) / rows.length
    expect(metrics).toMatchObject({ profitFactor: 2, expectancy: 3, hitRate: 0.6 })
    near(metrics.exposure as number, (12 * DAY_MS) / (rows.at(-1)![0] - rows[0]![0]))
    near(metrics.turnover as number, 3_000 / mean)
    near(metrics.costs as number, 0.01 / mean)
  })

  test('of a few days or trades are not available, and say so; what is a fact stays', () => {
    const rows = rowsOf(
      Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? 0.01 : -0.009)),
      [1],
    )
    const metrics = metricsOf(observed(rows).summary(), TRADES)
    for (const name of ['cagr', 'sharpe', 'sortino', 'calmar', 'profitFactor', 'expectancy', 'hitRate'] as const) {
      expect(metrics[name]).toEqual({ notAvailable: '4.1 days, 14 are needed' })
    }
    expect(metrics.totalReturn).toBeTypeOf('number')
    expect(metrics.maxDrawdown).toBeTypeOf('number')
    const long = observed(
      rowsOf(
        Array.from({ length: 100 }, () => 0.001),
        [24],
      ),
    ).summary()
    expect(metricsOf(long, { ...TRADES, trades: 9, closed: 4 })).toMatchObject({
      sharpe: { notAvailable: '9 trades, 10 are needed' },
      hitRate: { notAvailable: '4 closed trades, 10 are needed' },
    })
  })

  test('are each named with a formula, in the order they are shown', () => {
    const rows = rowsOf([0.01, -0.01, 0.02], [24])
    expect(Object.keys(METRICS)).toEqual(Object.keys(metricsOf(observed(rows).summary(), TRADES)))
    for (const { label, formula } of Object.values(METRICS)) expect(label.length * formula.length).toBeGreaterThan(0)
  })

  test('that would divide by nothing are not available', () => {
    const flat = observed(Array.from({ length: 100 }, (_, index) => [T0 + index * DAY_MS, 500] as Row)).summary()
    expect(metricsOf(flat, { ...TRADES, losses: 0, lost_units: 0n })).toMatchObject({
      totalReturn: 0,
      sharpe: { notAvailable: 'the equity never moved' },
      sortino: { notAvailable: 'no day lost anything' },
      calmar: { notAvailable: 'there was no drawdown' },
      probabilisticSharpe: { notAvailable: 'the equity never moved' },
      profitFactor: { notAvailable: 'no closed trade lost' },
    })
    const ruin = observed(Array.from({ length: 100 }, (_, index) => [T0 + index * DAY_MS, index < 50 ? 5 : 0] as Row))
    expect(metricsOf(ruin.summary(), TRADES)).toMatchObject({
      totalReturn: -1,
      sharpe: { notAvailable: 'the equity was down to nothing' },
    })
  })
})

describe('the meter', () => {
  test('tells months apart, an observation at midnight with the day that ends', () => {
    const meter = observed([
      [Date.UTC(2024, 0, 30), 100],
      [Date.UTC(2024, 1, 1), 110],
      [Date.UTC(2024, 1, 1, 0, 5), 121],
      [Date.UTC(2024, 2, 1), 132],
    ])
    const months = meter.summary().months
    expect(months.map(({ year, month }) => `${year}-${month}`)).toEqual(['2024-1', '2024-2'])
    near(months[0]!.value, 0.1)
    near(months[1]!.value, 0.2)
  })

  test('tells a month without an observation as zero', () => {
    const meter = observed([
      [Date.UTC(2024, 0, 30), 100],
      [Date.UTC(2024, 3, 2), 150],
    ])
    expect(meter.summary().months.map(({ value }) => value)).toEqual([0, 0, 0, 0.5])
  })

  test('a summary in between changes nothing', () => {
    const rows = rowsOf(
      Array.from({ length: 400 }, (_, index) => Math.sin(index) / 50),
      [2],
    )
    const meter = new EquityMeter()
    for (const [at, equity] of rows) {
      meter.observe(at, equity)
      meter.summary()
    }
    expect(meter.summary()).toEqual(observed(rows).summary())
  })

  test('an equity that is no number is refused, not averaged', () => {
    expect(() =>
      observed([
        [T0, 1],
        [T0 + 1, Number.NaN],
      ]).summary(),
    ).toThrow(RangeError)
    expect(() => new EquityMeter().summary()).toThrow(RangeError)
  })

  test('a drawdown that is still going on lasts until the end', () => {
    const { drawdown } = observed([
      [T0, 100],
      [T0 + 1, 120],
      [T0 + 2, 60],
      [T0 + 5, 90],
    ]).summary()
    expect(drawdown).toEqual({
      deepest: { depth: 0.5, peakAt: T0 + 1, troughAt: T0 + 2, duration_ms: 4 },
      longest_ms: 4,
    })
  })
})

describe('the curve', () => {
  test('stays within its bound, in order, and keeps first, last, both extremes and the deepest drawdown', () => {
    const values = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 3_000 })
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 20 }), (list, half) => {
        const curve = new EquityCurve(2 * half)
        const drawdowns = list.map((value, index) => 1 - value / Math.max(...list.slice(0, index + 1)))
        list.forEach((value, index) => {
          curve.observe(index, value, drawdowns[index]!)
        })
        const points = curve.points()
        expect(points.length).toBeLessThanOrEqual(8 * half)
        expect(points.every((point, index) => index === 0 || point.at > points[index - 1]!.at)).toBe(true)
        expect(points.every(point => list[point.at] === point.value)).toBe(true)
        expect(points[0]).toEqual({ at: 0, value: list[0] })
        expect(points.at(-1)).toEqual({ at: list.length - 1, value: list.at(-1) })
        const shown = points.map(point => point.value)
        expect([Math.min(...shown), Math.max(...shown)]).toEqual([Math.min(...list), Math.max(...list)])
        expect(Math.max(...curve.drawdowns().map(point => point.value))).toBe(Math.max(...drawdowns))
      }),
      { numRuns: 50 },
    )
  })
})

describe('the probability of skill', () => {
  // Computed with CPython 3.11: statistics.NormalDist().inv_cdf(p), and math.erfc(-x / math.sqrt(2)) / 2.
  test.each([
    [-8, 6.220960574271819e-16],
    [-3.5, 0.00023262907903552504],
    [-1, 0.15865525393145707],
    [0, 0.5],
    [0.3, 0.6179114221889526],
    [1.96, 0.9750021048517795],
    [6, 0.9999999990134123],
  ])('the normal distribution below %d', (x, share) => near(normalCdf(x), share))

  test.each([
    [1e-12, -7.034483825301132],
    [0.001, -3.090232306167813],
    [0.025, -1.9599639845400538],
    [0.5, 0],
    [0.8, 0.8416212335729144],
    [0.999999, 4.753424308817089],
  ])('the quantile of %d', (p, x) => near(normalQuantile(p), x))

  test('is that of the example in the paper: a ratio of 2.5 a year, the best of 100 runs, after 5 years of days', () => {
    // Bailey and López de Prado, "The Deflated Sharpe Ratio" (2014), numerical example: SR 2.5, V[SR] 1/2, both a year of
    // 250 days, N 100, T 1250, skewness -3, kurtosis 10: SR₀ is 0.1132 a day and the deflated ratio 0.9004.
    const daily = 2.5 / Math.sqrt(250)
    const best = { count: 1_250, mean: daily, deviation: 1, downside: 1, skewness: -3, kurtosis: 10 }
    const spread = Math.sqrt((0.5 / 250) * (99 / 100))
    const ratios = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? spread : -spread))
    expect(luckySharpe(ratios)).toBeCloseTo(0.1132, 4)
    expect(deflatedSharpe(best, ratios)).toBeCloseTo(0.9004, 3)
    expect(probabilisticSharpe(best)).toBeCloseTo(0.999997, 6)
    expect(deflatedSharpe(best, [daily])).toEqual({ notAvailable: 'one run alone is no choice' })
  })
})

describe('baselines', () => {
  const path = [10, 20, 5, 10, 40].map((price, index) => ({ at: T0 + index * DAY_MS, price }))

  test('buy and hold pays its costs once and follows the price', () => {
    expect(buyAndHold(path, 100, 0.01).equity).toMatchObject({ start: 100, end: 396, lowest: 49.5 })
  })

  test('DCA spends equal parts at equal times, all of them before the end', () => {
    const period = { from_ms: T0, to_ms: T0 + 4 * DAY_MS, every_ms: DAY_MS }
    // 25 at 10, 20, 5 and 10 buy 2.5 + 1.25 + 5 + 2.5
    expect(dollarCostAverage(path, 100, 0, period).equity).toMatchObject({ start: 100, end: 11.25 * 40 })
  })
})

function near(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)))
}
