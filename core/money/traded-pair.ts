import { type Pair, SOL_MINT, type Token } from './token.ts'

/**
 * The pair that people count a trade in, whichever way it goes: dollars are the quote before SOL, SOL before all else; of
 * equals, what is paid with.
 */
export function tradedPair(input: Token, output: Token): Pair {
  return rank(output) > rank(input) ? { base: input, quote: output } : { base: output, quote: input }
}

function rank(token: Token): number {
  if (token.symbol.includes('USD')) return 2
  return token.mint === SOL_MINT ? 1 : 0
}
