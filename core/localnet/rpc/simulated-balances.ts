import { feeOf } from '../ledger/message/fee.ts'
import { loadAddresses, NOTHING_LOADED } from '../ledger/message/lookup-table.ts'
import type { WireMessage } from '../ledger/message/wire.ts'
import type { Simulation } from '../ledger/svm.ts'
import { tokenBalances } from '../ledger/token-balances.ts'
import type { LedgerAccount } from '../ledger-port.ts'
import { jsonNumber } from './json.ts'
import { tokenBalanceJson } from './transaction-view.ts'

/**
 * The fee, and what every account of the transaction held before and after it: as `getTransaction` tells it of what has
 * landed. Without them where nothing came of it. Source: Agave from 3.0 on, `RpcSimulateTransactionResult`.
 *
 * @param now what an account is
 */
export function simulatedBalancesJson(
  message: WireMessage,
  result: Simulation,
  now: (address: string) => LedgerAccount | undefined,
): object {
  const fee = feeOf(message).total
  if (result.err !== null) {
    return { fee, loadedAddresses: null, preBalances: null, postBalances: null, ...NO_TOKENS }
  }
  const loaded = loadAddresses(message.lookups, now) ?? NOTHING_LOADED
  const keys = [...message.staticKeys, ...loaded.writable, ...loaded.readonly]
  const then = (address: string): LedgerAccount | undefined => result.after.get(address) ?? now(address)
  const [before, after] = [keys.map(now), keys.map(then)]
  return {
    fee,
    loadedAddresses: loaded,
    preBalances: before.map(lamportsJson),
    postBalances: after.map(lamportsJson),
    preTokenBalances: tokenBalances(before, now).map(tokenBalanceJson),
    postTokenBalances: tokenBalances(after, then).map(tokenBalanceJson),
  }
}

function lamportsJson(account: LedgerAccount | undefined): unknown {
  return jsonNumber(account?.lamports ?? 0n)
}

const NO_TOKENS = { preTokenBalances: null, postTokenBalances: null }
