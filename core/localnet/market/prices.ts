import type { Ratio } from '../../routing/constant-product.ts'
import type { LocalSymbol, LocalToken } from './tokens.ts'

/**
 * What one whole token costs, in 10^-9 USDC. Of the market's tokens only SOL moves on its own: JSOL is a claim on
 * SOL with earned stake rewards, BONK stands still in USDC.
 */
export type NanoUsdc = bigint

const NANO = 10n ** 9n
/** JSOL is worth 1.15 SOL. */
const JSOL_PER_SOL_PERCENT = 115n
/** BONK costs 0.00002 USDC. */
const BONK_PRICE: NanoUsdc = 20_000n

/** A candle's price as an integer. Candle files have at most nine decimals that matter. */
export function nanoUsdc(price: number): NanoUsdc {
  return BigInt(Math.round(price * Number(NANO)))
}

function priceOfToken(symbol: LocalSymbol, sol: NanoUsdc): NanoUsdc {
  switch (symbol) {
    case 'SOL':
      return sol
    case 'USDC':
      return NANO
    case 'JSOL':
      return (sol * JSOL_PER_SOL_PERCENT) / 100n
    case 'BONK':
      return BONK_PRICE
  }
}

/** The mid price of a pair in base units, while SOL costs `sol`. */
export function pairRatio(base: LocalToken, quote: LocalToken, sol: NanoUsdc): Ratio {
  return {
    quote: priceOfToken(base.symbol, sol) * 10n ** BigInt(quote.decimals),
    base: priceOfToken(quote.symbol, sol) * 10n ** BigInt(base.decimals),
  }
}
