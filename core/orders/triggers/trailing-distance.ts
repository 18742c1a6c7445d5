import type { TrailingOffset } from './trigger.ts'

/** The whole, in the parts that relative offsets are kept in: 1% is 10^7 of them, so seven decimals of a percent count. */
export const RELATIVE_ONE = 1_000_000_000n

/** A relative offset in parts of `RELATIVE_ONE`, rounded to the nearest. */
export function relativeParts(offset: { readonly bps: number } | { readonly percent: number }): bigint {
  return BigInt(Math.round('bps' in offset ? offset.bps * 1e5 : offset.percent * 1e7))
}

/** How far a trailing stop stays behind: a price difference, or parts of the best price. */
export interface TrailingDistance {
  readonly isRelative: boolean
  /** Scaled price, or parts of `RELATIVE_ONE`. */
  readonly size: bigint
}

export function distanceOf(offset: TrailingOffset): TrailingDistance {
  return 'price' in offset
    ? { isRelative: false, size: offset.price }
    : { isRelative: true, size: relativeParts(offset) }
}

/** The distance behind a mark in scaled price, rounded down: a stop is never further from its mark than asked. */
export function distanceBehind(mark: bigint, distance: TrailingDistance): bigint {
  if (!distance.isRelative) return distance.size
  return ((mark < 0n ? -mark : mark) * distance.size) / RELATIVE_ONE
}
