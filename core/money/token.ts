import { ForgeError } from '../errors/forge-error.ts'

/**
 * A token of one cluster. The cluster is part of its identity: USDC of mainnet-beta and USDC of localnet
 * are different tokens, and an amount of one never mixes with an amount of the other.
 */
export interface Token {
  /** Name of the cluster profile this token belongs to, as in `localnet`. */
  readonly cluster: string
  /** Base58 address of the mint. SOL is its wrapped mint. */
  readonly mint: string
  readonly symbol: string
  readonly decimals: number
  /** The token program that owns the mint. */
  readonly program: 'spl-token' | 'token-2022'
}

/** The mint of wrapped SOL, the same on every cluster. Source: SPL token program, `native_mint`. */
export const SOL_MINT = 'So11111111111111111111111111111111111111112'

/** Two tokens; prices of a pair are quote per one base. Written `SOL/USDC`. */
export interface Pair {
  readonly base: Token
  readonly quote: Token
}

/** Looks tokens up by what a user writes. */
export interface TokenDirectory {
  readonly cluster: string
  readonly tokens: readonly Token[]
  /**
   * The token with that symbol (any case) or mint address.
   * @throws TOKEN_UNKNOWN with the nearest symbols.
   */
  find(symbolOrMint: string): Token
}

/** Whether both are the same mint of the same cluster. */
export function sameToken(a: Token, b: Token): boolean {
  return a.mint === b.mint && a.cluster === b.cluster
}

/** @throws TOKEN_MISMATCH unless both are the same token. */
export function assertSameToken(a: Token, b: Token): void {
  if (!sameToken(a, b)) {
    throw new ForgeError('TOKEN_MISMATCH', {
      message: `${a.symbol} of ${a.cluster} is not ${b.symbol} of ${b.cluster}`,
      context: { left: a.mint, right: b.mint },
    })
  }
}

/** `SOL/USDC` */
export function pairName(pair: Pair): string {
  return `${pair.base.symbol}/${pair.quote.symbol}`
}
