import { describe, expect, test } from 'vitest'
import { Atr } from './atr.ts'
import { Sma } from './averages/sma.ts'
import { Ema } from './averages/smoothed.ts'
import { Bollinger } from './bollinger.ts'
import type { Bar, Indicator } from './indicator.ts'
import { MovingAverage } from './moving-average.ts'
import { Rsi } from './rsi.ts'

// Tables of StockCharts' ChartSchool, each beside the article it belongs to. They are printed with two decimals and were
// computed from more, so that a value may differ by a cent where the input was rounded, too.

const barOf = (close: number, high = close, low = close): Bar => ({ at: 0, open: close, high, low, close, volume: 0 })

/** What it says of each bar, with two decimals; the bars before the first value are left out. */
function values(indicator: Indicator, bars: readonly Bar[]): number[] {
  return bars.map(bar => indicator.update(bar)).flatMap(value => (value === undefined ? [] : [rounded(value)]))
}

function expectWithinACent(ours: readonly number[], printed: readonly number[]): void {
  expect(ours).toHaveLength(printed.length)
  for (const [index, value] of printed.entries()) expect(Math.abs(ours[index]! - value)).toBeLessThan(0.0101)
}

const rounded = (value: number): number => Number(value.toFixed(2))

describe('published values', () => {
  // https://chartschool.stockcharts.com, "Moving Averages - Simple and Exponential", Intel.
  const averaged = [
    22.27, 22.19, 22.08, 22.17, 22.18, 22.13, 22.23, 22.43, 22.24, 22.29, 22.15, 22.39, 22.38, 22.61, 23.36, 24.05,
    23.75, 23.83, 23.95, 23.63, 23.82, 23.87, 23.65, 23.19, 23.1, 23.33, 22.68, 23.1, 22.4, 22.17,
  ].map(close => barOf(close))

  test('the exponential average of ten days', () => {
    expect(values(new MovingAverage(new Ema(10)), averaged)).toEqual([
      22.22, 22.21, 22.24, 22.27, 22.33, 22.52, 22.8, 22.97, 23.13, 23.28, 23.34, 23.43, 23.51, 23.53, 23.47, 23.4,
      23.39, 23.26, 23.23, 23.08, 22.92,
    ])
  })

  test('the simple average of ten days', () => {
    expectWithinACent(
      values(new MovingAverage(new Sma(10)), averaged),
      [
        22.22, 22.21, 22.23, 22.26, 22.3, 22.42, 22.61, 22.77, 22.91, 23.08, 23.21, 23.38, 23.53, 23.65, 23.71, 23.68,
        23.61, 23.5, 23.43, 23.28, 23.13,
      ],
    )
  })

  // "Relative Strength Index (RSI)", QQQQ; the example of Wilder's own method.
  test("Wilder's relative strength of fourteen days", () => {
    const closes = [
      44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328,
      45.614, 46.282, 46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439, 46.2122, 46.2521, 45.7137, 46.4515, 45.7835,
      45.3548, 44.0288, 44.1783, 44.2181, 44.5672, 43.4205, 42.6628, 43.1314,
    ]
    expect(
      values(
        new Rsi(14),
        closes.map(close => barOf(close)),
      ),
    ).toEqual([
      70.53, 66.32, 66.55, 69.41, 66.36, 57.97, 62.93, 63.26, 56.06, 62.38, 54.71, 50.42, 39.99, 41.46, 41.87, 45.46,
      37.3, 33.08, 37.77,
    ])
  })

  // "Average True Range (ATR)", QQQQ.
  test("Wilder's average true range of fourteen days", () => {
    const highs = [
      48.7, 48.72, 48.9, 48.87, 48.82, 49.05, 49.2, 49.35, 49.92, 50.19, 50.12, 49.66, 49.88, 50.19, 50.36, 50.57,
      50.65, 50.43, 49.63, 50.33, 50.29, 50.17, 49.32, 48.5, 48.32, 46.8, 47.8, 48.39, 48.66, 48.79,
    ]
    const lows = [
      47.79, 48.14, 48.39, 48.37, 48.24, 48.64, 48.94, 48.86, 49.5, 49.87, 49.2, 48.9, 49.43, 49.73, 49.26, 50.09, 50.3,
      49.21, 48.98, 49.61, 49.2, 49.43, 48.08, 47.64, 41.55, 44.28, 47.31, 47.2, 47.9, 47.73,
    ]
    const closes = [
      48.16, 48.61, 48.75, 48.63, 48.74, 49.03, 49.07, 49.32, 49.91, 50.13, 49.53, 49.5, 49.75, 50.03, 50.31, 50.52,
      50.41, 49.34, 49.37, 50.23, 49.24, 49.93, 48.43, 48.18, 46.57, 45.41, 47.77, 47.72, 48.62, 47.85,
    ]
    const bars = closes.map((close, index) => barOf(close, highs[index], lows[index]))
    expectWithinACent(
      values(new Atr(14), bars),
      [0.56, 0.59, 0.59, 0.57, 0.62, 0.62, 0.64, 0.67, 0.69, 0.78, 0.78, 1.21, 1.3, 1.38, 1.37, 1.34, 1.32],
    )
  })

  // "Bollinger Bands", QQQQ, twenty days and two standard deviations.
  test('the Bollinger bands of twenty days', () => {
    const closes = [
      86.16, 89.09, 88.78, 90.32, 89.07, 91.15, 89.44, 89.18, 86.93, 87.68, 86.96, 89.43, 89.32, 88.72, 87.45, 87.26,
      89.5, 87.9, 89.13, 90.7, 92.9, 92.98, 91.8, 92.66, 92.68, 92.3, 92.77, 92.54, 92.95, 93.2, 91.07, 89.83, 89.74,
      90.4, 90.74, 88.02, 88.09, 88.84, 90.78, 90.54, 91.39, 90.65,
    ]
    const bands = new Bollinger(20, 2)
    const rows = closes.flatMap(close => {
      if (bands.update(barOf(close)) === undefined) return []
      return [[rounded(bands.middle), rounded(bands.upper), rounded(bands.lower)]]
    })
    expect(rows.slice(0, 8)).toEqual([
      [88.71, 91.29, 86.13],
      [89.05, 91.95, 86.14],
      [89.24, 92.61, 85.87],
      [89.39, 92.93, 85.85],
      [89.51, 93.31, 85.7],
      [89.69, 93.73, 85.65],
      [89.75, 93.9, 85.59],
      [89.91, 94.26, 85.56],
    ])
    expect(rows).toHaveLength(23)
    expect(rows.at(-1)).toEqual([91.05, 94.15, 87.95])
  })
})
