import { type Pair, SOL_MINT, type Token } from '../money/token.ts'

/** Symbols of the US-dollar tokens a cluster profile may name, the usual quote first. */
const DOLLARS = ['USDC', 'USDT', 'USDG', 'PYUSD', 'USDS', 'USD1', 'FDUSD']

/**
 * Two tokens as the pair a person would read them as, whichever of them was paid: a dollar token is the quote, else SOL,
 * else the one whose mint comes later. The same two tokens always give the same pair.
 */
export function pairOf(a: Token, b: Token): Pair {
  const [first, second] = a.mint < b.mint ? [a, b] : [b, a]
  return rankOf(first) < rankOf(second) ? { base: second, quote: first } : { base: first, quote: second }
}

function rankOf(token: Token): number {
  const dollar = DOLLARS.indexOf(token.symbol)
  if (dollar >= 0) return dollar
  return token.mint === SOL_MINT ? DOLLARS.length : DOLLARS.length + 1
}
