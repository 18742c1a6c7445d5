import type { Address } from '@solana/kit'
import { VersionedTransaction } from '@solana/web3.js'
import { associatedTokenAddress } from '../../../core/localnet/derived-address.ts'
import type { Ledger } from '../../../core/localnet/ledger/ledger.ts'
import { type MarketPool, marketPools } from '../../../core/localnet/market/pools.ts'
import { tokenUnits } from '../../../core/localnet/market/token-accounts.ts'
import type { LocalToken } from '../../../core/localnet/market/tokens.ts'
import { swapExactInInstruction } from '../../../core/localnet/program/instructions.ts'
import { SWAP_PROGRAM } from '../../../core/localnet/program/swap-program.ts'
import { signTransaction } from '../../../core/localnet/sign-transaction.ts'
import { type ConstantProductPool, quoteExactIn } from '../../../core/routing/constant-product.ts'
import { ATTACKER } from './mev-world.ts'

/** A pending swap, as its bytes show it to everybody. */
interface Victim {
  readonly pool: MarketPool
  readonly input: LocalToken
  readonly output: LocalToken
  readonly amountIn: bigint
  readonly minimumOut: bigint
}

/**
 * Trades before a pending swap and back after it. `careful`: as much as the victim's minimum lets through, and only when
 * it pays. `blind`: always so many units, whatever becomes of the victim.
 */
export class SandwichAttacker {
  readonly #ledger: Ledger
  readonly #size: 'careful' | bigint
  readonly #seen = new Set<string>()
  /** Swaps it attacked. */
  attacks = 0
  /** Units of the victim's input token that it won, fees of the network aside. */
  profit = 0n

  constructor(ledger: Ledger, size: 'careful' | bigint) {
    this.#ledger = ledger
    this.#size = size
  }

  /** Sees the bytes before they land; `after` is called when they have. */
  watch(wire: Uint8Array): { after(): void } {
    const victim = victimOf(wire)
    const signature = Buffer.from(wire.subarray(1, 65)).toString('hex')
    if (!victim || this.#seen.has(signature)) return { after: () => undefined }
    this.#seen.add(signature)
    const units = this.#size === 'careful' ? this.#mostThatPays(victim) : this.#size
    if (units === 0n) return { after: () => undefined }
    this.attacks++
    const held = this.#held(victim.output)
    const spent = this.#held(victim.input)
    this.#swap(victim.pool, victim.input, units)
    const bought = this.#held(victim.output) - held
    return {
      after: () => {
        this.#swap(victim.pool, victim.output, bought)
        this.profit += this.#held(victim.input) - spent
      },
    }
  }

  #mostThatPays(victim: Victim): bigint {
    const pool = this.#poolAs(victim.pool, victim.input)
    let [low, high] = [0n, pool.reserveIn]
    while (high - low > 1n) {
      const middle = (low + high) / 2n
      const after = moved(pool, middle)
      const out = after && quoteExactIn(after, victim.amountIn)?.amountOut
      if (out !== undefined && out >= victim.minimumOut) low = middle
      else high = middle
    }
    return low > 0n && won(pool, low, victim.amountIn) > 0n ? low : 0n
  }

  #swap(pool: MarketPool, input: LocalToken, amountIn: bigint): void {
    const isBase = input === pool.base
    const own = (token: LocalToken): Address => associatedTokenAddress(ATTACKER.address, token.mint)
    const instruction = swapExactInInstruction(
      {
        user: ATTACKER.address,
        source: own(input),
        destination: own(isBase ? pool.quote : pool.base),
        hops: [
          {
            pool: pool.address,
            vaultOwner: pool.vaultOwner,
            vaultIn: isBase ? pool.vaultBase : pool.vaultQuote,
            vaultOut: isBase ? pool.vaultQuote : pool.vaultBase,
          },
        ],
      },
      { amountIn, minimumOut: 1n },
    )
    const lifetime = { blockhash: this.#ledger.latestBlockhash(), lastValidBlockHeight: 1n << 60n }
    this.#ledger.submit(signTransaction([instruction], [ATTACKER], lifetime))
  }

  #held(token: LocalToken): bigint {
    return tokenUnits(this.#ledger, associatedTokenAddress(ATTACKER.address, token.mint)) ?? 0n
  }

  #poolAs(pool: MarketPool, input: LocalToken): ConstantProductPool {
    const [base, quote] = [pool.vaultBase, pool.vaultQuote].map(vault => tokenUnits(this.#ledger, vault) ?? 0n)
    const [reserveIn, reserveOut] = input === pool.base ? [base!, quote!] : [quote!, base!]
    return { reserveIn, reserveOut, feeBps: pool.feeBps }
  }
}

/** The pool after somebody put so much in; the fee stays in it. */
function moved(pool: ConstantProductPool, amountIn: bigint): ConstantProductPool | undefined {
  const out = quoteExactIn(pool, amountIn)?.amountOut
  return out === undefined
    ? undefined
    : { ...pool, reserveIn: pool.reserveIn + amountIn, reserveOut: pool.reserveOut - out }
}

/** What front-run and back-run together win, in units of the input. */
function won(pool: ConstantProductPool, units: bigint, victimIn: bigint): bigint {
  const bought = quoteExactIn(pool, units)?.amountOut ?? 0n
  const first = moved(pool, units)
  const second = first && moved(first, victimIn)
  if (!second) return 0n
  const back = { reserveIn: second.reserveOut, reserveOut: second.reserveIn, feeBps: pool.feeBps }
  return (quoteExactIn(back, bought)?.amountOut ?? 0n) - units
}

/** The first swap of one hop in a transaction's bytes. */
function victimOf(wire: Uint8Array): Victim | undefined {
  const { message } = VersionedTransaction.deserialize(wire)
  const keys = message.staticAccountKeys.map(key => key.toBase58())
  for (const { programIdIndex, accountKeyIndexes, data } of message.compiledInstructions) {
    if (keys[programIdIndex] !== SWAP_PROGRAM || data[0] !== 1) continue
    const accounts = accountKeyIndexes.map(index => keys[index]!)
    const pool = marketPools().find(({ address }) => address === accounts[4])
    if (!pool || accounts.length !== 8) return undefined
    const view = Buffer.from(data)
    const isBase = accounts[6] === pool.vaultBase
    return {
      pool,
      input: isBase ? pool.base : pool.quote,
      output: isBase ? pool.quote : pool.base,
      amountIn: view.readBigUInt64LE(1),
      minimumOut: view.readBigUInt64LE(9),
    }
  }
  return undefined
}
