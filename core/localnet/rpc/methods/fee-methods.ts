import { ForgeError } from '../../../errors/forge-error.ts'
import { feeOf } from '../../ledger/message/fee.ts'
import { usesValidNonce } from '../../ledger/message/nonce.ts'
import { parseMessage, type WireMessage } from '../../ledger/message/wire.ts'
import { BLOCKHASH_LIFE_BLOCKS, FIRST_SLOT } from '../../ledger/slots.ts'
import { bankFor, type Method, withContext } from '../method.ts'
import { addressOf, configAt, stringAt } from '../params.ts'
import { invalidParams } from '../rpc-error.ts'

const FEE_ADDRESSES_MAX = 128

export const FEE_METHODS: Readonly<Record<string, Method>> = {
  getFeeForMessage(context, params) {
    const message = decodeMessage(stringAt(params, 0, 'a message in base64'))
    const bank = bankFor(context, configAt(params, 1))
    const known =
      context.ledger.slots.slotOfRecentHash(message.blockhash, bank.slot) !== undefined ||
      usesValidNonce(message, bank.account)
    return withContext(bank.slot, known ? feeOf(message).total : null)
  },

  /** For each of the last 150 blocks, the least price paid in it by a transaction that locked these accounts. */
  getRecentPrioritizationFees(context, params) {
    const list = params[0] ?? []
    if (!Array.isArray(list)) throw invalidParams('Invalid params: expected an array of addresses.')
    if (list.length > FEE_ADDRESSES_MAX) throw invalidParams(`Too many inputs provided; max ${FEE_ADDRESSES_MAX}`)
    const addresses = list.map(addressOf)
    const newest = context.ledger.slot()
    const oldest = Math.max(FIRST_SLOT, newest - BLOCKHASH_LIFE_BLOCKS + 1)
    return Array.from({ length: newest - oldest + 1 }, (_, index) => {
      const slot = oldest + index
      const prices = context.ledger.transactions
        .inSlot(slot)
        .filter(transaction => addresses.every(address => transaction.writable.includes(address)))
        .map(transaction => transaction.computeUnitPrice)
      return { slot, prioritizationFee: prices.length === 0 ? 0 : Math.min(...prices) }
    })
  },
}

function decodeMessage(text: string): WireMessage {
  try {
    return parseMessage(Buffer.from(text, 'base64'))
  } catch (thrown) {
    if (!(thrown instanceof ForgeError)) throw thrown
    throw invalidParams(`failed to deserialize solana_message::versions::VersionedMessage: ${thrown.message}`)
  }
}
