import { getBase58Encoder } from '@solana/kit'
import { associatedTokenAddress } from '../derived-address.ts'
import type { DerivedKey } from '../derived-key.ts'
import { type SwapInstruction, swapExactInInstruction } from '../program/instructions.ts'
import { signTransaction } from '../sign-transaction.ts'
import { hopAccounts } from './pool-reserves.ts'
import type { MarketPool } from './pools.ts'

/** One exact-in trade with one pool. Base units. */
export interface Trade {
  readonly pool: MarketPool
  readonly side: 'base' | 'quote'
  readonly amountIn: bigint
  readonly minimumOut: bigint
}

interface Template {
  readonly wire: Uint8Array
  readonly blockhashAt: number
  /** Of each instruction's data. */
  readonly dataAt: readonly number[]
}

const SIGNATURES_SIZE = 1 + 64
const BLOCKHASH_SIZE = 32
const ADDRESS_SIZE = 32
/** Version byte and the three counts of the header. */
const MESSAGE_PREFIX = 4

/**
 * Signs transactions of swaps between the same accounts again and again. Compiling one costs half a millisecond, nearly
 * all of it base58; so each combination of pools and sides is compiled once, and then only blockhash, amounts and
 * signature are written into its bytes.
 */
export class MakerTransactions {
  readonly #key: DerivedKey
  readonly #templates = new Map<string, Template>()

  constructor(key: DerivedKey) {
    this.#key = key
  }

  /** Wire bytes of a signed v0 transaction with one swap per trade. */
  sign(trades: readonly Trade[], blockhash: string): Uint8Array {
    const name = trades.map(({ pool, side }) => `${pool.address} ${side}`).join(' ')
    let template = this.#templates.get(name)
    if (!template) {
      template = this.#compile(trades, blockhash)
      this.#templates.set(name, template)
    }
    const wire = Uint8Array.from(template.wire)
    const view = new DataView(wire.buffer)
    wire.set(getBase58Encoder().encode(blockhash), template.blockhashAt)
    trades.forEach((trade, index) => {
      view.setBigUint64(template.dataAt[index]! + 1, trade.amountIn, true)
      view.setBigUint64(template.dataAt[index]! + 9, trade.minimumOut, true)
    })
    wire.set(this.#key.sign(wire.subarray(SIGNATURES_SIZE)), 1)
    return wire
  }

  #compile(trades: readonly Trade[], blockhash: string): Template {
    const instructions = trades.map(trade => this.#instruction(trade))
    const wire = signTransaction(instructions, [this.#key], { blockhash, lastValidBlockHeight: 0n })
    // All counts here are below 128, so each takes one byte.
    const addressesAt = SIGNATURES_SIZE + MESSAGE_PREFIX
    const blockhashAt = addressesAt + 1 + wire[addressesAt]! * ADDRESS_SIZE
    let at = blockhashAt + BLOCKHASH_SIZE + 1
    const dataAt = instructions.map(() => {
      const data = at + 2 + wire[at + 1]! + 1
      at = data + wire[data - 1]!
      return data
    })
    return { wire, blockhashAt, dataAt }
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
