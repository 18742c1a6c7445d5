import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Atr } from './atr.ts'
import { Sma } from './averages/sma.ts'
import { Ema } from './averages/smoothed.ts'
import { Bollinger } from './bollinger.ts'
import type { Bar, Indicator, Memory } from './indicator.ts'
import { Macd } from './macd.ts'
import { AverageCross, MovingAverage } from './moving-average.ts'
import { RateOfChange } from './rate-of-change.ts'
import { RealisedVolatility } from './realised-volatility.ts'
import { Rsi } from './rsi.ts'
import { Supertrend } from './supertrend.ts'
import { RollingVwap, SessionVwap } from './vwap.ts'

// The second implementation: each value from all bars until then, by the formula as a book has it, without any state.

type Values = readonly (number | undefined)[]
const closesOf = (bars: readonly Bar[]): number[] => bars.map(({ close }) => close)
const sumOf = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0)
const mean = (list: readonly number[]): number => sumOf(list) / list.length
const squares = (list: readonly number[], center: number): number => sumOf(list.map(value => (value - center) ** 2))
const typical = ({ high, low, close }: Bar): number => (high + low + close) / 3

/** For each place of a list what `of` makes of the `size` values that end there. */
function overWindows<Item>(
  list: readonly Item[],
  size: number,
  of: (window: readonly Item[]) => number | undefined,
): Values {
  return list.map((_, end) => (end + 1 < size ? undefined : of(list.slice(end + 1 - size, end + 1))))
}

/** The average of each beginning of a list that begins with the mean of `period` values. */
function smoothed(list: readonly number[], period: number, weight: number): Values {
  return list.map((_, end) =>
    end + 1 < period
      ? undefined
      : list
          .slice(period, end + 1)
          .reduce((average, value) => average + (value - average) * weight, mean(list.slice(0, period))),
  )
}

/** As `of` makes them of two lists' values, where both have one. */
function both(a: Values, b: Values, of: (a: number, b: number) => number): Values {
  return a.map((left, index) => {
    const right = b[index]
    return left === undefined || right === undefined ? undefined : of(left, right)
  })
}

/** A list of what is made of the values that there are, back at their places. */
function ofKnown(list: Values, make: (known: readonly number[]) => Values): Values {
  const known = list.filter(value => value !== undefined)
  return [...list.slice(0, list.length - known.length).map(() => undefined), ...make(known)]
}

const ema = (list: readonly number[], period: number): Values => smoothed(list, period, 2 / (period + 1))
const wilder = (list: readonly number[], period: number): Values => smoothed(list, period, 1 / period)

function macdOf(bars: readonly Bar[], fast: number, slow: number, signal: number): Values {
  const line = both(ema(closesOf(bars), fast), ema(closesOf(bars), slow), (a, b) => a - b)
  return both(
    line,
    ofKnown(line, known => ema(known, signal)),
    (a, b) => a - b,
  )
}

function changesOf(bars: readonly Bar[]): number[] {
  return closesOf(bars).flatMap((close, index) => (index === 0 ? [] : [close - bars[index - 1]!.close]))
}

function rsiOf(bars: readonly Bar[], period: number): Values {
  const changes = changesOf(bars)
  const gains = wilder(
    changes.map(change => Math.max(change, 0)),
    period,
  )
  const losses = wilder(
    changes.map(change => Math.max(-change, 0)),
    period,
  )
  const rsi = both(gains, losses, (gain, loss) => (gain + loss === 0 ? 50 : (100 * gain) / (gain + loss)))
  return [undefined, ...rsi].slice(0, bars.length)
}

function atrOf(bars: readonly Bar[], period: number): Values {
  const ranges = bars.map(({ high, low }, index) => {
    const before = bars[index - 1]?.close
    return before === undefined ? high - low : Math.max(high - low, Math.abs(high - before), Math.abs(low - before))
  })
  return wilder(ranges, period)
}

