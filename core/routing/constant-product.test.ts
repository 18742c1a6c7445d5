import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountToReachPrice, integerSqrt, quoteExactIn, quoteExactOut } from './constant-product.ts'

const reserve = fc.bigInt(1_000n, 2n ** 62n)
const feeBps = fc.integer({ min: 0, max: 1_000 })

describe('integerSqrt', () => {
  it('is the floor of the root for every size', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 2_100n), fc.integer({ min: 0, max: 2_100 }), (big, shift) => {
        const value = big >> BigInt(shift)
        const root = integerSqrt(value)
        expect(root * root <= value && (root + 1n) * (root + 1n) > value).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is exact at squares and one below them', () => {
    for (const root of [1n, 2n, 3n, 10n ** 9n, 2n ** 64n - 1n, 2n ** 600n]) {
      expect(integerSqrt(root * root)).toBe(root)
      expect(integerSqrt(root * root - 1n)).toBe(root - 1n)
    }
    expect(() => integerSqrt(-1n)).toThrow(RangeError)
  })
})

describe('a constant-product pool', () => {
  it('never loses: reserves multiplied never shrink', () => {
    fc.assert(
      fc.property(reserve, reserve, feeBps, reserve, (reserveIn, reserveOut, fee, amount) => {
        const quote = quoteExactIn({ reserveIn, reserveOut, feeBps: fee }, amount)
        if (!quote) return
        expect((reserveIn + quote.amountIn) * (reserveOut - quote.amountOut) >= reserveIn * reserveOut).toBe(true)
      }),
    )
  })

  it('asks for exact out the least input that gives it', () => {
    fc.assert(
      fc.property(reserve, reserve, feeBps, reserve, (reserveIn, reserveOut, fee, wanted) => {
        const pool = { reserveIn, reserveOut, feeBps: fee }
        const quote = quoteExactOut(pool, wanted % reserveOut)
        if (!quote) return
        expect(quoteExactIn(pool, quote.amountIn)!.amountOut >= quote.amountOut).toBe(true)
        const less = quoteExactIn(pool, quote.amountIn - 1n)
        expect(less === undefined || less.amountOut < quote.amountOut).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('gives nothing for nothing, for too little, and for more than it can hold', () => {
    const pool = { reserveIn: 10n ** 12n, reserveOut: 10n ** 6n, feeBps: 25 }
    expect(quoteExactIn(pool, 0n)).toBeUndefined()
    expect(quoteExactIn(pool, 1_000n)).toBeUndefined()
    expect(quoteExactIn(pool, 2n ** 64n - 1n)).toBeUndefined()
    expect(quoteExactOut(pool, 10n ** 6n)).toBeUndefined()
    expect(quoteExactOut(pool, 0n)).toBeUndefined()
    expect(quoteExactOut({ ...pool, reserveIn: 2n ** 63n }, 10n ** 6n - 1n)).toBeUndefined()
  })

  it('takes the fee from what goes in, rounded up', () => {
    expect(quoteExactIn({ reserveIn: 1_000_000n, reserveOut: 1_000_000n, feeBps: 30 }, 1_001n)).toEqual({
      amountIn: 1_001n,
      fee: 4n,
      amountOut: 996n,
    })
  })
})

describe('amountToReachPrice', () => {
  it('ends within a hundredth of a basis point of the target, whatever the fee, or within what one unit moves', () => {
    fc.assert(
      fc.property(
        fc.bigInt(10n ** 9n, 10n ** 17n),
        fc.bigInt(10n ** 9n, 10n ** 17n),
        feeBps,
        fc.integer({ min: 5_000, max: 20_000 }),
        (base, quote, fee, change) => {
          const target = { base: base * 10_000n, quote: quote * BigInt(change) }
          const move = amountToReachPrice({ base, quote, feeBps: fee }, target)
          const sides =
            move?.side === 'base' ? { reserveIn: base, reserveOut: quote } : { reserveIn: quote, reserveOut: base }
          const trade = move && quoteExactIn({ ...sides, feeBps: fee }, move.amountIn)
          const [paid, got] = [trade?.amountIn ?? 0n, trade?.amountOut ?? 0n]
          const after =
            move?.side === 'base'
              ? { base: base + paid, quote: quote - got }
              : { base: base - got, quote: quote + paid }
          const [is, wanted] = [after.quote * target.base, target.quote * after.base]
          const distance = is > wanted ? is - wanted : wanted - is
          expect(distance * 1_000_000n <= wanted).toBe(true)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('says nothing when the pool is there', () => {
    expect(
      amountToReachPrice({ base: 10n ** 9n, quote: 10n ** 9n, feeBps: 4 }, { base: 1n, quote: 1n }),
    ).toBeUndefined()
  })
})
