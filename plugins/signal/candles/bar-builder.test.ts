import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CandleEvent, type PriceEvent, priceFromNumber, priceToNumber } from '../../../core/index.ts'
import { testTokens } from '../../../core/testing/index.ts'
import { BarBuilder } from './bar-builder.ts'

const tokens = testTokens()
const pair = { base: tokens.find('SOL'), quote: tokens.find('USDC') }
const MINUTE = 60_000
const START = Date.UTC(2026, 0, 1)

const at = (time_ms: number, value: number) => ({ price: priceFromNumber(pair, value), at: START + time_ms })
const price = (time_ms: number, value: number, more: Partial<PriceEvent> = {}): PriceEvent => ({
  kind: 'price',
  ...at(time_ms, value),
  origin: 'test',
  ...more,
})

function builder(gaps: 'skip' | 'flat' = 'skip', since_ms = START): BarBuilder {
  return new BarBuilder({ pair, interval_ms: MINUTE, gaps }, since_ms)
}

type Bars = ReturnType<BarBuilder['take']>
const listed = (bars: Bars): readonly CandleEvent[] => (bars === undefined ? [] : 'kind' in bars ? [bars] : bars)
/** `[minute, open, high, low, close]` */
const row = (bar: CandleEvent): readonly number[] => [(bar.at - START) / MINUTE, bar.open, bar.high, bar.low, bar.close]
const rows = (...given: Bars[]): (readonly number[])[] => given.flatMap(bars => listed(bars).map(row))

describe('a bar', () => {
  it('holds the prices after its start and until its end, and is given by the price after it', () => {
    const bars = builder()
    const given = [price(1, 10), price(1_000, 12), price(30_000, 9), price(60_000, 11), price(60_001, 50)].map(each =>
      bars.take(each),
    )
    expect(rows(...given, bars.take(price(120_001, 8)))).toEqual([
      [1, 10, 12, 9, 11],
      [2, 50, 50, 50, 50],
    ])
    expect(bars.left).toBe(0)
  })

  it('made of one stretch that is all of it is the bar that the same prices make in any other way', () => {
    const kinds = fc.constantFrom('nothing', 'stretch', 'price', 'part') // of each minute
    const minute = fc.record({
      kind: kinds,
      prices: fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 4, maxLength: 4 }),
    })
    fc.assert(
      fc.property(fc.array(minute, { maxLength: 12 }), fc.integer({ min: 0, max: MINUTE }), (minutes, since_ms) => {
        // A millisecond later than the bar begins, a stretch is not all of it.
        const told = (late_ms: number) => {
          const bars = builder('skip', START + since_ms)
          const given = minutes.map(({ kind, prices }, index) => {
            const [first, low, high, last] = prices as [number, number, number, number]
            const from_ms = index * MINUTE
            const extremes = {
              low: at(from_ms + 20_000, Math.min(...prices)),
              high: at(from_ms + 40_000, Math.max(...prices)),
            }
            if (kind === 'nothing') return undefined
            if (kind === 'price') return bars.take(price(from_ms + 30_000, low))
            return kind === 'part'
              ? bars.take(price(from_ms + 50_000, high, { open: at(from_ms + 10_000, first), ...extremes }))
              : bars.take(price(from_ms + MINUTE, last, { open: at(from_ms + late_ms, first), ...extremes }))
          })
          return { rows: rows(...given, bars.closeUntil(START + (minutes.length + 1) * MINUTE)), left: bars.left }
        }
        expect(told(0)).toEqual(told(1))
      }),
    )
  })

  it('closes with the last of several prices of its very end', () => {
    const bars = builder()
    bars.take(price(60_000, 10))
    bars.take(price(60_000, 11))
    expect(rows(bars.closeUntil(START + MINUTE))).toEqual([])
    expect(rows(bars.closeUntil(START + MINUTE + 1))).toEqual([[1, 10, 11, 10, 11]])
  })

  it('closes by the clock, and a price that comes too late changes nothing', () => {
    const bars = builder()
    bars.take(price(10_000, 10))
    expect(bars.nextClose_ms).toBe(START + MINUTE + 1)
    expect(rows(bars.closeUntil(START + MINUTE))).toEqual([])
    expect(rows(bars.closeUntil(START + MINUTE + 1))).toEqual([[1, 10, 10, 10, 10]])
    expect(rows(bars.take(price(60_000, 99)), bars.take(price(61_000, 12)))).toEqual([])
    expect(rows(bars.closeUntil(START + 2 * MINUTE + 1))).toEqual([[2, 12, 12, 12, 12]])
    expect(bars.left).toBe(1)
  })

  it('that began before the run is not given; one that begins with it is', () => {
    const late = builder('skip', START + 1)
    expect(
      rows(late.take(price(5_000, 10)), late.take(price(61_000, 11)), late.closeUntil(START + 2 * MINUTE + 1)),
    ).toEqual([[2, 11, 11, 11, 11]])
    const sharp = builder('skip', START)
    expect(rows(sharp.take(price(0, 10)), sharp.take(price(5_000, 11)), sharp.take(price(61_000, 11)))).toEqual([
      [1, 10, 11, 10, 11],
    ])
  })
})

