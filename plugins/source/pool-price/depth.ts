import type { PoolCurve } from '../../../core/index.ts'

/** What a trade may lose to its own size, beyond the fee, to count as within the depth. */
const IMPACT_BPS = 100
const BPS_PARTS = 1_000_000n
/** Sizes tried: eight steps to each doubling, up to 2^64. */
const STEPS = 8
const SIZES = 61 * STEPS

/**
 * The largest input that loses at most 1% to its own size, to about an eighth. Measured by asking the pool, not read
 * from its liquidity: a position one tick wide looks like an ocean and holds a bucket.
 */
export function depthOf(pool: PoolCurve): bigint {
  let [least, most] = [-1, SIZES]
  while (most - least > 1) {
    const middle = (least + most) >> 1
    if (isWithin(pool, sizeOf(middle))) least = middle
    else most = middle
  }
  return least < 0 ? 0n : sizeOf(least)
}

function sizeOf(step: number): bigint {
  return BigInt(STEPS + (step % STEPS)) << BigInt(Math.floor(step / STEPS))
}

function isWithin(pool: PoolCurve, input: bigint): boolean {
  const output = pool.out(input)
  if (output === undefined) return false
  const kept = BPS_PARTS - BigInt(Math.round((pool.feeBps + IMPACT_BPS) * 100))
  // One unit is added for what rounding takes of small sizes.
  return (output + 1n) * pool.mid.input * BPS_PARTS >= input * pool.mid.output * kept
}
