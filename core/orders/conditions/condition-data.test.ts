import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PriceEvent } from '../../events/event.ts'
import type { Token, TokenDirectory } from '../../money/token.ts'
import { parseCondition } from './condition.ts'
import { ConditionData } from './condition-data.ts'
import { PriceWindow } from './price-window.ts'

const token = (symbol: string): Token => ({ cluster: 'test', mint: symbol, symbol, decimals: 6, program: 'spl-token' })
const [SOL, USDC] = [token('SOL'), token('USDC')]
const PAIR = { base: SOL, quote: USDC }
const TOKENS: TokenDirectory = { cluster: 'test', tokens: [SOL, USDC], find: symbol => (symbol === 'SOL' ? SOL : USDC) }
const MINUTE = 60_000

const scaled = (value: number): bigint => BigInt(Math.round(value * 1e6)) * 10n ** 6n
const priceOf = (value: number): PriceEvent['price'] => ({ pair: PAIR, scaled: scaled(value) })
const seen = (value: number, at: number, more: Partial<PriceEvent> = {}): PriceEvent => ({
  kind: 'price',
  at,
  price: priceOf(value),
  origin: 'pool',
  ...more,
})

function watched(text: string, options: { readonly maxAge_ms?: number } = {}) {
  const data = new ConditionData(options)
  const condition = parseCondition(text, TOKENS)
  data.watch(condition.needs)
  return { data, verdict: (now: number) => condition.evaluate(data.at(now)), condition }
}

describe('what conditions are told', () => {
  it('a change is unknown until prices go back far enough, then counted from the price in force then', () => {
    const { data, verdict, condition } = watched('change(SOL/USDC, 10m) <= -5%')
    data.onPrice(seen(100, 0))
    data.onPrice(seen(94, 9 * MINUTE))
    expect(verdict(9 * MINUTE)).toBe('unknown')
    expect(condition.explain(data.at(9 * MINUTE)).terms).toEqual([
      { text: 'change(SOL/USDC, 10m)', why: 'prices go back 9m of 10m' },
    ])
    expect(verdict(10 * MINUTE + 1_000)).toBe('holds')
    // The price of ten minutes ago is 94 itself by then.
    expect(verdict(20 * MINUTE)).toBe('fails')
  })

  it('low and high keep what was conflated away', () => {
    const { data, verdict } = watched('low(SOL/USDC, 10m) < 90 && high(SOL/USDC, 10m) > 110')
    data.onPrice(seen(100, 0))
    const spikes = { low: { price: priceOf(89), at: 6 * MINUTE }, high: { price: priceOf(111), at: 7 * MINUTE } }
    data.onPrice(seen(100, 11 * MINUTE, spikes))
    expect(verdict(11 * MINUTE)).toBe('holds')
    expect(verdict(18 * MINUTE)).toBe('fails')
  })

  it('an old price is no price', () => {
    const { data, verdict, condition } = watched('price(SOL/USDC) < 140', { maxAge_ms: 5_000 })
    data.onPrice(seen(139, 0))
    expect(verdict(5_000)).toBe('holds')
    expect(verdict(5_001)).toBe('unknown')
    expect(condition.explain(data.at(6_000)).terms[0]?.why).toBe('the latest price is 6s old')
  })

  it('a balance that could not be read for long is none', () => {
    const { data, verdict, condition } = watched('balance(SOL) >= 1.5', { maxAge_ms: 5_000 })
    data.onBalance({ token: SOL, units: 1_500_000n }, 0)
    expect(verdict(5_000)).toBe('holds')
    expect(verdict(5_001)).toBe('unknown')
    expect(condition.explain(data.at(6_000)).terms[0]?.why).toBe('the balance was last read 6s ago')
  })

  it('a signal is known by its name, or by its name and pair', () => {
    const { data, verdict } = watched('direction(rsi) == buy && signal(rsi, SOL/USDC) < 30')
    expect(verdict(0)).toBe('unknown')
    data.onSignal({ kind: 'signal', at: 0, pair: PAIR, name: 'rsi', direction: 'buy', value: 28 })
    expect(verdict(0)).toBe('holds')
    const other = { base: USDC, quote: SOL }
    data.onSignal({ kind: 'signal', at: 1, pair: other, name: 'rsi', direction: 'sell', value: 80 })
    expect(verdict(1)).toBe('fails')
  })

  it('balances, bids, the time and the hour', () => {
    const { data, verdict, condition } = watched(
      'balance(SOL) >= 1.5 && bid(SOL/USDC) > 1 && hour() == 1 && time() < 2h + 1970-01-01',
    )
    data.onBalance({ token: SOL, units: 1_500_000n }, 0)
    data.onPrice(seen(2, 60 * MINUTE))
    expect(verdict(90 * MINUTE)).toBe('unknown')
    expect(condition.explain(data.at(0)).terms[1]?.why).toBe('the feed tells no bid')
    data.onPrice(seen(2, 60 * MINUTE, { bid: priceOf(1.9), ask: priceOf(2.1) }))
    expect(verdict(90 * MINUTE)).toBe('holds')
    expect(verdict(120 * MINUTE)).toBe('fails')
  })
})

