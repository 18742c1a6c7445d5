import { mulDiv } from '../../../../core/index.ts'

/** How much of the capital a position takes. */
export type Sizing =
  | { readonly kind: 'fixed'; readonly units: bigint }
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'risk'; readonly signal: string; readonly percent: number; readonly ranges: number }
  | { readonly kind: 'volatility'; readonly signal: string; readonly target: number }

/** Shares of the capital are counted in millionths: finer than any volatility is known. */
const WHOLE = 1_000_000

/**
 * What a position takes of the capital, in base units, never more than all of it. Float64 only says which share.
 *
 * - risk: a fall of `ranges` × range loses `percent` of the capital: share = percent ÷ 100 × price ÷ (ranges × range)
 * - volatility: share = target ÷ volatility, both percent a year
 *
 * @param value of the signal that the size depends on
 * @param price in the unit of a range
 */
export function sizeOf(sizing: Sizing, capital: bigint, value: number, price: number): bigint {
  if (capital <= 0n) return 0n
  if (sizing.kind === 'fixed') return sizing.units < capital ? sizing.units : capital
  return mulDiv(capital, BigInt(millionths(shareOf(sizing, value, price))), BigInt(WHOLE), 'down')
}

function shareOf(sizing: Exclude<Sizing, { kind: 'fixed' }>, value: number, price: number): number {
  switch (sizing.kind) {
    case 'percent':
      return sizing.percent / 100
    case 'risk':
      return ((sizing.percent / 100) * price) / (sizing.ranges * value)
    case 'volatility':
      return sizing.target / value
  }
}

/** Of a market that does not move at all a share has no bound: all of the capital it is. What is no number is nothing. */
function millionths(share: number): number {
  if (Number.isNaN(share) || share <= 0) return 0
  return Math.floor(Math.min(share, 1) * WHOLE)
}
