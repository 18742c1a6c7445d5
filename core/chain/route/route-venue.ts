import { ForgeError } from '../../errors/forge-error.ts'
import { SOL_MINT } from '../../money/token.ts'
import type { RouteComparison, RoutingVenue } from '../../plugin/services.ts'
import type { Quote, QuoteRequest, SwapPlan } from '../../plugin/venue.ts'
import { associatedTokenAddress } from '../associated-token.ts'
import { TOKEN_PROGRAM } from '../guard/expectation.ts'
import type { Comparison, Route } from './comparison.ts'
import { oversizeOf } from './fit.ts'
import { isPoolVenue } from './gather.ts'
import { mergePlans } from './merge-plans.ts'
import type { RouteFinder } from './route-finder.ts'

/** What `plan` needs of a route's quote. */
class RoutedQuote {
  readonly route: Route

  constructor(route: Route) {
    this.route = route
  }
}

/**
 * The best way over several venues, as one venue: its quote is the route that leaves most in the wallet, its plan all
 * the route's swaps in one transaction. A fill names the venues that were used.
 */
export class RouteVenue implements RoutingVenue {
  readonly name = 'best-route'
  readonly #finder: RouteFinder
  readonly #plans = new WeakMap<Route, { readonly owner: string; readonly plan: Promise<SwapPlan> }>()

  constructor(finder: RouteFinder) {
    this.#finder = finder
  }

  async quote(request: QuoteRequest, signal: AbortSignal): Promise<Quote | undefined> {
    return (await this.decide(request, signal)).quote
  }

  async decide(
    request: QuoteRequest,
    signal: AbortSignal,
  ): Promise<{ quote: Quote | undefined; comparison: RouteComparison }> {
    const compared = await this.#fitted(await this.#finder.compare(request, signal), signal)
    const comparison = this.#finder.describe(compared)
    const [route] = compared.routes
    return { quote: route && quoteOf(route, request), comparison }
  }

  async plan(quote: Quote, owner: string, signal: AbortSignal): Promise<SwapPlan> {
    if (!(quote.raw instanceof RoutedQuote)) {
      throw new ForgeError('VENUE_REFUSED', { message: `best-route can not plan a quote of ${quote.venue}` })
    }
    return this.#planRoute(quote.raw.route, owner, signal)
  }

  /**
   * The first by rank that one transaction holds comes first. Where none does the order stays: the trader then says what
   * is too large.
   */
  async #fitted(compared: Comparison, signal: AbortSignal): Promise<Comparison> {
    const oversized = new Map<Route, number>()
    for (const route of compared.routes) {
      const bytes = await this.#oversizeOf(route, signal)
      if (bytes === undefined) {
        return { ...compared, oversized, routes: [route, ...compared.routes.filter(other => other !== route)] }
      }
      oversized.set(route, bytes)
    }
    return { ...compared, oversized }
  }

  /** A single pool always fits, and an aggregator sees to its own size. */
  async #oversizeOf(route: Route, signal: AbortSignal): Promise<number | undefined> {
    if (route.quotes.flat().length === 1) return undefined
    const { owner, room_bytes } = this.#finder
    return oversizeOf(await this.#planRoute(route, owner, signal), owner, room_bytes)
  }

  /** Once for the same wallet: the plan that was measured is the plan that is traded. */
  #planRoute(route: Route, owner: string, signal: AbortSignal): Promise<SwapPlan> {
    const planned = this.#plans.get(route)
    if (planned?.owner === owner) return planned.plan
    const plan = Promise.all(route.quotes.map(hops => this.#planLeg(hops, owner, signal))).then(legs =>
      mergePlans(legs),
    )
    this.#plans.set(route, { owner, plan })
    return plan
  }

  async #planLeg(hops: readonly Quote[], owner: string, signal: AbortSignal): Promise<SwapPlan> {
    const venues = hops.map(hop => this.#finder.venueOf(hop))
    const [venue] = venues
    if (!venue || venues.some(each => !each)) {
      throw new ForgeError('VENUE_REFUSED', {
        message: `the venue of ${hops.map(hop => hop.venue).join(', ')} is not open`,
      })
    }
    if (hops.length === 1) return venue.plan(hops[0]!, owner, signal)
    if (isPoolVenue(venue) && venue.planHops && venues.every(each => each === venue)) {
      return venue.planHops(hops, owner, signal)
    }
    const plans = await Promise.all(hops.map((hop, index) => venues[index]!.plan(hop, owner, signal)))
    const between = hops.slice(0, -1).some(hop => hop.output.token.mint === SOL_MINT)
    // Between two programs wrapped SOL stays in the wallet's account: the first swap fills it, the next one spends it.
    return mergePlans(plans, new Set(between ? [associatedTokenAddress(owner, SOL_MINT, TOKEN_PROGRAM)] : []))
  }
}

function quoteOf(route: Route, request: QuoteRequest): Quote {
  const quotes = route.quotes.flat()
  const impact = route.cost.lines.find(line => line.kind === 'price-impact')
  return {
    venue: [...new Set(quotes.map(quote => quote.venue))].join('+'),
    input: request.amount,
    output: { token: request.output, units: route.output },
    threshold: route.minimum,
    exact: request.exact,
    route: quotes.flatMap(quote => quote.route),
    ...(impact && { priceImpactBps: impact.bps }),
    ...slotOf(quotes),
    raw: new RoutedQuote(route),
  }
}

function slotOf(quotes: readonly Quote[]): { slot?: number } {
  const slots = quotes.flatMap(quote => quote.slot ?? [])
  return slots.length === quotes.length ? { slot: Math.min(...slots) } : {}
}
