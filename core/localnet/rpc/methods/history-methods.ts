import { COMMITMENT_LAG_SLOTS, type Commitment } from '../../ledger/slots.ts'
import type { LandedTransaction } from '../../ledger/transactions.ts'
import { assertMinContextSlot, type Method, type RpcContext, withContext } from '../method.ts'
import {
  addressAt,
  type Config,
  choice,
  commitmentOf,
  configAt,
  flag,
  numberAt,
  optionalNumber,
  signatureOf,
} from '../params.ts'
import { invalidParams } from '../rpc-error.ts'
import { statusJson, transactionEncodingOf, transactionJson } from '../transaction-view.ts'
import { assertBlockExists } from './slot-methods.ts'

const STATUSES_MAX = 256
const SIGNATURES_MAX = 1_000
/** Without a search of its history a node knows the statuses of this many slots. Source: MAX_CACHE_ENTRIES of Agave. */
const STATUS_CACHE_SLOTS = 300

export const HISTORY_METHODS: Readonly<Record<string, Method>> = {
  getSignatureStatuses(context, params) {
    const list = params[0]
    if (!Array.isArray(list)) throw invalidParams('Invalid params: expected an array of signatures.')
    if (list.length > STATUSES_MAX) throw invalidParams(`Too many inputs provided; max ${STATUSES_MAX}`)
    const newest = context.ledger.slot()
    const oldest = flag(configAt(params, 1), 'searchTransactionHistory') ? 0 : newest - STATUS_CACHE_SLOTS
    const value = list.map(entry => {
      const landed = context.ledger.transactions.get(signatureOf(entry))
      return landed && landed.slot >= oldest ? signatureStatus(landed, newest) : null
    })
    return withContext(newest, value)
  },

  getTransaction(context, params) {
    const signature = signatureOf(params[0])
    const config = historyConfig(params[1])
    const newest = context.ledger.slotOf(historyCommitment(config))
    const landed = context.ledger.transactions.get(signature)
    if (!landed || landed.slot > newest) return null
    return {
      slot: landed.slot,
      ...transactionJson(landed, transactionEncodingOf(config), config),
      blockTime: context.ledger.slots.unixTimeOf(landed.slot),
    }
  },

  getSignaturesForAddress(context, params) {
    const address = addressAt(params, 0)
    const config = configAt(params, 1)
    const newest = context.ledger.slotOf(historyCommitment(config))
    assertMinContextSlot(newest, config)
    const limit = optionalNumber(config, 'limit') ?? SIGNATURES_MAX
    if (limit < 1 || limit > SIGNATURES_MAX) throw invalidParams(`Invalid limit; max ${SIGNATURES_MAX}`)
    const known = context.ledger.transactions.ofAddress(address).filter(landed => landed.slot <= newest)
    return page(known, config, limit).map(landed => ({
      signature: landed.signature,
      slot: landed.slot,
      err: landed.err,
      memo: null,
      blockTime: context.ledger.slots.unixTimeOf(landed.slot),
      confirmationStatus: confirmationOf(landed.slot, context.ledger.slot()),
    }))
  },

  getBlock(context, params) {
    const slot = numberAt(params, 0, 'a slot')
    const config = historyConfig(params[1])
    assertBlockExists(context, slot, context.ledger.slotOf(historyCommitment(config)))
    return blockJson(context, slot, config)
  },
}

/** Processed blocks may still go away, so a node answers for confirmed ones at least. */
function historyCommitment(config: Config): Commitment {
  const commitment = commitmentOf(config)
  if (commitment === 'processed') {
    throw invalidParams('Method does not support commitment below `confirmed`')
  }
  return commitment
}

/** Old clients give an encoding's name in the place of the options. */
function historyConfig(value: unknown): Config {
  return typeof value === 'string' ? { encoding: value } : configAt([value], 0)
}

/** Newest first, from `before` (or the newest) back to `until`, without either. */
function page(oldestFirst: readonly LandedTransaction[], config: Config, limit: number): LandedTransaction[] {
  const indexOf = (key: string): number | undefined => {
    if (config[key] === undefined || config[key] === null) return undefined
    const signature = signatureOf(config[key])
    return oldestFirst.findIndex(landed => landed.signature === signature)
  }
  const before = indexOf('before')
  const until = indexOf('until') ?? -1
  const end = before === undefined ? oldestFirst.length : Math.max(before, 0)
  return oldestFirst
    .slice(until + 1, end)
    .slice(-limit)
    .reverse()
}

function confirmationOf(slot: number, newest: number): Commitment {
  if (newest - slot >= COMMITMENT_LAG_SLOTS.finalized) return 'finalized'
  return newest - slot >= COMMITMENT_LAG_SLOTS.confirmed ? 'confirmed' : 'processed'
}

function signatureStatus(landed: LandedTransaction, newest: number): object {
  const confirmationStatus = confirmationOf(landed.slot, newest)
  return {
    confirmationStatus,
    confirmations: confirmationStatus === 'finalized' ? null : newest - landed.slot,
    err: landed.err,
    slot: landed.slot,
    status: statusJson(landed),
  }
}

function blockJson(context: RpcContext, slot: number, config: Config): object {
  const { slots, transactions } = context.ledger
  const details = choice(config, 'transactionDetails', ['full', 'accounts', 'signatures', 'none'], 'full')
  const landed = transactions.inSlot(slot)
  const encoding = transactionEncodingOf(config)
  const hasRewards = config['rewards'] !== false
  return {
    blockhash: slots.blockhashOf(slot),
    previousBlockhash: slots.blockhashOf(slot - 1),
    parentSlot: slot - 1,
    blockHeight: slots.heightOf(slot),
    blockTime: slots.unixTimeOf(slot),
    ...(hasRewards && { rewards: [] }),
    ...(details === 'full' && { transactions: landed.map(each => transactionJson(each, encoding, config)) }),
    ...(details === 'accounts' && { transactions: landed.map(each => accountsOnly(each, config)) }),
    ...(details === 'signatures' && { signatures: landed.map(each => each.signature) }),
  }
}

function accountsOnly(landed: LandedTransaction, config: Config): object {
  const full = transactionJson(landed, 'jsonParsed', config) as {
    transaction: { message: { accountKeys: object[] }; signatures: string[] }
    meta: Record<string, unknown>
  }
  const { message, signatures } = full.transaction
  const { err, status, fee, preBalances, postBalances, preTokenBalances, postTokenBalances } = full.meta
  return {
    ...full,
    transaction: { accountKeys: message.accountKeys, signatures },
    meta: { err, status, fee, preBalances, postBalances, preTokenBalances, postTokenBalances },
  }
}
