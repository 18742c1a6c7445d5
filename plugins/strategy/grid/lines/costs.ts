import { type Amount, amountOf, formatAmount, type Price, sameToken, valueAt } from '../../../../core/index.ts'

/** What one trade loses to pools, and who says so. */
export interface PoolCost {
  readonly bps: number
  /** `quoted by jupiter for 50 USDC`, or that it is assumed. */
  readonly source: string
}

/** Everything one trade of a grid costs. */
export interface TradeCosts {
  readonly pool: PoolCost
  readonly slippageBps: number
  /** Base and priority fee as configured. */
  readonly networkFee: Amount
  /** The same in quote tokens, at the price where that is most. */
  readonly networkFeeInQuote: Amount
}

/** What buying and selling once cost together. */
export interface RoundTrip {
  readonly bps: number
  /** Every part with its number and where it is from. */
  readonly text: string
}

/** The network fee in the quote token of a price, rounded up. @throws TOKEN_MISMATCH for a token that is not of the pair. */
export function networkFeeAt(price: Price, fee: Amount): Amount {
  return sameToken(fee.token, price.pair.quote) ? fee : valueAt(price, fee, 'up')
}

/** @param size quote that one trade takes */
export function roundTripOf({ pool, slippageBps, networkFee, networkFeeInQuote }: TradeCosts, size: Amount): RoundTrip {
  const networkBps = (2 * Number(networkFeeInQuote.units) * 10_000) / Number(size.units)
  const bps = 2 * pool.bps + 2 * slippageBps + networkBps
  const text = [
    `pool fees and impact 2 × ${bpsText(pool.bps)} (${pool.source})`,
    `slippage 2 × ${bpsText(slippageBps)} (slippageBps)`,
    `network fees 2 × ${formatAmount(networkFee)} (networkFee), ${bpsText(networkBps)} of ${formatAmount(size)}`,
  ].join(', ')
  return { bps, text: `${bpsText(bps)}: ${text}` }
}

/** The least size whose network fees of a round trip are at most so many bps of it. */
export function sizeForNetworkFee({ networkFeeInQuote }: TradeCosts, bps: bigint): Amount {
  return amountOf(networkFeeInQuote.token, (2n * networkFeeInQuote.units * 10_000n + bps - 1n) / bps)
}

export function bpsText(bps: number): string {
  return `${Number(bps.toFixed(2))} bps`
}
