import { ForgeError } from '../../errors/forge-error.ts'
import { SOL_MINT } from '../../money/token.ts'
import type { RouteComparison, RoutingVenue } from '../../plugin/services.ts'
import type { Quote, QuoteRequest, SwapPlan } from '../../plugin/venue.ts'
import { associatedTokenAddress } from '../associated-token.ts'
import { TOKEN_PROGRAM } from '../guard/expectation.ts'
import { fitComparison } from './fit-comparison.ts'
import { isPoolVenue } from './gather.ts'
import { mergePlans } from './merge-plans.ts'
import type { Route } from './route.ts'
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
 * the route's swaps in one transaction. Of a route that takes several transactions, quote and plan are those of the
 * first: what is left is compared anew when that has landed. A fill names the venues that were used.
 */
export class RouteVenue implements RoutingVenue {
  readonly name = 'best-route'
  readonly #finder: RouteFinder
  readonly #plans = new WeakMap<
    Route['quotes'],
    { readonly owner: string; readonly plans: Promise<readonly SwapPlan[]> }
  >()

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
    const { owner, room_bytes } = this.#finder
    const plansOf = (route: Route): Promise<readonly SwapPlan[]> => this.#plansOf(route, owner, signal)
    const compared = await fitComparison(await this.#finder.compare(request, signal), { owner, room_bytes, plansOf })
    const comparison = this.#finder.describe(compared)
    const [route] = compared.routes
    return { quote: route && quoteOf(route, request), comparison }
  }

  async plan(quote: Quote, owner: string, signal: AbortSignal): Promise<SwapPlan> {
    if (!(quote.raw instanceof RoutedQuote)) {
      throw new ForgeError('VENUE_REFUSED', { message: `best-route can not plan a quote of ${quote.venue}` })
    }
    const { route } = quote.raw
    const plans = await this.#plansOf(route, owner, signal)
    const [first = [...plans.keys()]] = route.transactions ?? []
    return mergePlans(first.map(index => plans[index]!))
  }

  /** Once for the same wallet: the plans that were measured are the plans that are traded. */
  #plansOf(route: Route, owner: string, signal: AbortSignal): Promise<readonly SwapPlan[]> {
    const planned = this.#plans.get(route.quotes)
    if (planned?.owner === owner) return planned.plans
    const plans = Promise.all(route.quotes.map(hops => this.#planLeg(hops, owner, signal)))
    this.#plans.set(route.quotes, { owner, plans })
    return plans
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

function quoteOf(whole: Route, request: QuoteRequest): Quote {
  const [first] = whole.transactions ?? []
  const route = first ? whole.part(first) : whole
  const quotes = route.quotes.flat()
  const impact = route.cost.lines.find(line => line.kind === 'price-impact')
  const units = route.legs.reduce((sum, leg) => sum + leg.input, 0n)
  return {
    venue: [...new Set(quotes.map(quote => quote.venue))].join('+'),
    input: first ? { token: request.input, units } : request.amount,
    output: { token: request.output, units: route.output },
    threshold: route.minimum,
    exact: request.exact,
    route: quotes.flatMap(quote => quote.route),
    ...(impact && { priceImpactBps: impact.bps }),
    ...slotOf(quotes),
    raw: new RoutedQuote(whole),
  }
}

function slotOf(quotes: readonly Quote[]): { slot?: number } {
  const slots = quotes.flatMap(quote => quote.slot ?? [])
  return slots.length === quotes.length ? { slot: Math.min(...slots) } : {}
}
