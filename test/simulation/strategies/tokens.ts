import type { Pair, PluginContext, Token } from '../../../core/index.ts'

const token = (symbol: string, decimals: number): Token => ({
  cluster: 'test',
  mint: `${symbol}-mint`,
  symbol,
  decimals,
  program: 'spl-token',
})
export const SOL = token('SOL', 9)
export const USDC = token('USDC', 6)
const BONK = token('BONK', 5)
export const PAIR: Pair = { base: SOL, quote: USDC }

export const TOKENS: PluginContext['services']['tokens'] = {
  cluster: 'test',
  tokens: [SOL, USDC, BONK],
  find: name => {
    const found = [SOL, USDC, BONK].find(({ symbol }) => symbol === name)
    if (!found) throw new Error(`no token ${name}`)
    return found
  },
}
