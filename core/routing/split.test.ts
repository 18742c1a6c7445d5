import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quoteExactIn } from './constant-product.ts'
import { type Curve, chain } from './curve.ts'
import { bestSplit } from './split.ts'

interface Reserves {
  readonly reserveIn: bigint
  readonly reserveOut: bigint
  readonly feeBps: number
}

function poolCurve(id: string, pool: Reserves): Curve {
  return {
    id,
    venue: 'pool',
    label: id,
    pools: [id],
    out: input => quoteExactIn(pool, input)?.amountOut,
    mid: { input: pool.reserveIn, output: pool.reserveOut },
    feeBps: pool.feeBps,
    computeUnits: 3_000,
  }
}

/**
 * A concentrated pool in miniature: ranges one after another, each a constant-product pool of its own that holds only
 * so much input. Rates fall from range to range, so the whole is concave, with kinks where ticks are crossed.
 */
function concentratedCurve(id: string, rate: bigint, liquidity: readonly bigint[], feeBps: number): Curve {
  const ranges = liquidity.map((depth, index) => ({
    capacity: depth / 50n,
    // Each range starts where the one before it ended: (50/51)² of its rate.
    pool: {
      reserveIn: depth,
      reserveOut: (depth * rate * 2500n ** BigInt(index)) / 2601n ** BigInt(index),
      feeBps: 0,
    },
  }))
  return {
    ...poolCurve(id, { reserveIn: 1n, reserveOut: rate, feeBps }),
    out: input => {
      let left = (input * BigInt(10_000 - feeBps)) / 10_000n
      let output = 0n
      for (const { capacity, pool } of ranges) {
        const part = left < capacity ? left : capacity
        if (part > 0n) output += quoteExactIn(pool, part)?.amountOut ?? 0n
        left -= part
      }
      return left > 0n ? undefined : output
    },
  }
}

const reserves = fc.record({
  reserveIn: fc.bigInt(10n ** 8n, 10n ** 14n),
  price: fc.integer({ min: 95, max: 105 }),
  feeBps: fc.integer({ min: 1, max: 100 }),
})

const constantProduct = fc.array(reserves, { minLength: 2, maxLength: 3 }).map(pools =>
  pools.map((pool, index) =>
    poolCurve(`p${index}`, {
      ...pool,
      reserveOut: (pool.reserveIn * BigInt(pool.price)) / 100n,
    }),
  ),
)

const concentrated = fc
  .array(
    fc.tuple(
      fc.integer({ min: 95, max: 105 }),
      fc.array(fc.bigInt(10n ** 9n, 10n ** 13n), {
        minLength: 6,
        maxLength: 6,
      }),
      fc.integer({ min: 1, max: 100 }),
    ),
    {
      minLength: 2,
      maxLength: 3,
    },
  )
  .map(pools =>
    pools.map(([rate, liquidity, fee], index) => concentratedCurve(`c${index}`, BigInt(rate), liquidity, fee)),
  )

/** Every division of the input in steps of 1/200, over two or three curves. */
function bruteForce(curves: readonly Curve[], input: bigint): bigint | undefined {
  const steps = 200n
  let best: bigint | undefined
  const part = (count: bigint): bigint => (input * count) / steps
  const visit = (index: number, left: bigint, used: bigint, sum: bigint): void => {
    const curve = curves[index]!
    if (index === curves.length - 1) {
      const amount = input - used
      const out = amount === 0n ? 0n : curve.out(amount)
      if (out !== undefined && (best === undefined || sum + out > best)) best = sum + out
      return
    }
    for (let count = 0n; count <= left; count++) {
      const amount = part(count)
      const out = amount === 0n ? 0n : curve.out(amount)
      if (out !== undefined) visit(index + 1, left - count, used + amount, sum + out)
    }
  }
  visit(0, steps, 0n, 0n)
  return best
}

const free = { maxLegs: 3, fixedCost: () => 0n }

test.each([
  ['constant-product', constantProduct],
  ['concentrated', concentrated],
  ['mixed', fc.tuple(constantProduct, concentrated).map(([a, b]) => [a[0]!, b[0]!])],
])('a split over %s pools is within a basis point of every division tried', (_name, pools) => {
  fc.assert(
    fc.property(pools, fc.bigInt(10n ** 6n, 10n ** 12n), (curves, input) => {
      const brute = bruteForce(curves, input)
      const split = bestSplit(curves, input, free)
      if (brute === undefined) return
      expect(split).toBeDefined()
      expect(split!.legs.reduce((sum, leg) => sum + leg.input, 0n)).toBe(input)
      expect(split!.output * 10_000n).toBeGreaterThanOrEqual(brute * 9_999n)
    }),
    { numRuns: 60 },
  )
})

test('a split is never worse than the best single route, whatever the fixed costs', () => {
  fc.assert(
    fc.property(constantProduct, fc.bigInt(10n ** 4n, 10n ** 13n), fc.bigInt(0n, 10n ** 6n), (curves, input, cost) => {
      const split = bestSplit(curves, input, {
        maxLegs: 3,
        fixedCost: () => cost,
      })
      for (const curve of curves) {
        const alone = curve.out(input)
        if (alone !== undefined) expect(split!.net).toBeGreaterThanOrEqual(alone - cost)
      }
    }),
  )
})

test('a small trade is not split when a second leg costs more to land than it gains', () => {
  const pool = { reserveIn: 10n ** 12n, reserveOut: 10n ** 12n, feeBps: 10 }
  const curves = [poolCurve('a', pool), poolCurve('b', pool)]
  expect(bestSplit(curves, 10n ** 8n, { maxLegs: 2, fixedCost: () => 10n ** 5n })!.legs).toHaveLength(1)
  expect(bestSplit(curves, 10n ** 11n, { maxLegs: 2, fixedCost: () => 10n ** 5n })!.legs).toHaveLength(2)
})

test('two equal pools share a trade equally', () => {
  const pool = { reserveIn: 10n ** 12n, reserveOut: 10n ** 12n, feeBps: 10 }
  const [first, second] = bestSplit([poolCurve('a', pool), poolCurve('b', pool)], 10n ** 11n, free)!.legs
  const apart = first!.input - second!.input
  expect(apart < 10n ** 7n && apart > -(10n ** 7n)).toBe(true)
})

test('a size that no pool holds has no split', () => {
  const tiny = concentratedCurve('tiny', 1n, [1_000n, 1_000n, 1_000n, 1_000n, 1_000n, 1_000n], 1)
  expect(bestSplit([tiny], 10n ** 9n, free)).toBeUndefined()
})

test('a chain of two pools gives what one gives the other', () => {
  const first = poolCurve('a', {
    reserveIn: 10n ** 12n,
    reserveOut: 2n * 10n ** 12n,
    feeBps: 25,
  })
  const second = poolCurve('b', {
    reserveIn: 10n ** 12n,
    reserveOut: 3n * 10n ** 12n,
    feeBps: 30,
  })
  const both = chain(first, second)
  expect(both.out(10n ** 9n)).toBe(second.out(first.out(10n ** 9n)!))
  expect(both.feeBps).toBeCloseTo(54.925, 3)
})
