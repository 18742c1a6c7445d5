import type { LedgerAccount } from '../ledger-port.ts'
import { mintOf, tokenAccountOf } from './token-account.ts'
import type { TokenBalance } from './transactions.ts'

/** The token accounts among a transaction's keys, with what they hold. */
export function tokenBalances(
  keys: readonly string[],
  account: (address: string) => LedgerAccount | undefined,
): TokenBalance[] {
  const balances: TokenBalance[] = []
  keys.forEach((key, accountIndex) => {
    const holder = account(key)
    const state = tokenAccountOf(holder)
    if (!holder || !state) return
    const { mint, owner, amount } = state
    const decimals = mintOf(account(mint))?.decimals
    if (decimals !== undefined) balances.push({ accountIndex, mint, owner, programId: holder.owner, amount, decimals })
  })
  return balances
}
