import type { Quote, QuoteFee } from '../../plugin/venue.ts'
import type { VenueFees } from '../../routing/cost.ts'
import { convert, type Rate } from '../../routing/curve.ts'
import type { Leg } from '../../routing/split.ts'

/**
 * What pools, venues and the tokens themselves keep of a trade, by kind, in output units: each fee as its share of its
 * hop's input or output, of the leg's value at mid. Undefined where a quote does not itemise: then the pools' own rates
 * stand in.
 *
 * @param quotes one list for each leg: the quotes of its hops, in order
 */
export function feesOf(legs: readonly Leg[], quotes: readonly (readonly Quote[])[], mid: Rate): VenueFees | undefined {
  const sum = { pool: 0n, platform: 0n, transfer: 0n }
  for (const [index, leg] of legs.entries()) {
    const value = convert(leg.input, mid)
    for (const quote of quotes[index] ?? []) {
      if (!quote.fees) return undefined
      for (const fee of quote.fees) sum[lineOf(fee)] += shareOf(fee, quote, value)
    }
  }
  return sum
}

function lineOf({ kind }: QuoteFee): 'pool' | 'platform' | 'transfer' {
  // The creator of a pool is one more who takes a part for providing it.
  return kind === 'creator' ? 'platform' : kind
}

function shareOf({ amount }: QuoteFee, quote: Quote, value: bigint): bigint {
  const whole = amount.token.mint === quote.input.token.mint ? quote.input.units : quote.output.units + amount.units
  return whole === 0n ? 0n : (value * amount.units) / whole
}
