import { ForgeError } from '../../errors/forge-error.ts'
import { SOL_MINT, type Token, type TokenDirectory } from '../../money/token.ts'

const TOKENS: readonly Omit<Token, 'cluster'>[] = [
  { mint: SOL_MINT, symbol: 'SOL', decimals: 9, program: 'spl-token' },
  { mint: 'TestUSDC11111111111111111111111111111111111', symbol: 'USDC', decimals: 6, program: 'spl-token' },
  { mint: 'TestBoNK11111111111111111111111111111111111', symbol: 'BONK', decimals: 5, program: 'spl-token' },
]

/** SOL, USDC and BONK of a cluster that is only in tests; or the tokens given. */
export function testTokens(tokens: readonly Omit<Token, 'cluster'>[] = TOKENS, cluster = 'test'): TokenDirectory {
  const all = tokens.map(token => ({ ...token, cluster }))
  return {
    cluster,
    tokens: all,
    find(symbolOrMint) {
      const wanted = symbolOrMint.toUpperCase()
      const token = all.find(({ symbol, mint }) => symbol.toUpperCase() === wanted || mint === symbolOrMint)
      if (token) return token
      throw new ForgeError('TOKEN_UNKNOWN', {
        message: `${cluster} has no token "${symbolOrMint}"`,
        remedy: `Known: ${all.map(({ symbol }) => symbol).join(', ')}.`,
        context: { symbol: symbolOrMint, cluster },
      })
    },
  }
}
