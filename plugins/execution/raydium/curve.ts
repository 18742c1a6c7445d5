import {
  type PoolCurve,
  type PoolLiquidity,
  priceImpactBps,
  type Quote,
  type QuoteRequest,
  slippageThreshold,
  type Token,
} from '../../../core/index.ts'
import type { PoolState, SwapResult } from './pools/pool.ts'

export const VENUE_NAME = 'raydium'

/** What `plan` needs of a quote. */
export class RaydiumRoute {
  readonly state: PoolState
  readonly swap: SwapResult

  constructor(state: PoolState, swap: SwapResult) {
    this.state = state
    this.swap = swap
  }
}

/** A pool of any kind in one direction, on the state that was read. */
export class RaydiumCurve implements PoolCurve {
  readonly venue = VENUE_NAME
  readonly id: string
  readonly address: string
  readonly label: string
  readonly pools: readonly string[]
  readonly input: Token
  readonly output: Token
  readonly mid: { readonly input: bigint; readonly output: bigint }
  readonly feeBps: number
  readonly computeUnits: number
  readonly slot: number
  readonly #state: PoolState

  constructor(state: PoolState, slot: number, input: Token, output: Token) {
    this.#state = state
    this.address = state.address
    this.id = `${VENUE_NAME}/${state.address}`
    this.label = state.label
    this.pools = [state.address]
    this.input = input
    this.output = output
    this.mid = state.mid
    this.feeBps = state.feeBps
    this.computeUnits = state.computeUnits
    this.slot = slot
  }

  get liquidity(): PoolLiquidity {
    return this.#state.liquidity
  }

  out(input: bigint): bigint | undefined {
    return this.#state.swap('in', input)?.amountOut
  }

  in(output: bigint): bigint | undefined {
    const swap = this.#state.swap('out', output)
    return swap?.amountOut === output ? swap.amountIn : undefined
  }

  quote({ amount, exact, slippageBps }: Pick<QuoteRequest, 'amount' | 'exact' | 'slippageBps'>): Quote | undefined {
    const swap = this.#state.swap(exact, amount.units)
    if (swap === undefined) return undefined
    const [quoted, token] = exact === 'in' ? [swap.amountOut, this.output] : [swap.amountIn, this.input]
    return {
      venue: VENUE_NAME,
      input: { token: this.input, units: swap.amountIn },
      output: { token: this.output, units: swap.amountOut },
      threshold: { token, units: slippageThreshold(exact, quoted, slippageBps) },
      exact,
      route: [{ label: this.label, pool: this.address }],
      priceImpactBps: priceImpactBps(
        swap.amountIn - feesOn(swap, 'input'),
        swap.amountOut + feesOn(swap, 'output'),
        this.mid,
      ),
      fees: swap.fees
        .filter(fee => fee.kind === 'pool' || fee.units > 0n)
        .map(({ kind, side, units }) => ({ kind, amount: { token: this[side], units } })),
      slot: this.slot,
      raw: new RaydiumRoute(this.#state, swap),
    }
  }
}

function feesOn(swap: SwapResult, side: 'input' | 'output'): bigint {
  return swap.fees.reduce((sum, fee) => (fee.side === side ? sum + fee.units : sum), 0n)
}
