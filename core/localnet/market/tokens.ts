import { type Address, address } from '@solana/kit'
import { ForgeError } from '../../errors/forge-error.ts'
import { SOL_MINT, type Token } from '../../money/token.ts'

/** A token of the embedded chain: what `configs/clusters/localnet.yaml` repeats, and a test compares. */
export interface LocalToken extends Token {
  readonly mint: Address
  readonly cluster: 'localnet'
  readonly symbol: LocalSymbol
}

export type LocalSymbol = 'SOL' | 'USDC' | 'JSOL' | 'BONK'

/** Mints are the addresses of `derivedKey('mint <symbol>')`, so that no mainnet mint means anything here. */
export const LOCAL_TOKENS: Readonly<Record<LocalSymbol, LocalToken>> = {
  SOL: token('SOL', SOL_MINT, 9),
  USDC: token('USDC', 'BCorVm6gZrv5hb4SiKEsuMvFtrFEpd51VbwiaAD2AhWa', 6),
  JSOL: token('JSOL', '2FVuniVfFRoJA2aJgaZ2VQHzYR5gthyWCJQMRkrYt52s', 9),
  BONK: token('BONK', '2yLqqLPuvYdLxwm3H4vgEPp23yJm7XVyg1x2qdX3XZNp', 5),
}

/** @throws TOKEN_UNKNOWN */
export function localToken(symbolOrMint: string): LocalToken {
  const all = Object.values(LOCAL_TOKENS)
  const found = all.find(each => each.symbol === symbolOrMint.toUpperCase() || each.mint === symbolOrMint)
  if (found) return found
  throw new ForgeError('TOKEN_UNKNOWN', {
    message: `localnet has no token "${symbolOrMint}"`,
    remedy: `Known: ${all.map(each => each.symbol).join(', ')}.`,
  })
}

function token(symbol: LocalSymbol, mint: string, decimals: number): LocalToken {
  return { cluster: 'localnet', mint: address(mint), symbol, decimals, program: 'spl-token' }
}
