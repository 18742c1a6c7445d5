import { tenTo } from './powers.ts'
import { PRICE_DECIMALS, type Price, priceFromNumber } from './price.ts'
import type { Pair } from './token.ts'

/** Decimals that most market data have at most: within them the conversion is a multiplication. */
const FAST = 1e6
/** What any price may be at most, times a million: its integer has 64 bits. */
const FAST_MAX = 18e12
const FAST_SCALE = tenTo(PRICE_DECIMALS - 6)

/**
 * A price read from a float64, as candle files have them, made an integer when money asks for it and not before: of a
 * million bars only few prices decide anything. The integer is that of the decimal as it was written in the file (up to six
 * decimals; beyond, of `priceFromNumber`); the float is kept as it was.
 */
export class LazyPrice implements Price {
  readonly pair: Pair
  readonly value: number
  #scaled: bigint | undefined

  /** @param value above zero and finite; else `scaled` throws PRICE_INVALID */
  constructor(pair: Pair, value: number) {
    this.pair = pair
    this.value = value
  }

  get scaled(): bigint {
    this.#scaled ??= scaledOf(this.pair, this.value)
    return this.#scaled
  }

  /** Written like any other price. */
  toJSON(): Price {
    return { pair: this.pair, scaled: this.scaled }
  }
}

function scaledOf(pair: Pair, value: number): bigint {
  const whole = Math.round(value * FAST)
  if (whole > 0 && whole <= FAST_MAX && whole / FAST === value) return BigInt(whole) * FAST_SCALE
  return priceFromNumber(pair, value).scaled
}
