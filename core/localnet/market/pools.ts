import type { Address } from '@solana/kit'
import { associatedTokenAddress } from '../derived-address.ts'
import { derivedKey } from '../derived-key.ts'
import { vaultOwnerOf } from '../program/pool-state.ts'
import { SWAP_PROGRAM } from '../program/swap-program.ts'
import { LOCAL_TOKENS, type LocalSymbol, type LocalToken } from './tokens.ts'

/** A pool of the market, with every address it has. */
export interface MarketPool {
  /** `SOL/USDC 4 bps` */
  readonly name: string
  readonly address: Address
  readonly base: LocalToken
  readonly quote: LocalToken
  readonly feeBps: number
  readonly vaultOwner: Address
  readonly bump: number
  readonly vaultBase: Address
  readonly vaultQuote: Address
  /** Base units of the base token that the pool is born with; the quote side follows from the first price. */
  readonly baseUnits: bigint
}

const SOL = 10n ** 9n

/** From deep and cheap to shallow and dear, so that size decides which one is best. */
const DEFINITIONS: readonly (readonly [LocalSymbol, LocalSymbol, feeBps: number, baseUnits: bigint])[] = [
  ['SOL', 'USDC', 4, 200_000n * SOL],
  ['SOL', 'USDC', 25, 40_000n * SOL],
  ['SOL', 'USDC', 100, 2_000n * SOL],
  ['JSOL', 'SOL', 5, 50_000n * SOL],
  ['JSOL', 'USDC', 30, 5_000n * SOL],
  ['BONK', 'SOL', 25, 100_000_000_000n * 10n ** 5n],
  ['BONK', 'USDC', 100, 2_000_000_000n * 10n ** 5n],
]

let pools: readonly MarketPool[] | undefined

/** The pools of the market, derived once. */
export function marketPools(): readonly MarketPool[] {
  pools ??= DEFINITIONS.map(([base, quote, feeBps, baseUnits]) => {
    const name = `${base}/${quote} ${feeBps} bps`
    const pool = derivedKey(`pool ${name}`).address
    const owner = vaultOwnerOf(pool, SWAP_PROGRAM)
    return {
      name,
      address: pool,
      base: LOCAL_TOKENS[base],
      quote: LOCAL_TOKENS[quote],
      feeBps,
      vaultOwner: owner.address,
      bump: owner.bump,
      vaultBase: associatedTokenAddress(owner.address, LOCAL_TOKENS[base].mint),
      vaultQuote: associatedTokenAddress(owner.address, LOCAL_TOKENS[quote].mint),
      baseUnits,
    }
  })
  return pools
}
