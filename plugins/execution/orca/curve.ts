import {
  type Amount,
  type PoolCurve,
  type PoolLiquidity,
  priceImpactBps,
  type Quote,
  type QuoteFee,
  type QuoteRequest,
  slippageThreshold,
  type Token,
} from '../../../core/index.ts'
import type { PoolState } from './pool-state.ts'
import { computeSwap, type SwapResult } from './swap-math.ts'

export const VENUE_NAME = 'orca'

/** Measured with the real program, setup and cleanup apart: 50,000 within a tick, 360,000 for an adaptive fee over many. */
const COMPUTE_UNITS = 110_000
/** The SDK's fee rates are hundredths of a basis point. */
const FEE_RATE_PER_BPS = 100

/** What `plan` needs of a quote. */
export class OrcaRoute {
  readonly state: PoolState
  readonly swap: SwapResult

  constructor(state: PoolState, swap: SwapResult) {
    this.state = state
    this.swap = swap
  }
}

/** A whirlpool in one direction, on the state that was read. */
export class OrcaCurve implements PoolCurve {
  readonly venue = VENUE_NAME
  readonly id: string
  readonly address: string
  readonly label: string
  readonly pools: readonly string[]
  readonly input: Token
  readonly output: Token
  readonly mid: { readonly input: bigint; readonly output: bigint }
  readonly feeBps: number
  readonly computeUnits = COMPUTE_UNITS
  readonly slot: number
  readonly #state: PoolState

  constructor(state: PoolState, input: Token, output: Token) {
    this.#state = state
    this.address = state.address
    this.id = `${VENUE_NAME}/${state.address}`
    this.pools = [state.address]
    this.input = input
    this.output = output
    this.slot = state.slot
    // An adaptive fee depends on the swap itself; this is what it never goes below.
    this.feeBps = state.pool.feeRate / FEE_RATE_PER_BPS
    this.label = `Orca ${state.oracle === undefined ? '' : 'adaptive '}${this.feeBps} bps`
    const square = BigInt(state.pool.sqrtPrice.toString()) ** 2n
    const one = 1n << 128n
    this.mid = state.aToB ? { input: one, output: square } : { input: square, output: one }
  }

  get liquidity(): PoolLiquidity {
    const { pool, aToB, tickArrays } = this.#state
    const ticks = tickArrays.flatMap(({ data }) => {
      if (data === undefined) return []
      const initialized = data.ticks.flatMap((tick, offset) =>
        tick.initialized
          ? [
              {
                index: data.startTickIndex + offset * pool.tickSpacing,
                liquidityNet: BigInt(tick.liquidityNet.toString()),
              },
            ]
          : [],
      )
      return aToB ? initialized.reverse() : initialized
    })
    return {
      kind: 'concentrated',
      sqrtPriceX64: BigInt(pool.sqrtPrice.toString()),
      liquidity: BigInt(pool.liquidity.toString()),
      inputIsFirst: aToB,
      ticks: ticks.filter(({ index }) => (aToB ? index <= pool.tickCurrentIndex : index > pool.tickCurrentIndex)),
    }
  }

  out(input: bigint): bigint | undefined {
    return computeSwap(this.#state, 'in', input)?.amountOut
  }

  in(output: bigint): bigint | undefined {
    return computeSwap(this.#state, 'out', output)?.amountIn
  }

  quote({ amount, exact, slippageBps }: Pick<QuoteRequest, 'amount' | 'exact' | 'slippageBps'>): Quote | undefined {
    const swap = computeSwap(this.#state, exact, amount.units)
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
        swap.amountIn - swap.transferFeeIn - swap.poolFee,
        swap.amountOut + swap.transferFeeOut,
        this.mid,
      ),
      fees: feesOf(swap, this.input, this.output),
      slot: this.slot,
      raw: new OrcaRoute(this.#state, swap),
    }
  }
}

function feesOf(swap: SwapResult, input: Token, output: Token): readonly QuoteFee[] {
  const fee = (kind: QuoteFee['kind'], token: Token, units: bigint): { kind: QuoteFee['kind']; amount: Amount } => ({
    kind,
    amount: { token, units },
  })
  return [
    fee('pool', input, swap.poolFee),
    fee('transfer', input, swap.transferFeeIn),
    fee('transfer', output, swap.transferFeeOut),
  ].filter(({ amount, kind }) => kind === 'pool' || amount.units > 0n)
}
