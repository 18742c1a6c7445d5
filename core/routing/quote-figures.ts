import { BPS, mulDiv } from '../money/rounding.ts'
import { convert, type Rate } from './curve.ts'

/**
 * How much less than at the mid price came out, in bps to two decimals: (value at mid − output) ÷ value at mid.
 *
 * @param inputAfterFees what really traded: without pool and transfer fees, which are costs of their own
 * @param output before transfer fees
 */
export function priceImpactBps(inputAfterFees: bigint, output: bigint, mid: Rate): number {
  const atMid = convert(inputAfterFees, mid)
  // Rounding may give a unit more than mid on the smallest sizes; an impact is never a gain.
  return atMid <= output ? 0 : Number(((atMid - output) * 1_000_000n) / atMid) / 100
}

/**
 * The least output (`in`) or the most input (`out`) within the tolerance, rounded against the tolerance, never past it.
 *
 * @param units what was quoted: the output of an exact input, or the input of an exact output
 */
export function slippageThreshold(exact: 'in' | 'out', units: bigint, slippageBps: number): bigint {
  return exact === 'in'
    ? mulDiv(units, BPS - BigInt(slippageBps), BPS, 'up')
    : mulDiv(units, BPS + BigInt(slippageBps), BPS, 'down')
}
