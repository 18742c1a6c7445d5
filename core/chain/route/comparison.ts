import type { QuoteRequest } from '../../plugin/venue.ts'
import type { Rate } from '../../routing/curve.ts'
import type { SlippageChoice } from '../../routing/slippage.ts'
import type { Unavailable } from './gather.ts'
import type { Route } from './route.ts'
import type { RouteTerms } from './route-terms.ts'

export interface Comparison {
  readonly request: QuoteRequest
  /** The best that can be sent first; empty when no venue takes this size. */
  readonly routes: readonly Route[]
  /** Routes that can not be sent, with the bytes they would take in one transaction: as far as they were tried. */
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