describe('an interval without a price', () => {
  it('gives no bar', () => {
    const bars = builder('skip')
    bars.take(price(0, 10))
    const given = [
      bars.closeUntil(START + MINUTE + 1),
      bars.closeUntil(START + 2 * MINUTE + 1),
      bars.closeUntil(START + 3 * MINUTE + 1),
    ]
    expect(rows(...given, bars.take(price(3 * MINUTE + 5, 12)), bars.closeUntil(START + 4 * MINUTE + 1))).toEqual([
      [1, 10, 10, 10, 10],
      [4, 12, 12, 12, 12],
    ])
  })

  it('gives a flat bar where that is wanted', () => {
    const bars = builder('flat')
    bars.take(price(0, 10))
    bars.take(price(1, 11))
    const given = [
      bars.closeUntil(START + MINUTE + 1),
      bars.closeUntil(START + 2 * MINUTE + 1),
      bars.closeUntil(START + 3 * MINUTE + 1),
    ]
    expect(rows(...given, bars.take(price(3 * MINUTE + 5, 12)), bars.closeUntil(START + 4 * MINUTE + 1))).toEqual([
      [1, 10, 11, 10, 11],
      [2, 11, 11, 11, 11],
      [3, 11, 11, 11, 11],
      [4, 12, 12, 12, 12],
    ])
  })

  it.each(['skip', 'flat'] as const)(
    'while the process slept gives no bar, with %s, and nor does the one it woke in',
    gaps => {
      const bars = builder(gaps)
      bars.take(price(0, 10))
      expect(rows(bars.closeUntil(START + 10 * MINUTE + 2))).toEqual([])
      expect(rows(bars.take(price(10 * MINUTE + 3, 12)), bars.closeUntil(START + 11 * MINUTE + 1))).toEqual([])
      expect(rows(bars.take(price(11 * MINUTE + 1, 13)), bars.closeUntil(START + 12 * MINUTE + 1))).toEqual([
        [12, 13, 13, 13, 13],
      ])
    },
  )
})

