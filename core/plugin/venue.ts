import type { Amount } from '../money/amount.ts'
import type { Token } from '../money/token.ts'

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
  /** The slot whose state was quoted. */
  readonly slot?: number
  /** The venue's own answer, for building the instructions from it. */
  readonly raw: unknown
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
