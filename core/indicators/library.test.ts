import { ATR, BollingerBands, EMA, MACD, ROC, RSI, SMA, SuperTrend, VWAP } from 'trading-signals'
import { beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../time/random.ts'
import { Atr } from './atr.ts'
import { Sma } from './averages/sma.ts'
import { Ema } from './averages/smoothed.ts'
import { Bollinger } from './bollinger.ts'
import type { Bar, Indicator } from './indicator.ts'
import { Macd } from './macd.ts'
import { MovingAverage } from './moving-average.ts'
import { RateOfChange } from './rate-of-change.ts'
import { Rsi } from './rsi.ts'
import { Supertrend } from './supertrend.ts'
import { SessionVwap } from './vwap.ts'

// A third implementation, of people who do nothing else: trading-signals.

const COUNT = 3_000
const DAY_MS = 86_400_000
const bars: Bar[] = []

beforeAll(() => {
  const random = seededRandom('indicators')
  let open = 150
  for (let index = 1; index <= COUNT; index++) {
    const close = open * (1 + (random.next() - 0.5) / 50)
    const [high, low] = [Math.max(open, close) * 1.002, Math.min(open, close) * 0.997]
    bars.push({ at: Date.UTC(2024, 0, 1) + index * 300_000, open, high, low, close, volume: 1 + random.next() })
    open = close
  }
})

/** The largest difference of two lists of values, after as many bars. */
function difference(indicator: Indicator, other: (bar: Bar) => number | null | undefined, after = 0): number {
  let largest = 0
  for (const [index, bar] of bars.entries()) {
    const [ours, theirs] = [indicator.update(bar), other(bar) ?? undefined]
    if (index < after) continue
    expect(ours === undefined, `bar ${index}`).toBe(theirs === undefined)
    if (ours !== undefined && theirs !== undefined) largest = Math.max(largest, Math.abs(ours - theirs))
  }
  return largest
}

describe('beside trading-signals', () => {
  test('averages, changes, strength and range are the same', () => {
    const [sma, roc, rsi, atr] = [new SMA(20), new ROC(10), new RSI(14), new ATR(14)]
    expect(difference(new MovingAverage(new Sma(20)), ({ close }) => sma.add(close))).toBeLessThan(1e-11)
    expect(difference(new RateOfChange(10), ({ close }) => scaled(roc.add(close)))).toBeLessThan(1e-11)
    expect(difference(new Rsi(14), ({ close }) => rsi.add(close))).toBeLessThan(1e-11)
    expect(difference(new Atr(14), bar => atr.add(bar))).toBeLessThan(1e-11)
  })

  test('bands are the same', () => {
    const [ours, theirs] = [new Bollinger(20, 2), new BollingerBands(20, 2)]
    expect(difference(ours, ({ close }) => percentB(theirs.add(close), close))).toBeLessThan(1e-11)
  })

  test('the trend and its line are the same', () => {
    const [ours, theirs] = [new Supertrend(10, 3), new SuperTrend({ interval: 10, multiplier: 3 })]
    expect(difference(ours, bar => theirs.add(bar)?.supertrend)).toBeLessThan(1e-11)
    expect(ours.isUp).toBe(theirs.getResultOrThrow().trend === 'BULLISH')
  })

  test('exponential averages, which it begins otherwise, come to the same', () => {
    const ema = new EMA(26)
    expect(difference(new MovingAverage(new Ema(26)), ({ close }) => ema.add(close), 600)).toBeLessThan(1e-11)
    const macd = new MACD(new EMA(12), new EMA(26), new EMA(9))
    expect(difference(new Macd(12, 26, 9), ({ close }) => macd.add(close)?.histogram, 600)).toBeLessThan(1e-11)
  })

  test('within one session the volume-weighted price is the same', () => {
    const ours = new SessionVwap(DAY_MS)
    const theirs = new VWAP()
    const first = bars.findIndex(bar => ours.update(bar) !== undefined)
    for (const [index, bar] of bars.slice(first, first + 288).entries()) {
      const value = index === 0 ? undefined : ours.update(bar)
      const expected = theirs.add(bar)
      if (value !== undefined) expect(Math.abs(value - expected!)).toBeLessThan(1e-11)
    }
  })
})

const scaled = (fraction: number | null): number | null => (fraction === null ? null : fraction * 100)

function percentB(bands: { lower: number; upper: number } | null, close: number): number | undefined {
  return bands ? (close - bands.lower) / (bands.upper - bands.lower) : undefined
}
