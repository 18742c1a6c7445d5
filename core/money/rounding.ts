import { ForgeError } from '../errors/forge-error.ts'

/** How a division that leaves a remainder is settled. `exact` refuses a remainder. */
export type Rounding = 'down' | 'up' | 'half-even' | 'exact'

/**
 * a × b ÷ divisor for non-negative values, rounded as told, without losing precision in between.
 *
 * @throws ROUNDING_INEXACT with `exact` and a remainder; RangeError for a negative input or a divisor of zero.
 */
export function mulDiv(a: bigint, b: bigint, divisor: bigint, rounding: Rounding): bigint {
  if (a < 0n || b < 0n || divisor <= 0n)
    throw new RangeError(`mulDiv takes non-negative values: ${a} × ${b} ÷ ${divisor}`)
  const product = a * b
  if (product === 0n) return 0n
  // One division where one is enough.
  if (rounding === 'down') return product / divisor
  if (rounding === 'up') return (product + divisor - 1n) / divisor
  const quotient = product / divisor
  const remainder = product % divisor
  if (remainder === 0n) return quotient
  if (rounding === 'exact')
    throw new ForgeError('ROUNDING_INEXACT', { message: `${a} × ${b} ÷ ${divisor} leaves a remainder` })
  const twice = remainder * 2n
  if (twice === divisor) return quotient + (quotient & 1n)
  return twice > divisor ? quotient + 1n : quotient
}

/** One basis point is 1/10,000. */
export const BPS = 10_000n

/** `amount` × bps ÷ 10,000. */
export function bpsOf(amount: bigint, bps: number, rounding: Rounding): bigint {
  return mulDiv(amount, BigInt(bps), BPS, rounding)
}
