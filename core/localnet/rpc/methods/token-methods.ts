import {
  isTokenProgram,
  mintOf,
  TOKEN_2022_PROGRAM,
  TOKEN_PROGRAM,
  tokenAccountOf,
} from '../../ledger/token-account.ts'
import { accountViewOf, encodeAccount } from '../account-encoding.ts'
import { bankFor, type Method, type RpcContext, withContext } from '../method.ts'
import { addressAt, addressOf, configAt } from '../params.ts'
import { uiTokenAmount } from '../parsed-account.ts'
import { invalidParams } from '../rpc-error.ts'

const LARGEST_COUNT = 20

export const TOKEN_METHODS: Readonly<Record<string, Method>> = {
  getTokenAccountBalance(context, params) {
    const address = addressAt(params, 0)
    const bank = bankFor(context, configAt(params, 1))
    const account = bank.account(address)
    if (!account) throw invalidParams('Invalid param: could not find account')
    const state = tokenAccountOf(account)
    if (!state) throw invalidParams('Invalid param: not a Token account')
    const decimals = mintOf(bank.account(state.mint))?.decimals
    if (decimals === undefined) throw invalidParams('Invalid param: mint could not be unpacked')
    return withContext(bank.slot, uiTokenAmount(state.amount, decimals))
  },

  getTokenSupply(context, params) {
    const address = addressAt(params, 0)
    const bank = bankFor(context, configAt(params, 1))
    const account = bank.account(address)
    if (!account) throw invalidParams('Invalid param: could not find account')
    const mint = mintOf(account)
    if (!mint) throw invalidParams('Invalid param: not a Token mint')
    return withContext(bank.slot, uiTokenAmount(mint.supply, mint.decimals))
  },

  /** The 20 accounts that hold most of a mint. */
  getTokenLargestAccounts(context, params) {
    const address = addressAt(params, 0)
    const bank = bankFor(context, configAt(params, 1))
    const account = bank.account(address)
    const mint = mintOf(account)
    if (!account || !mint) throw invalidParams('Invalid param: not a Token mint')
    const value = bank
      .ownedBy(account.owner)
      .flatMap(entry => {
        const state = tokenAccountOf(entry.account)
        return state?.mint === address ? [{ address: entry.address, units: state.amount }] : []
      })
      .sort((a, b) => Number(b.units - a.units) || (a.address < b.address ? -1 : 1))
      .slice(0, LARGEST_COUNT)
      .map(entry => ({ address: entry.address, ...uiTokenAmount(entry.units, mint.decimals) }))
    return withContext(bank.slot, value)
  },

  getTokenAccountsByOwner: (context, params) => tokenAccountsBy('owner', context, params),
  getTokenAccountsByDelegate: (context, params) => tokenAccountsBy('delegate', context, params),
}

function tokenAccountsBy(role: 'owner' | 'delegate', context: RpcContext, params: readonly unknown[]): unknown {
  const holder = addressAt(params, 0)
  const filter = configAt(params, 1)
  const config = configAt(params, 2)
  const bank = bankFor(context, config)
  const view = accountViewOf(config)
  let programs = [TOKEN_PROGRAM, TOKEN_2022_PROGRAM]
  let mint: string | undefined
  if (filter['mint'] !== undefined) {
    mint = addressOf(filter['mint'])
    const account = bank.account(mint)
    if (!account) throw invalidParams('Invalid param: could not find mint')
    if (!mintOf(account)) throw invalidParams('Invalid param: mint could not be unpacked')
    programs = [account.owner]
  } else if (filter['programId'] !== undefined) {
    const program = addressOf(filter['programId'])
    if (!isTokenProgram(program)) throw invalidParams('Invalid param: unrecognized Token program id')
    programs = [program]
  } else throw invalidParams('Invalid params: expected an object with mint or programId.')
  const value = programs
    .flatMap(program => bank.ownedBy(program))
    .filter(entry => {
      const state = tokenAccountOf(entry.account)
      return state?.[role] === holder && (mint === undefined || state.mint === mint)
    })
    .map(entry => ({ pubkey: entry.address, account: encodeAccount(entry.account, view, bank.account) }))
  return withContext(bank.slot, value)
}
