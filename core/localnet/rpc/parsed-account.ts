import { formatUnits } from '../../money/amount.ts'
import {
  isTokenProgram,
  mintOf,
  TOKEN_PROGRAM,
  type TokenAccountState,
  tokenAccountOf,
} from '../ledger/token-account.ts'
import type { LedgerAccount } from '../ledger-port.ts'

export type AccountLookup = (address: string) => LedgerAccount | undefined

export interface UiTokenAmount {
  readonly amount: string
  readonly decimals: number
  readonly uiAmount: number | null
  readonly uiAmountString: string
}

export function uiTokenAmount(amount: bigint, decimals: number): UiTokenAmount {
  const uiAmountString = formatUnits(amount, decimals)
  return { amount: amount.toString(), decimals, uiAmount: Number(uiAmountString), uiAmountString }
}

/** An account in `jsonParsed` form: token accounts and mints. Others: undefined, and a node falls back to base64. */
export function parseAccount(account: LedgerAccount, lookup: AccountLookup): object | undefined {
  if (!isTokenProgram(account.owner)) return undefined
  const info = parseTokenAccount(account, lookup) ?? parseMint(account)
  if (!info) return undefined
  const program = account.owner === TOKEN_PROGRAM ? 'spl-token' : 'spl-token-2022'
  return { parsed: info, program, space: account.data.length }
}

function parseTokenAccount(account: LedgerAccount, lookup: AccountLookup): object | undefined {
  const state = tokenAccountOf(account)
  if (!state) return undefined
  const decimals = mintOf(lookup(state.mint))?.decimals
  return decimals === undefined ? undefined : { info: tokenAccountInfo(state, decimals), type: 'account' }
}

function tokenAccountInfo(state: TokenAccountState, decimals: number): object {
  const { delegate, closeAuthority, rentExemptReserve } = state
  return {
    isNative: rentExemptReserve !== undefined,
    mint: state.mint,
    owner: state.owner,
    state: state.state,
    tokenAmount: uiTokenAmount(state.amount, decimals),
    ...(delegate !== undefined && { delegate, delegatedAmount: uiTokenAmount(state.delegatedAmount, decimals) }),
    ...(closeAuthority !== undefined && { closeAuthority }),
    ...(rentExemptReserve !== undefined && { rentExemptReserve: uiTokenAmount(rentExemptReserve, decimals) }),
  }
}

function parseMint(account: LedgerAccount): object | undefined {
  const state = mintOf(account)
  if (!state) return undefined
  const { decimals, isInitialized, supply, mintAuthority = null, freezeAuthority = null } = state
  return { info: { decimals, freezeAuthority, isInitialized, mintAuthority, supply: supply.toString() }, type: 'mint' }
}