function supertrendOf(bars: readonly Bar[], period: number, multiple: number): Values {
  const atr = atrOf(bars, period)
  let lower = Number.NaN
  let upper = Number.NaN
  let isUp = false
  return bars.map(({ high, low, close }, index) => {
    const range = atr[index]
    if (range === undefined) return undefined
    const bands = [(high + low) / 2 - multiple * range, (high + low) / 2 + multiple * range] as const
    const isFirst = atr[index - 1] === undefined
    const before = bars[index - 1]?.close ?? close
    lower = isFirst || bands[0] > lower || before < lower ? bands[0] : lower
    upper = isFirst || bands[1] < upper || before > upper ? bands[1] : upper
    isUp = isUp ? close >= lower : close > upper
    return isUp ? lower : upper
  })
}

function rollingVwapOf(bars: readonly Bar[], period: number): Values {
  return overWindows(bars, period, window => {
    const volume = sumOf(window.map(bar => bar.volume))
    return volume > 0 ? sumOf(window.map(bar => typical(bar) * bar.volume)) / volume : undefined
  })
}

function sessionVwapOf(bars: readonly Bar[], session_ms: number): Values {
  const sessionOf = (bar: Bar): number => Math.ceil(bar.at / session_ms)
  return bars.map((bar, end) => {
    const own = bars.slice(0, end + 1).filter(each => sessionOf(each) === sessionOf(bar))
    const volume = sumOf(own.map(each => each.volume))
    if (sessionOf(bars[0]!) === sessionOf(bar) || volume === 0) return undefined
    return sumOf(own.map(each => typical(each) * each.volume)) / volume
  })
}

function volatilityOf(bars: readonly Bar[], period: number): Values {
  const returns = closesOf(bars).flatMap((close, index) =>
    index === 0 ? [] : [Math.log(close / bars[index - 1]!.close)],
  )
  const deviations = overWindows(returns, period, window => Math.sqrt(squares(window, mean(window)) / (period - 1)))
  return [undefined, ...deviations].slice(0, bars.length)
}

function bollingerOf(bars: readonly Bar[], period: number, width: number): Values {
  return overWindows(closesOf(bars), period, window => {
    const middle = mean(window)
    const half = width * Math.sqrt(squares(window, middle) / period)
    return half === 0 ? 0.5 : (window.at(-1)! - (middle - half)) / (middle + half - (middle - half))
  })
}

const period = fc.integer({ min: 1, max: 30 })
const longer = fc.integer({ min: 2, max: 30 })

const INDICATORS: readonly (readonly [
  string,
  (a: number, b: number) => Indicator,
  (bars: readonly Bar[], a: number, b: number) => Values,
])[] = [
  ['sma', a => new MovingAverage(new Sma(a)), (bars, a) => overWindows(closesOf(bars), a, mean)],
  ['ema', a => new MovingAverage(new Ema(a)), (bars, a) => ema(closesOf(bars), a)],
  [
    'ema cross',
    (a, b) => new AverageCross(new Ema(a), new Ema(b)),
    (bars, a, b) => both(ema(closesOf(bars), a), ema(closesOf(bars), b), (left, right) => left - right),
  ],
  [
    'sma cross',
    (a, b) => new AverageCross(new Sma(a), new Sma(b)),
    (bars, a, b) =>
      both(overWindows(closesOf(bars), a, mean), overWindows(closesOf(bars), b, mean), (left, right) => left - right),
  ],
  [
    'rate of change',
    a => new RateOfChange(a),
    (bars, a) => overWindows(closesOf(bars), a + 1, window => ((window.at(-1)! - window[0]!) / window[0]!) * 100),
  ],
  ['macd', (a, b) => new Macd(a, a + b, b), (bars, a, b) => macdOf(bars, a, a + b, b)],
  ['rsi', a => new Rsi(a), rsiOf],
  ['bollinger', (a, b) => new Bollinger(a, b / 4), (bars, a, b) => bollingerOf(bars, a, b / 4)],
  ['atr', a => new Atr(a), atrOf],
  ['supertrend', (a, b) => new Supertrend(a, b / 4), (bars, a, b) => supertrendOf(bars, a, b / 4)],
  ['rolling vwap', a => new RollingVwap(a), rollingVwapOf],
  ['session vwap', a => new SessionVwap(a * 60_000), (bars, a) => sessionVwapOf(bars, a * 60_000)],
  ['realised volatility', (_, b) => new RealisedVolatility(b), (bars, _, b) => volatilityOf(bars, b)],
]

