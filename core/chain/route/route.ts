import type { Amount } from '../../money/amount.ts'
import type { PoolCurve, Quote, QuoteRequest } from '../../plugin/venue.ts'
import type { Candidate, CandidateContext } from '../../routing/candidates.ts'
import { allInCost } from '../../routing/cost.ts'
import type { Leg } from '../../routing/split.ts'
import { feesOf } from './quote-fees.ts'

/** A candidate with all it takes to trade it. */
export interface Route extends Candidate {
  /** One for each leg: the quotes of its hops, in order. */
  readonly quotes: readonly (readonly Quote[])[]
  /** What its transactions accept at least, all legs together. */
  readonly minimum: Amount
  /** Of a split that takes several transactions: which legs each of them trades, in turn. */
  readonly transactions?: readonly (readonly number[])[]
  /** The same way in several transactions, each of which pays for its own landing. */
  over(transactions: readonly (readonly number[])[]): Route
  /** Some of its legs alone. */
  part(legs: readonly number[]): Route
}

/** A candidate with its quotes; undefined where a hop gives none. */
export function routeOf(
  candidate: Candidate,
  request: QuoteRequest,
  known: Quote | undefined,
  context: CandidateContext,
): Route | undefined {
  const quotes: (readonly Quote[])[] = []
  for (const leg of candidate.legs) {
    const hops = known ? [known] : hopQuotes(leg, request)
    if (!hops) return undefined
    quotes.push(hops)
  }
  return routeWith(candidate, quotes, request, context)
}

function routeWith(
  candidate: Omit<Candidate, 'cost'>,
  quotes: readonly (readonly Quote[])[],
  request: QuoteRequest,
  context: CandidateContext,
): Route {
  const { legs } = candidate
  // With the quotes at hand the fees within them are told apart; what is left in the wallet is the same.
  const fees = feesOf(legs, quotes, context.mid)
  const least = quotes.reduce((sum, hops) => sum + hops.at(-1)!.threshold.units, 0n)
  const route: Route = {
    ...candidate,
    quotes,
    minimum: { token: request.output, units: least },
    cost: allInCost(legs, context.mid, context.landing(legs), fees),
    over: transactions => ({
      ...route,
      transactions,
      cost: allInCost(legs, context.mid, context.landing(legs, transactions), fees),
    }),
    part: chosen => {
      const kept = chosen.map(index => legs[index]!)
      const output = kept.reduce((sum, leg) => sum + leg.output, 0n)
      const hops = chosen.map(index => quotes[index]!)
      return routeWith({ ...candidate, legs: kept, output }, hops, request, context)
    },
  }
  return route
}

/** The quotes of a leg's hops: only the last hop has a tolerance, the ones before hand on what they were quoted. */
function hopQuotes(leg: Leg, request: QuoteRequest): readonly Quote[] | undefined {
  const hops = (leg.curve.hops ?? [leg.curve]) as readonly PoolCurve[]
  const quotes: Quote[] = []
  let units = leg.input
  for (const [index, curve] of hops.entries()) {
    const isLast = index === hops.length - 1
    const quote = curve.quote({
      amount: { token: curve.input, units },
      exact: request.exact,
      slippageBps: isLast ? request.slippageBps : 0,
    })
    if (!quote) return undefined
    quotes.push(quote)
    units = quote.output.units
  }
  return quotes
}
