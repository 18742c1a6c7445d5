import type { Amount } from '../../money/amount.ts'
import type { Quote, QuoteRequest } from '../../plugin/venue.ts'
import type { Candidate } from '../../routing/candidates.ts'
import type { Rate } from '../../routing/curve.ts'
import type { SlippageChoice } from '../../routing/slippage.ts'
import type { Unavailable } from './gather.ts'
import type { RouteTerms } from './route-terms.ts'

/** A candidate with all it takes to trade it. */
export interface Route extends Candidate {
  /** One for each leg: the quotes of its hops, in order. */
  readonly quotes: readonly (readonly Quote[])[]
  /** What the transaction accepts at least, all legs together. */
  readonly minimum: Amount
}

export interface Comparison {
  readonly request: QuoteRequest
  /** The best that one transaction holds first; empty when no venue takes this size. */
  readonly routes: readonly Route[]
  /** Routes that no transaction holds, with the bytes they would take: as far as they were tried. */
  readonly oversized: ReadonlyMap<Route, number>
  readonly unavailable: readonly Unavailable[]
  readonly mid: Rate
  /** The tolerance of every route here, and how it came about. */
  readonly slippage: SlippageChoice
  /** What landing costs, and what protects it. */
  readonly terms: RouteTerms
  /** Wall time of each step in milliseconds. */
  readonly steps: readonly { readonly name: string; readonly wall_ms: number }[]
}