describe('a price window', () => {
  it('tells the low, high and change of its time, to within one bucket', () => {
    const steps = fc.array(
      fc.record({ after: fc.integer({ min: 0, max: 400 }), price: fc.integer({ min: 1, max: 50 }) }),
      {
        minLength: 1,
        maxLength: 300,
      },
    )
    fc.assert(
      fc.property(steps, fc.integer({ min: 720, max: 20_000 }), (all, window_ms) => {
        const window = new PriceWindow(window_ms)
        const bucket_ms = Math.ceil(window_ms / 720)
        const prices: { at: number; price: number }[] = []
        let now = 0
        for (const { after, price } of all) {
          now += after
          window.push(price, now)
          prices.push({ at: now, price })
          const extremes = window.extremes(now)
          if (extremes === undefined) {
            expect(prices[0]!.at).toBeGreaterThan(now - window_ms - bucket_ms)
            continue
          }
          // Between the extremes of the window itself and those of one that is a bucket longer.
          const [inner, outer] = [window_ms, window_ms + bucket_ms].map(span => {
            const inForce = prices.findLast(one => one.at <= now - span)
            const within = prices.filter(one => one.at > now - span).map(one => one.price)
            return inForce ? [...within, inForce.price] : within
          }) as [number[], number[]]
          expect(extremes.low).toBeLessThanOrEqual(Math.min(...inner.slice(0, inner.length)))
          expect(extremes.low).toBeGreaterThanOrEqual(Math.min(...outer, ...inner))
          expect(extremes.high).toBeGreaterThanOrEqual(Math.max(...inner))
          expect(extremes.high).toBeLessThanOrEqual(Math.max(...outer, ...inner))
          const then = prices.filter(one => one.at <= now - window_ms)
          const possible = then.filter(one => one.at > now - window_ms - 2 * bucket_ms || one === then.at(-1))
          const before = then.findLast(one => one.at <= now - window_ms - bucket_ms)
          const candidates = [...possible, ...(before ? [before] : [])].map(one => price / one.price - 1)
          expect(candidates).toContain(window.change(now))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('that was written down and taken up again tells the same as one that was never interrupted', () => {
    const steps = fc.array(
      fc.record({ after: fc.integer({ min: 0, max: 400 }), price: fc.double({ min: 1, max: 50, noNaN: true }) }),
      { minLength: 2, maxLength: 200 },
    )
    fc.assert(
      fc.property(steps, fc.integer({ min: 720, max: 20_000 }), fc.nat(), (all, window_ms, where) => {
        const whole = new PriceWindow(window_ms)
        let other = new PriceWindow(window_ms)
        let now = 0
        for (const [index, { after, price }] of all.entries()) {
          now += after
          if (index === where % all.length) {
            const written = other.kept()
            expect(written === undefined).toBe(index === 0)
            other = new PriceWindow(window_ms, written && (JSON.parse(JSON.stringify(written)) as typeof written))
          }
          whole.push(price, now)
          other.push(price, now)
          expect(other.extremes(now)).toEqual(whole.extremes(now))
          expect(other.change(now)).toBe(whole.change(now))
          expect(other.reach_ms(now)).toBe(whole.reach_ms(now))
        }
      }),
      { numRuns: 200 },
    )
  })
})
