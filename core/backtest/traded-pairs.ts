import type { BoundNode } from '../config/bound-pipeline.ts'
import { parseAmount } from '../money/amount.ts'
import { type Pair, sameToken, type Token, type TokenDirectory } from '../money/token.ts'

/** Whether both are prices of the same token in the same token. */
export function samePair(a: Pair, b: Pair): boolean {
  return sameToken(a.base, b.base) && sameToken(a.quote, b.quote)
}

/** The pair of a text, as in `SOL/USDC`; undefined for anything else. @throws TOKEN_UNKNOWN */
export function pairOfText(text: unknown, tokens: TokenDirectory): Pair | undefined {
  if (typeof text !== 'string') return undefined
  const [base, quote] = text.split('/').map(symbol => tokens.find(symbol))
  return base && quote && { base, quote }
}

/**
 * What a strategy trades, as far as its settings say: its `pair`; or the `token` that it buys, or trades `into`, with what
 * its `amount`, `budget` or `spend` is in.
 */
export function tradedPair({ config, kind }: BoundNode, tokens: TokenDirectory): Pair | undefined {
  if (kind !== 'strategy') return undefined
  const { pair, token, into, amount, budget, spend } = config as Readonly<Record<string, unknown>>
  if (pair !== undefined) return pairOfText(pair, tokens)
  const base = typeof token === 'string' ? token : into
  const money = [amount, budget, spend].find(text => typeof text === 'string')
  if (typeof base !== 'string' || typeof money !== 'string') return undefined
  const [one, other]: readonly Token[] = [tokens.find(base), parseAmount(money, tokens).token]
  return one && other && !sameToken(one, other) ? { base: one, quote: other } : undefined
}
