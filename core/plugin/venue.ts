import type { Amount } from '../money/amount.ts'
import type { Token } from '../money/token.ts'
import type { Curve } from '../routing/curve.ts'

/** An instruction as plain data, so that a plugin needs no particular Solana library. */
export interface Instruction {
  readonly programId: string
  readonly accounts: readonly { readonly address: string; readonly signer: boolean; readonly writable: boolean }[]
  readonly data: Uint8Array
}

export interface QuoteRequest {
  readonly input: Token
  readonly output: Token
  readonly amount: Amount
  readonly exact: 'in' | 'out'
  readonly slippageBps: number
}

/**
 * What is traded of it is held against the request: a part of an exact input at most, no less than an exact output, and
 * a threshold within the slippage asked for, to a unit; else the order fails with VENUE_REFUSED.
 */
export interface Quote {
  readonly venue: string
  readonly input: Amount
  readonly output: Amount
  /** The least (`exact: 'in'`) or the most (`exact: 'out'`, of the input) the transaction will accept. */
  readonly threshold: Amount
  readonly exact: 'in' | 'out'
  /** Pools in order, as `label (address)`. */
  readonly route: readonly { readonly label: string; readonly pool: string }[]
  readonly priceImpactBps?: number
  /** What is kept on the way, within `input` and `output` already; each once. */
  readonly fees?: readonly QuoteFee[]
  /** The slot whose state was quoted. */
  readonly slot?: number
  /** The venue's own answer, for building the instructions from it. */
  readonly raw: unknown
}

/** `pool`: LP and protocol together. `creator`: of the pool's creator. `transfer`: the token's own (Token-2022). */
export interface QuoteFee {
  readonly kind: 'pool' | 'creator' | 'platform' | 'transfer'
  readonly amount: Amount
}

export interface SwapPlan {
  /** In the order they run: setup, swap, cleanup. Without compute budget: the trader sets it from a simulation. */
  readonly instructions: readonly Instruction[]
  readonly lookupTables: readonly string[]
}

/**
 * One place to trade. A size without a route is `undefined`, never a throw; errors are those of the way there
 * (VENUE_UNAVAILABLE, VENUE_REFUSED).
 */
export interface Venue {
  readonly name: string
  quote(request: QuoteRequest, signal: AbortSignal): Promise<Quote | undefined>
  plan(quote: Quote, owner: string, signal: AbortSignal): Promise<SwapPlan>
}

/** What a pool holds, as mathematics sees it. */
export type PoolLiquidity =
  | { readonly kind: 'constant-product'; readonly reserveIn: bigint; readonly reserveOut: bigint }
  | {
      readonly kind: 'concentrated'
      /** √(units of the second mint per unit of the first) × 2^64. */
      readonly sqrtPriceX64: bigint
      /** Liquidity at that price. */
      readonly liquidity: bigint
      /** The input is the pool's first mint: a swap moves the price down. */
      readonly inputIsFirst: boolean
      /** Ticks where liquidity changes, in the order a swap meets them, as far as was read. */
      readonly ticks: readonly { readonly index: number; readonly liquidityNet: bigint }[]
    }

/**
 * One pool and direction on the state of one slot: a curve that routing can ask, compare and split without the
 * network, and that gives the quote whose plan trades it.
 */
export interface PoolCurve extends Curve {
  readonly address: string
  readonly input: Token
  readonly output: Token
  readonly slot: number
  /** Accounts of which one changes whenever the price does; absent, the pool's own. */
  readonly watch?: readonly string[]
  readonly liquidity: PoolLiquidity
  /** The input that buys exactly so much; undefined beyond what the pool holds, absent where the venue has no such swap. */
  in?(output: bigint): bigint | undefined
  /** What `Venue.quote` would answer if this were its only pool. */
  quote(request: Pick<QuoteRequest, 'amount' | 'exact' | 'slippageBps'>): Quote | undefined
}

/** A venue whose pools are read from the chain. */
export interface PoolVenue extends Venue {
  /** Every pool that trades this pair now, read fresh, in no order. Without any: an empty list. */
  pools(input: Token, output: Token, signal: AbortSignal): Promise<readonly PoolCurve[]>
  /**
   * Several hops in one instruction that hands on exactly what each gives; absent where the program has no such swap.
   * @param quotes one for each hop, in order; all but the last without slippage
   */
  planHops?(quotes: readonly Quote[], owner: string, signal: AbortSignal): Promise<SwapPlan>
}
