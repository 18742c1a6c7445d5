import type { Address } from '@solana/kit'
import type { ConstantProductPool } from '../../routing/constant-product.ts'
import type { LedgerPort } from '../ledger-port.ts'
import type { HopAccounts } from '../program/instructions.ts'
import { type MarketPool, marketPools } from './pools.ts'
import { tokenUnits } from './token-accounts.ts'

/** A pool as it stands in this slot. Base units. */
export interface PoolReserves {
  readonly pool: MarketPool
  readonly base: bigint
  readonly quote: bigint
}

/** Every pool's reserves, read from its vaults. */
export function readReserves(ledger: LedgerPort, pools: readonly MarketPool[] = marketPools()): PoolReserves[] {
  return pools.map(pool => ({
    pool,
    base: tokenUnits(ledger, pool.vaultBase) ?? 0n,
    quote: tokenUnits(ledger, pool.vaultQuote) ?? 0n,
  }))
}

/** The pool as a trade sees it that pays in `side`. */
export function sidesOf(reserves: PoolReserves, side: 'base' | 'quote'): ConstantProductPool {
  const { base, quote, pool } = reserves
  return side === 'base'
    ? { reserveIn: base, reserveOut: quote, feeBps: pool.feeBps }
    : { reserveIn: quote, reserveOut: base, feeBps: pool.feeBps }
}

/** The pool's accounts for a trade that pays in `side`. */
export function hopAccounts(pool: MarketPool, side: 'base' | 'quote'): HopAccounts {
  const vaults: [Address, Address] = [pool.vaultBase, pool.vaultQuote]
  const [vaultIn, vaultOut] = side === 'base' ? vaults : vaults.toReversed()
  return { pool: pool.address, vaultOwner: pool.vaultOwner, vaultIn: vaultIn!, vaultOut: vaultOut! }
}
