import type { WireTransaction } from '../../ledger/message/wire.ts'
import type { Simulation } from '../../ledger/svm.ts'
import { describeTransactionError } from '../../ledger/transaction-error.ts'
import { accountViewOf, encodeAccount } from '../account-encoding.ts'
import { assertMinContextSlot, type Method, type RpcContext, withContext } from '../method.ts'
import { addressOf, type Config, commitmentOf, configAt, flag, optionalNumber, stringAt } from '../params.ts'
import { invalidParams, RpcError } from '../rpc-error.ts'
import { simulatedBalancesJson } from '../simulated-balances.ts'
import { transactionOf } from '../transaction-input.ts'
import { innerInstructionsJson, returnDataJson } from '../transaction-view.ts'

export const SEND_METHODS: Readonly<Record<string, Method>> = {
  sendTransaction(context, params) {
    const text = stringAt(params, 0, 'a transaction')
    const config = configAt(params, 1)
    const transaction = transactionOf(text, config)
    optionalNumber(config, 'maxRetries')
    const preflightSlot = context.ledger.slotOf(commitmentOf(config, 'preflightCommitment'))
    assertMinContextSlot(preflightSlot, config)
    if (!flag(config, 'skipPreflight')) preflight(context, transaction, preflightSlot)
    // What can't land is dropped without a word, as on a cluster: the caller looks for its status in vain.
    context.ledger.send(transaction, 'client')
    return transaction.signatures[0]
  },

  simulateTransaction(context, params) {
    const text = stringAt(params, 0, 'a transaction')
    const config = configAt(params, 1)
    const transaction = transactionOf(text, config)
    const verifySignatures = flag(config, 'sigVerify')
    const replaced = flag(config, 'replaceRecentBlockhash')
    if (verifySignatures && replaced) {
      throw invalidParams('sigVerify may not be used with replaceRecentBlockhash')
    }
    const bank = context.ledger.view(commitmentOf(config))
    assertMinContextSlot(bank.slot, config)
    const result = context.ledger.simulate(transaction, {
      verifySignatures,
      blockhash: replaced ? 'any' : { knownAt: bank.slot },
    })
    if (result.err === 'SignatureFailure') throw signatureFailure()
    return withContext(bank.slot, {
      ...simulationJson(context, transaction, result),
      accounts: simulatedAccounts(context, result, config),
      innerInstructions: flag(config, 'innerInstructions') ? innerInstructionsJson(result.inner) : null,
      replacementBlockhash: replaced ? { blockhash: bank.blockhash, lastValidBlockHeight: bank.height + 150 } : null,
    })
  },
}

function preflight(context: RpcContext, transaction: WireTransaction, knownAt: number): void {
  const result = context.ledger.simulate(transaction, { verifySignatures: true, blockhash: { knownAt } })
  if (result.err === null) return
  if (result.err === 'SignatureFailure') throw signatureFailure()
  throw new RpcError('preflightFailure', `Transaction simulation failed: ${describeTransactionError(result.err)}`, {
    ...simulationJson(context, transaction, result),
    accounts: null,
    innerInstructions: null,
    replacementBlockhash: null,
  })
}

function simulationJson({ ledger }: RpcContext, { message }: WireTransaction, result: Simulation): object {
  return {
    err: result.err,
    logs: result.logs,
    unitsConsumed: result.computeUnits,
    returnData: returnDataJson(result.returnData),
    ...simulatedBalancesJson(message, result, address => ledger.account(address)),
  }
}

function simulatedAccounts(context: RpcContext, result: Simulation, config: Config): unknown {
  const wanted = config['accounts']
  if (wanted === undefined || wanted === null) return null
  if (typeof wanted !== 'object') throw invalidParams('Invalid params: expected an object as accounts.')
  const { addresses } = wanted as Config
  if (!Array.isArray(addresses)) throw invalidParams('Invalid params: expected an array of addresses.')
  const view = accountViewOf(wanted as Config, 'base64')
  if (view.encoding === 'binary' || view.encoding === 'base58') throw invalidParams('base58 encoding not supported')
  if (result.err !== null) return addresses.map(() => null)
  const lookup = (address: string) => result.after.get(address) ?? context.ledger.account(address)
  return addresses.map(entry => {
    const account = lookup(addressOf(entry))
    return account && account.lamports > 0n ? encodeAccount(account, view, lookup) : null
  })
}

function signatureFailure(): RpcError {
  return new RpcError('signatureVerification', 'Transaction signature verification failure')
}
