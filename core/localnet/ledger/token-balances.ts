import type { LedgerAccount } from '../ledger-port.ts'
import { mintOf, tokenAccountOf } from './token-account.ts'
import type { TokenBalance } from './transactions.ts'

/**
 * The token accounts among a transaction's accounts, with what they hold.
 *
 * @param account for the mints, whose decimals never change
 */
export function tokenBalances(
  accounts: readonly (LedgerAccount | undefined)[],
  account: (address: string) => LedgerAccount | undefined,
): TokenBalance[] {
  const balances: TokenBalance[] = []
  accounts.forEach((holder, accountIndex) => {
    const state = tokenAccountOf(holder)
    if (!holder || !state) return
    const { mint, owner, amount } = state
    const decimals = mintOf(account(mint))?.decimals
    if (decimals !== undefined) balances.push({ accountIndex, mint, owner, programId: holder.owner, amount, decimals })
  })
  return balances
}
