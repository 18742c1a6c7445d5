import { base58 } from '@scure/base'
import { associatedTokenAddress } from '../derived-address.ts'
import type { DerivedKey } from '../derived-key.ts'
import { feeOf } from '../ledger/message/fee.ts'
import { isWritable, parseWire } from '../ledger/message/wire.ts'
import type { KnownTransaction, LedgerPort } from '../ledger-port.ts'
import { type SwapInstruction, swapExactInInstruction } from '../program/instructions.ts'
import { signTransaction } from '../sign-transaction.ts'
import { tradesEffect } from './maker-effect.ts'
import { encodeTrades, type Trade } from './maker-trade.ts'
import { hopAccounts } from './pool-reserves.ts'

interface Template {
  readonly wire: Uint8Array
  readonly keys: readonly string[]
  readonly writable: readonly string[]
  readonly fee: number
  readonly blockhashAt: number
  /** Of each instruction's data. */
  readonly dataAt: readonly number[]
}

const SIGNATURES_SIZE = 1 + 64
const BLOCKHASH_SIZE = 32
const ADDRESS_SIZE = 32
/** Stands where the blockhash comes. */
const NO_BLOCKHASH = '11111111111111111111111111111111'
/** Version byte and the three counts of the header. */
const MESSAGE_PREFIX = 4

/**
 * Makes transactions of swaps between the same accounts again and again. Compiling one costs half a millisecond, nearly
 * all of it base58; so each combination of pools and sides is compiled once, and then only blockhash, amounts and
 * signature are written into its bytes.
 */
export class MakerTransactions {
  readonly #key: DerivedKey
  readonly #templates = new Map<string, Template>()

  constructor(key: DerivedKey) {
    this.#key = key
  }

  /** One swap per trade, with what that does to the ledger's accounts. @throws LOCALNET_TX_FAILED */
  make(trades: readonly Trade[], ledger: LedgerPort): KnownTransaction {
    const { keys, writable, fee } = this.#template(trades)
    return {
      keys,
      writable,
      fee,
      after: tradesEffect(ledger, this.#key.address, trades, fee),
      record: encodeTrades(trades),
      sign: blockhash => this.sign(trades, blockhash),
    }
  }

  /** Wire bytes of a signed v0 transaction with one swap per trade. */
  sign(trades: readonly Trade[], blockhash: string): Uint8Array {
    const template = this.#template(trades)
    const wire = Uint8Array.from(template.wire)
    const view = new DataView(wire.buffer)
    wire.set(base58.decode(blockhash), template.blockhashAt)
    trades.forEach((trade, index) => {
      view.setBigUint64(template.dataAt[index]! + 1, trade.amountIn, true)
      view.setBigUint64(template.dataAt[index]! + 9, trade.minimumOut, true)
    })
    wire.set(this.#key.sign(wire.subarray(SIGNATURES_SIZE)), 1)
    return wire
  }

  #template(trades: readonly Trade[]): Template {
    const name = trades.map(({ pool, side }) => `${pool.address} ${side}`).join(' ')
    const known = this.#templates.get(name)
    if (known) return known
    const template = this.#compile(trades)
    this.#templates.set(name, template)
    return template
  }

  #compile(trades: readonly Trade[]): Template {
    const instructions = trades.map(trade => this.#instruction(trade))
    const wire = signTransaction(instructions, [this.#key], { blockhash: NO_BLOCKHASH, lastValidBlockHeight: 0n })
    // All counts here are below 128, so each takes one byte.
    const addressesAt = SIGNATURES_SIZE + MESSAGE_PREFIX
    const blockhashAt = addressesAt + 1 + wire[addressesAt]! * ADDRESS_SIZE
    let at = blockhashAt + BLOCKHASH_SIZE + 1
    const dataAt = instructions.map(() => {
      const data = at + 2 + wire[at + 1]! + 1
      at = data + wire[data - 1]!
      return data
    })
    const { message } = parseWire(wire)
    const keys = message.staticKeys
    const writable = keys.filter((_key, index) => isWritable(message, index))
    return { wire, keys, writable, fee: feeOf(message).total, blockhashAt, dataAt }
  }

  #instruction({ pool, side, amountIn, minimumOut }: Trade): SwapInstruction {
    const user = this.#key.address
    const [input, output] = side === 'base' ? [pool.base, pool.quote] : [pool.quote, pool.base]
    return swapExactInInstruction(
      {
        user,
        source: associatedTokenAddress(user, input.mint),
        destination: associatedTokenAddress(user, output.mint),
        hops: [hopAccounts(pool, side)],
      },
      { amountIn, minimumOut },
    )
  }
}
