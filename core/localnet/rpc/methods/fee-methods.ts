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

  /**
   * For each of the last 150 blocks the least price paid in it; of the given accounts, the most of what was paid at
   * least to write each. Source: agave, runtime/src/prioritization_fee_cache.rs.
   */
  getRecentPrioritizationFees(context, params) {
    const list = params[0] ?? []
    if (!Array.isArray(list)) throw invalidParams('Invalid params: expected an array of addresses.')
    if (list.length > FEE_ADDRESSES_MAX) throw invalidParams(`Too many inputs provided; max ${FEE_ADDRESSES_MAX}`)
    const addresses = list.map(addressOf)
    const newest = context.ledger.slot()
    const oldest = Math.max(FIRST_SLOT, newest - BLOCKHASH_LIFE_BLOCKS + 1)
    return Array.from({ length: newest - oldest + 1 }, (_, index) => {
      const slot = oldest + index
      const inBlock = context.ledger.transactions.inSlot(slot)
      const least = (paying: typeof inBlock): number =>
        paying.length === 0 ? 0 : Math.min(...paying.map(transaction => transaction.computeUnitPrice))
      const toWrite = (address: string): number =>
        least(inBlock.filter(transaction => transaction.writable.includes(address)))
      return { slot, prioritizationFee: Math.max(least(inBlock), ...addresses.map(toWrite)) }
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