/** Bars one minute long; some stand still, some trade nothing. */
const bars = fc
  .array(
    fc.record({
      step: fc.oneof(fc.constant(1), fc.double({ min: 0.8, max: 1.25, noNaN: true })),
      over: fc.double({ min: 1, max: 1.1, noNaN: true }),
      under: fc.double({ min: 0.9, max: 1, noNaN: true }),
      volume: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })),
    }),
    { minLength: 1, maxLength: 120 },
  )
  .map(steps => {
    let open = 150
    return steps.map(({ step, over, under, volume }, index): Bar => {
      const close = open * step
      const bar = {
        at: Date.UTC(2024, 0, 1) + (index + 1) * 60_000,
        open,
        high: Math.max(open, close) * over,
        low: Math.min(open, close) * under,
        close,
        volume,
      }
      open = close
      return bar
    })
  })

describe.each(INDICATORS)('%s', (_name, make, batch) => {
  test('bar by bar it gives what the formula gives of all bars, to the last bit', () => {
    fc.assert(
      fc.property(bars, period, longer, (all, a, b) => {
        const indicator = make(a, b)
        expect(all.map(bar => indicator.update(bar))).toStrictEqual([...batch(all, a, b)])
      }),
      { numRuns: 200 },
    )
  })

  test('goes on in another process where it was, to the last bit', () => {
    fc.assert(
      fc.property(bars, period, longer, fc.nat(), (all, a, b, where) => {
        const indicator = make(a, b)
        const cut = where % all.length
        const before = all.slice(0, cut).map(bar => indicator.update(bar))
        const written = JSON.stringify(indicator.memory())
        const other = make(a, b)
        other.recall(JSON.parse(written) as Memory)
        expect([...before, ...all.slice(cut).map(bar => other.update(bar))]).toStrictEqual([...batch(all, a, b)])
      }),
      { numRuns: 200 },
    )
  })

  test('says how many bars it needs: none gives a value before them', () => {
    fc.assert(
      fc.property(bars, period, longer, (all, a, b) => {
        const indicator = make(a, b)
        const first = all.findIndex(bar => indicator.update(bar) !== undefined)
        if (first !== -1) expect(first + 1).toBeGreaterThanOrEqual(indicator.needs)
        const isCertain = !(indicator instanceof RollingVwap) && !(indicator instanceof SessionVwap)
        if (isCertain) expect(first + 1).toBe(all.length < indicator.needs ? 0 : indicator.needs)
      }),
    )
  })
})

describe('what looks back on a window', () => {
  test.each(INDICATORS.filter(([name]) => /^(sma|rate|bollinger|rolling|realised)/.test(name)))(
    '%s does not depend on where the stream began',
    (_name, make) => {
      fc.assert(
        fc.property(bars, period, longer, fc.nat(60), (all, a, b, skipped) => {
          const whole = make(a, b)
          const late = make(a, b)
          const ofWhole = all.map(bar => whole.update(bar)).slice(skipped)
          const ofLate = all.slice(skipped).map(bar => late.update(bar))
          expect(ofLate.slice(late.needs - 1)).toStrictEqual(ofWhole.slice(late.needs - 1))
        }),
      )
    },
  )
})

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('a period of %s bars is refused', wrong => {
  for (const [name, make] of INDICATORS) {
    if (name === 'session vwap') continue
    expect(() => make(wrong, wrong), name).toThrow(RangeError)
  }
  expect(() => new SessionVwap(wrong === 1.5 || wrong === Number.POSITIVE_INFINITY ? 0 : wrong)).toThrow(RangeError)
})
