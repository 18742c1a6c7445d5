import type { Address } from '@solana/kit'
import type { Token } from '../../money/token.ts'
import type { PoolCurve, PoolLiquidity, Quote, QuoteRequest } from '../../plugin/venue.ts'
import {
  type ConstantProductPool,
  type PoolQuote,
  quoteExactIn,
  quoteExactOut,
} from '../../routing/constant-product.ts'
import type { Rate } from '../../routing/curve.ts'
import { priceImpactBps, slippageThreshold } from '../../routing/quote-figures.ts'
import type { HopAccounts } from '../program/instructions.ts'

export const VENUE_NAME = 'localnet'

/** Measured: a swap of one hop takes about 3,000, the token program's transfers included 13,000. */
const COMPUTE_UNITS = 15_000

/** What `plan` needs of a quote. */
export class LocalRoute {
  readonly hops: readonly HopAccounts[]
  readonly tokens: readonly [Token, Token]

  constructor(hops: readonly HopAccounts[], tokens: readonly [Token, Token]) {
    this.hops = hops
    this.tokens = tokens
  }
}

/** A pool of the embedded market in one direction, on the state that was read. */
export class LocalCurve implements PoolCurve {
  readonly venue = VENUE_NAME
  readonly id: string
  readonly address: Address
  readonly label: string
  readonly pools: readonly string[]
  readonly input: Token
  readonly output: Token
  readonly mid: Rate
  readonly feeBps: number
  readonly computeUnits = COMPUTE_UNITS
  readonly slot: number
  /** The pool's account never changes: its price is what the vaults hold. */
  readonly watch: readonly string[]
  readonly liquidity: PoolLiquidity
  readonly #pool: ConstantProductPool
  readonly #hop: HopAccounts

  constructor(hop: HopAccounts, pool: ConstantProductPool, tokens: readonly [Token, Token], slot: number) {
    this.#hop = hop
    this.#pool = pool
    this.address = hop.pool
    this.id = `${VENUE_NAME}/${hop.pool}`
    this.pools = [hop.pool]
    this.watch = [hop.vaultIn, hop.vaultOut]
    this.input = tokens[0]
    this.output = tokens[1]
    this.slot = slot
    this.feeBps = pool.feeBps
    this.label = `SniperForge ${pool.feeBps} bps`
    this.mid = { input: pool.reserveIn, output: pool.reserveOut }
    this.liquidity = { kind: 'constant-product', reserveIn: pool.reserveIn, reserveOut: pool.reserveOut }
  }

  out(input: bigint): bigint | undefined {
    return quoteExactIn(this.#pool, input)?.amountOut
  }

  in(output: bigint): bigint | undefined {
    return quoteExactOut(this.#pool, output)?.amountIn
  }

  quote({ amount, exact, slippageBps }: Pick<QuoteRequest, 'amount' | 'exact' | 'slippageBps'>): Quote | undefined {
    const swap: PoolQuote | undefined =
      exact === 'in' ? quoteExactIn(this.#pool, amount.units) : quoteExactOut(this.#pool, amount.units)
    if (swap === undefined) return undefined
    const [quoted, token] = exact === 'in' ? [swap.amountOut, this.output] : [swap.amountIn, this.input]
    return {
      venue: VENUE_NAME,
      input: { token: this.input, units: swap.amountIn },
      output: { token: this.output, units: swap.amountOut },
      threshold: { token, units: slippageThreshold(exact, quoted, slippageBps) },
      exact,
      route: [{ label: this.label, pool: this.address }],
      priceImpactBps: priceImpactBps(swap.amountIn - swap.fee, swap.amountOut, this.mid),
      fees: [{ kind: 'pool', amount: { token: this.input, units: swap.fee } }],
      slot: this.slot,
      raw: new LocalRoute([this.#hop], [this.input, this.output]),
    }
  }
}
