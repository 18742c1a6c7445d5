import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Sizing, sizeOf } from './sizing.ts'

const CAPITAL = 1_000_000_000n

describe('the size of a position', () => {
  it('is fixed, and what is left of the capital when that is less', () => {
    expect(sizeOf({ kind: 'fixed', units: 400n }, 1_000n, Number.NaN, Number.NaN)).toBe(400n)
    expect(sizeOf({ kind: 'fixed', units: 400n }, 399n, Number.NaN, Number.NaN)).toBe(399n)
  })

  it('is a part of the capital', () => {
    expect(sizeOf({ kind: 'percent', percent: 25 }, CAPITAL, Number.NaN, Number.NaN)).toBe(250_000_000n)
  })

  it('loses the risk when the price falls by the ranges', () => {
    // A range of 2 at a price of 100: three of them are 6 %. One percent at risk is a sixth of the capital.
    expect(sizeOf({ kind: 'risk', signal: 'atr', percent: 1, ranges: 3 }, CAPITAL, 2, 100)).toBe(166_666_000n)
  })

  it('has the volatility that is wanted', () => {
    expect(sizeOf({ kind: 'volatility', signal: 'vol', target: 20 }, CAPITAL, 80, Number.NaN)).toBe(250_000_000n)
  })

  it.each([
    ['a market that stands still takes all', 0, 100, CAPITAL],
    ['a range that is not known takes nothing', Number.NaN, 100, 0n],
    ['a price that is not known takes nothing', 2, Number.NaN, 0n],
    ['a range without end takes nothing', Number.POSITIVE_INFINITY, 100, 0n],
  ])('%s', (_what, value, price, expected) => {
    expect(sizeOf({ kind: 'risk', signal: 'atr', percent: 1, ranges: 3 }, CAPITAL, value, price)).toBe(expected)
  })

  it('is never more than the capital, nor less than nothing, whatever signals say', () => {
    const sizing = fc.oneof(
      fc.record({ kind: fc.constant('percent' as const), percent: fc.double({ min: 0, max: 100 }) }),
      fc.record({
        kind: fc.constant('risk' as const),
        signal: fc.constant('a'),
        percent: fc.double({ min: 0, max: 100 }),
        ranges: fc.double({ min: 0, max: 1_000 }),
      }),
      fc.record({ kind: fc.constant('volatility' as const), signal: fc.constant('a'), target: fc.double({ min: 0 }) }),
    )
    fc.assert(
      fc.property(
        sizing,
        fc.bigInt({ min: -1_000n, max: 2n ** 64n }),
        fc.double(),
        fc.double(),
        (how, capital, value, price) => {
          const units = sizeOf(how as Sizing, capital, value, price)
          expect(units >= 0n && (units <= capital || capital < 0n)).toBe(true)
        },
      ),
    )
  })
})
