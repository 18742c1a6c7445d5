import type { Protection, RecentFees } from '../../plugin/landing.ts'
import type { Curve } from '../../routing/curve.ts'
import type { PriorityPrice, PriorityPrices } from '../fees/priority-price.ts'
import type { Shield, Tip } from '../mev/shield.ts'

/** What landing is worth to the one who compares. */
export interface RouteTermsOptions {
  readonly shield: Shield
  readonly prices: PriorityPrices
  readonly recentFees?: RecentFees
  readonly protection?: Protection
}

/** Priority fee and tip of every route of one comparison. */
export interface RouteTerms {
  readonly price: PriorityPrice
  readonly tip: Tip | undefined
  /** What protects the trade, and what does not; empty when nothing was wanted. */
  readonly protection: readonly string[]
}

/** What a tip adds to a transaction: two or three keys and an instruction, the lengths in front of it included. */
export const TIP_BYTES = 3 * 32 + 20

/** Terms of a comparison whose price is as set, and that nothing protects. */
export function plainTerms(price_microLamports: bigint): RouteTerms {
  return { price: { price_microLamports, reason: 'as set' }, tip: undefined, protection: [] }
}

/**
 * The terms now. The fee follows what was paid of late to write what the best single way writes: exactly which accounts
 * a trade writes is known when it is built, and the trader asks for those.
 *
 * @param tip asked for beforehand, beside the pools
 * @throws what the RPC throws
 */
export async function routeTerms(
  options: RouteTermsOptions,
  fixed_microLamports: bigint,
  tip: Tip | undefined,
  best: Curve | undefined,
): Promise<RouteTerms> {
  const { shield, prices, recentFees, protection } = options
  const price = await prices.of(fixed_microLamports, recentFees, writtenBy(best))
  return { price, tip, protection: shield.describe(protection, tip) }
}

function writtenBy(curve: Curve | undefined): readonly string[] {
  const hops: readonly (Curve & { readonly watch?: readonly string[] })[] = curve?.hops ?? (curve ? [curve] : [])
  return hops.flatMap(hop => hop.watch ?? hop.pools)
}
