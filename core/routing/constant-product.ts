import { BPS, mulDiv } from '../money/rounding.ts'

/** A constant-product pool seen from one side. Reserves in base units; the fee is taken from what goes in. */
export interface ConstantProductPool {
  readonly reserveIn: bigint
  readonly reserveOut: bigint
  /** Below 10,000. */
  readonly feeBps: number
}

export interface PoolQuote {
  readonly amountIn: bigint
  readonly amountOut: bigint
  /** The pool's share of `amountIn`; it stays in the pool. */
  readonly fee: bigint
}

const U64_MAX = 2n ** 64n - 1n

/**
 * What `amountIn` gives: fee = ⌈in × bps ÷ 10,000⌉, out = ⌊reserveOut × net ÷ (reserveIn + net)⌋.
 * The same to the unit as `core/localnet/program/swap.c`.
 *
 * @returns undefined when the pool gives nothing for it, or could not hold it.
 */
export function quoteExactIn(pool: ConstantProductPool, amountIn: bigint): PoolQuote | undefined {
  if (amountIn <= 0n || pool.reserveIn + amountIn > U64_MAX) return undefined
  const fee = mulDiv(amountIn, BigInt(pool.feeBps), BPS, 'up')
  const net = amountIn - fee
  if (net === 0n) return undefined
  const amountOut = mulDiv(pool.reserveOut, net, pool.reserveIn + net, 'down')
  return amountOut === 0n ? undefined : { amountIn, amountOut, fee }
}

/**
 * The least that buys exactly `amountOut`. (The same input as exact-in may give a few units more.)
 *
 * @returns undefined when the pool has not that much, or could not hold what it would cost.
 */
export function quoteExactOut(pool: ConstantProductPool, amountOut: bigint): PoolQuote | undefined {
  if (amountOut <= 0n || amountOut >= pool.reserveOut) return undefined
  const net = mulDiv(pool.reserveIn, amountOut, pool.reserveOut - amountOut, 'up')
  const amountIn = mulDiv(net, BPS, BPS - BigInt(pool.feeBps), 'up')
  if (amountIn === 0n || pool.reserveIn + amountIn > U64_MAX) return undefined
  return {
    amountIn,
    amountOut,
    fee: mulDiv(amountIn, BigInt(pool.feeBps), BPS, 'up'),
  }
}

/** A price as a fraction: `quote` base units for `base` base units. */
export interface Ratio {
  readonly base: bigint
  readonly quote: bigint
}

/**
 * How much of which side brings a pool's mid price (reserve of quote ÷ reserve of base) to the target.
 * The fee stays in the pool and so moves the price too: with g = 1 - fee, the input x of a side with reserve R solves
 * (R + g·x)(R + x) = k ÷ p, whose positive root is ((√((1-g)²R² + 4·g·k/p)) - (1+g)R) ÷ 2g.
 *
 * @returns undefined when the pool is there already, to the unit.
 */
export function amountToReachPrice(
  reserves: {
    readonly base: bigint
    readonly quote: bigint
    readonly feeBps: number
  },
  target: Ratio,
): { readonly side: 'base' | 'quote'; readonly amountIn: bigint } | undefined {
  const { base, quote, feeBps } = reserves
  const product = base * quote
  const isTooDear = quote * target.base > target.quote * base
  const amountIn = isTooDear
    ? positiveRoot(base, (product * target.base) / target.quote, feeBps)
    : positiveRoot(quote, (product * target.quote) / target.base, feeBps)
  return amountIn > 0n ? { side: isTooDear ? 'base' : 'quote', amountIn } : undefined
}

function positiveRoot(reserve: bigint, productOverPrice: bigint, feeBps: number): bigint {
  const kept = BPS - BigInt(feeBps)
  const discriminant = (BPS - kept) ** 2n * reserve ** 2n + 4n * kept * BPS * productOverPrice
  return (integerSqrt(discriminant) - (BPS + kept) * reserve) / (2n * kept)
}

/** ⌊√value⌋ by Newton's method. @throws RangeError for a negative value. */
export function integerSqrt(value: bigint): bigint {
  if (value < 0n) throw new RangeError(`no square root of ${value}`)
  if (value < 2n) return value
  // One step from any positive start lands at or above the root; from there the steps only go down.
  const start =
    value < 2n ** 1000n ? BigInt(Math.ceil(Math.sqrt(Number(value)))) : 1n << BigInt(value.toString(16).length * 2)
  let root = (start + value / start) >> 1n
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return root
    root = next
  }
}
