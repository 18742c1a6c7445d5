import { accountViewOf, encodeAccount } from '../account-encoding.ts'
import { accountFilters } from '../account-filter.ts'
import { bankFor, type Method, withContext } from '../method.ts'
import { addressAt, addressOf, configAt, flag, numberAt } from '../params.ts'
import { invalidParams } from '../rpc-error.ts'

const ACCOUNTS_MAX = 100

export const ACCOUNT_METHODS: Readonly<Record<string, Method>> = {
  getAccountInfo(context, params) {
    const address = addressAt(params, 0)
    const config = configAt(params, 1)
    const bank = bankFor(context, config)
    const view = accountViewOf(config)
    const account = bank.account(address)
    return withContext(bank.slot, account ? encodeAccount(account, view, bank.account) : null)
  },

  getMultipleAccounts(context, params) {
    const addresses = params[0]
    if (!Array.isArray(addresses)) throw invalidParams('Invalid params: expected an array of addresses.')
    if (addresses.length > ACCOUNTS_MAX) {
      throw invalidParams(`Too many inputs provided; max ${ACCOUNTS_MAX}`)
    }
    const config = configAt(params, 1)
    const bank = bankFor(context, config)
    const view = accountViewOf(config, 'base64')
    const value = addresses.map(entry => {
      const account = bank.account(addressOf(entry))
      return account ? encodeAccount(account, view, bank.account) : null
    })
    return withContext(bank.slot, value)
  },

  getProgramAccounts(context, params) {
    const program = addressAt(params, 0)
    const config = configAt(params, 1)
    const bank = bankFor(context, config)
    const view = accountViewOf(config)
    const passes = accountFilters(config)
    const value = bank
      .ownedBy(program)
      .filter(entry => passes(entry.account))
      .map(entry => ({ pubkey: entry.address, account: encodeAccount(entry.account, view, bank.account) }))
    return flag(config, 'withContext') ? withContext(bank.slot, value) : value
  },

  getBalance(context, params) {
    const address = addressAt(params, 0)
    const bank = bankFor(context, configAt(params, 1))
    return withContext(bank.slot, bank.account(address)?.lamports ?? 0)
  },

  getMinimumBalanceForRentExemption(context, params) {
    return context.ledger.minimumBalance(numberAt(params, 0, 'a length in bytes'))
  },
}
