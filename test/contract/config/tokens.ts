import { ForgeError } from '../../../core/errors/forge-error.ts'
import type { Token, TokenDirectory } from '../../../core/money/token.ts'

const token = (symbol: string, mint: string, decimals: number): Token => ({
  cluster: 'localnet',
  mint,
  symbol,
  decimals,
  program: 'spl-token',
})

const TOKENS = [
  token('SOL', 'So11111111111111111111111111111111111111112', 9),
  token('USDC', 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v', 6),
  token('BONK', 'DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263', 5),
]

/** Three tokens of a localnet. */
export const TEST_TOKENS: TokenDirectory = {
  cluster: 'localnet',
  tokens: TOKENS,
  find(text) {
    const found = TOKENS.find(one => one.symbol.toLowerCase() === text.toLowerCase() || one.mint === text)
    if (!found) throw new ForgeError('TOKEN_UNKNOWN', { message: `localnet has no token "${text}"` })
    return found
  },
}
