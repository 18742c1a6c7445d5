import { PRICE_DECIMALS, type Price, priceFromNumber, priceToNumber } from '../../../../core/index.ts'

/** Shares are counted in so many parts: a hundredth of a basis point is one. */
export const PARTS = 1_000_000n
const PARTS_PER_BPS = 100

export interface PriceRange {
  readonly lower: Price
  readonly upper: Price
}

export type Spacing = 'arithmetic' | 'geometric'

/** The scaled prices of a grid, rising: between two of its n + 1 lines lies one of n levels. */
export function linesOf({ lower, upper }: PriceRange, levels: number, spacing: Spacing): readonly bigint[] {
  const between = (index: number): bigint => {
    if (spacing === 'arithmetic') {
      return lower.scaled + ((upper.scaled - lower.scaled) * BigInt(index)) / BigInt(levels)
    }
    const ratio = priceToNumber(upper) / priceToNumber(lower)
    return priceFromNumber(lower.pair, priceToNumber(lower) * ratio ** (index / levels)).scaled
  }
  return Array.from({ length: levels + 1 }, (_, index) => {
    if (index === 0) return lower.scaled
    return index === levels ? upper.scaled : between(index)
  })
}

/** How many levels of at least this step the range holds; 0 when it is narrower than one. */
export function levelsByStep(range: PriceRange, stepBps: number, spacing: Spacing): number {
  const [lower, upper] = [priceToNumber(range.lower), priceToNumber(range.upper)]
  const step = stepBps / 10_000
  const exact =
    spacing === 'geometric'
      ? Math.log(upper / lower) / Math.log1p(step)
      : (upper - lower) / (((lower + upper) / 2) * step)
  // A range that was written as a whole number of steps must not lose one to the last bit.
  return Math.floor(exact + 1e-9)
}

/** The smallest step between neighbouring lines, in bps of the lower, cut to a hundredth. */
export function smallestStepBps(lines: readonly bigint[]): number {
  const steps = lines.slice(1).map((line, index) => Number(((line - lines[index]!) * PARTS) / lines[index]!))
  return Math.min(...steps) / PARTS_PER_BPS
}

/** Basis points in parts of a million, rounded up. */
export function partsOf(bps: number): bigint {
  return BigInt(Math.ceil(bps * PARTS_PER_BPS - 1e-9))
}

/**
 * The range moved to another price, as wide as before: by ratio for geometric spacing, by distance for arithmetic (by
 * ratio too where the distance would reach below zero).
 */
export function rangeAround(price: Price, { lower, upper }: PriceRange, spacing: Spacing): PriceRange {
  const half = (upper.scaled - lower.scaled) / 2n
  if (spacing === 'arithmetic' && price.scaled > half) {
    return {
      lower: { pair: price.pair, scaled: price.scaled - half },
      upper: { pair: price.pair, scaled: price.scaled + half },
    }
  }
  const reach = Math.sqrt(priceToNumber(upper) / priceToNumber(lower))
  const at = priceToNumber(price)
  return { lower: priceFromNumber(price.pair, at / reach), upper: priceFromNumber(price.pair, at * reach) }
}

/** So many percent below and above a price. */
export function percentAround(price: Price, percent: number): PriceRange {
  const reach = (price.scaled * BigInt(Math.round(percent * 10_000))) / PARTS
  return {
    lower: { pair: price.pair, scaled: price.scaled - reach },
    upper: { pair: price.pair, scaled: price.scaled + reach },
  }
}

/** Base units that so much quote buys at a price, rounded down. */
export function baseFor({ pair, scaled }: Price, quoteUnits: bigint): bigint {
  return (
    (quoteUnits * 10n ** BigInt(pair.base.decimals + PRICE_DECIMALS)) / (scaled * 10n ** BigInt(pair.quote.decimals))
  )
}