describe('a price that stands for several', () => {
  it('brings its first, low and high to the bar', () => {
    const bars = builder()
    bars.take(price(1_000, 10))
    bars.take(price(30_000, 11, { open: at(10_000, 12), low: at(20_000, 7), high: at(25_000, 15) }))
    expect(rows(bars.closeUntil(START + MINUTE + 1))).toEqual([[1, 10, 15, 7, 11]])
  })

  it('and for a whole bar makes it, at once', () => {
    const bars = builder()
    const given = [1, 2, 3].map(minute => {
      const start = (minute - 1) * MINUTE
      const [low, high] = [at(start + 20_000, 9), at(start + 40_000, 11 + minute)]
      return bars.take(price(minute * MINUTE, 10 + minute, { open: at(start, 10), low, high }))
    })
    expect(rows(...given)).toEqual([
      [1, 10, 12, 9, 11],
      [2, 10, 13, 9, 12],
      [3, 10, 14, 9, 13],
    ])
    expect(bars.nextClose_ms).toBeUndefined()
  })

  it('and for parts of a longer bar makes it with the last of them', () => {
    const bars = new BarBuilder({ pair, interval_ms: 3 * MINUTE, gaps: 'skip' }, START)
    const given = [1, 2, 3].map(minute => {
      const start = (minute - 1) * MINUTE
      return bars.take(
        price(minute * MINUTE, 10 + minute, {
          open: at(start, 9 + minute),
          low: at(start, 9),
          high: at(start, 20 + minute),
        }),
      )
    })
    expect(rows(...given)).toEqual([[3, 10, 23, 9, 13]])
  })

  it('across the border of two bars makes both unknown: neither is given', () => {
    const bars = builder()
    bars.take(price(1_000, 10))
    const given = bars.take(price(90_000, 12, { open: at(30_000, 11), low: at(59_000, 5), high: at(61_000, 20) }))
    expect(rows(given, bars.take(price(100_000, 13)), bars.closeUntil(START + 2 * MINUTE + 1))).toEqual([])
    expect(rows(bars.take(price(130_000, 14)), bars.closeUntil(START + 3 * MINUTE + 1))).toEqual([[3, 14, 14, 14, 14]])
  })
})

describe('whatever comes, whenever', () => {
  const steps = fc.array(
    fc.record({
      wait_ms: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 150_000 })),
      value: fc.integer({ min: 1, max: 1_000 }),
    }),
    { minLength: 1, maxLength: 60 },
  )

  it.each(['skip', 'flat'] as const)('bars are those of all prices sorted into their minutes: %s', gaps => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 90_000 }), fc.boolean(), (list, since_ms, byClock) => {
        const bars = builder(gaps, START + since_ms)
        const given: CandleEvent[] = []
        let now = since_ms
        const prices: PriceEvent[] = []
        for (const { wait_ms, value } of list) {
          const next = now + wait_ms
          // The clock's own calls, in the order of time; at one instant before or after the price.
          for (let due = bars.nextClose_ms; due !== undefined; due = bars.nextClose_ms) {
            if (due > START + next || (due === START + next && !byClock)) break
            given.push(...listed(bars.closeUntil(due)))
          }
          now = next
          const event = price(now, value)
          prices.push(event)
          given.push(...listed(bars.take(event)))
        }
        expect(given.map(row)).toEqual(expected(prices, since_ms, gaps).filter(([minute]) => minute! * MINUTE < now))
      }),
      { numRuns: 300 },
    )
  })
})

/** In which minute a person would put it: 1 is the first, and an exact end is the end. */
function minuteOf(after_ms: number, since_ms: number): number {
  return after_ms === since_ms && after_ms % MINUTE === 0 ? after_ms / MINUTE + 1 : Math.ceil(after_ms / MINUTE)
}

/** The bars of a list of prices, as a person would sort them. */
function expected(prices: readonly PriceEvent[], since_ms: number, gaps: 'skip' | 'flat'): number[][] {
  const first = Math.ceil(since_ms / MINUTE)
  const last = Math.floor((prices.at(-1)!.at - START) / MINUTE)
  const found: number[][] = []
  for (let minute = first; minute < last + 1; minute++) {
    const own = prices
      .filter(each => minuteOf(each.at - START, since_ms) === minute + 1)
      .map(each => priceToNumber(each.price))
    const before = found.at(-1)?.[4]
    if (own.length > 0) found.push([minute + 1, own[0]!, Math.max(...own), Math.min(...own), own.at(-1)!])
    else if (gaps === 'flat' && before !== undefined) found.push([minute + 1, before, before, before, before])
  }
  return found
}
