import { ForgeError } from '../errors/forge-error.ts'
import { type Amount, formatUnits, parseUnits } from './amount.ts'
import { tenTo } from './powers.ts'
import { mulDiv, type Rounding } from './rounding.ts'
import { assertSameToken, type Pair } from './token.ts'

/** Decimals a price keeps: 12 tell a memecoin of 1e-9 USDC to three digits. */
export const PRICE_DECIMALS = 12
const ONE = tenTo(PRICE_DECIMALS)
const ONE_NUMBER = Number(ONE)

/** Quote per one whole base, times 10^12: 150.25 USDC per SOL is `scaled: 150_250_000_000_000n`. */
export interface Price {
  readonly pair: Pair
  readonly scaled: bigint
  /** The float64 it was read from, where it came from market data: what indicators take. */
  readonly value?: number
}

/** @throws PRICE_INVALID for anything but a positive decimal number. */
export function parsePrice(text: string, pair: Pair): Price {
  let scaled: bigint
  try {
    scaled = parseUnits(text, PRICE_DECIMALS)
  } catch (cause) {
    throw new ForgeError('PRICE_INVALID', { message: `"${text}" is not a price`, cause })
  }
  if (scaled === 0n) throw new ForgeError('PRICE_INVALID', { message: 'a price must be above zero' })
  return { pair, scaled }
}

/**
 * The price at which `base` was exchanged for `quote`.
 *
 * @throws TOKEN_MISMATCH, RangeError when base is zero.
 */
export function priceOf(pair: Pair, base: Amount, quote: Amount, rounding: Rounding): Price {
  assertSameToken(pair.base, base.token)
  assertSameToken(pair.quote, quote.token)
  const scale = ONE * tenTo(pair.base.decimals)
  const divisor = base.units * tenTo(pair.quote.decimals)
  return { pair, scaled: mulDiv(quote.units, scale, divisor, rounding) }
}

/** What `base` is worth in the pair's quote token. @throws TOKEN_MISMATCH */
export function valueAt(price: Price, base: Amount, rounding: Rounding): Amount {
  assertSameToken(price.pair.base, base.token)
  const units = mulDiv(
    base.units * price.scaled,
    tenTo(price.pair.quote.decimals),
    ONE * tenTo(price.pair.base.decimals),
    rounding,
  )
  return { token: price.pair.quote, units }
}

/** For indicators and display only: money never comes back from this number. */
export function priceToNumber(price: Price): number {
  return price.value ?? Number(price.scaled) / ONE_NUMBER
}

/** The one way from an indicator's float64 to a price. @throws PRICE_INVALID for NaN, infinities, zero and negatives. */
export function priceFromNumber(pair: Pair, value: number): Price {
  if (!Number.isFinite(value) || value <= 0)
    throw new ForgeError('PRICE_INVALID', { message: `${value} is not a price` })
  return parsePrice(value.toFixed(PRICE_DECIMALS), pair)
}

/** Decimals that keep six digits of a price below one. */
const SIGNIFICANT = 6

/** `150.25 USDC`, `0.0000200689 BONK`: to six decimals, or six digits where it is below one (cut, not rounded). */
export function formatPrice(price: Price): string {
  const zeros = price.scaled < ONE ? PRICE_DECIMALS - price.scaled.toString().length : 0
  const decimals = Math.min(PRICE_DECIMALS, SIGNIFICANT + zeros)
  const cut = price.scaled / tenTo(PRICE_DECIMALS - decimals)
  return `${formatUnits(cut, decimals)} ${price.pair.quote.symbol}`
}
