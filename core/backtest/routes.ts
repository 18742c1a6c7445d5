import { ForgeError } from '../errors/forge-error.ts'
import type { RouteComparison, RouteService, VenueService } from '../plugin/services.ts'
import type { Quote, QuoteRequest } from '../plugin/venue.ts'
import { COMPARING_VENUE } from './order-fill.ts'

/** What a comparison asks. */
export interface RouteModel {
  readonly name: string
  glance(request: QuoteRequest): Quote | undefined
}

/** The fill model as the one route there is, for execution plugins that compare. */
export function backtestRoutes(model: RouteModel): RouteService {
  return {
    open: async options => {
      const decide = async (
        request: QuoteRequest,
      ): Promise<{ quote: Quote | undefined; comparison: RouteComparison }> => {
        const quote = model.glance(request)
        return {
          quote,
          comparison: {
            input: quote?.input ?? { token: request.input, units: 0n },
            output: request.output,
            rows: quote ? [rowOf(quote)] : [],
            why: quote ? `it is the ${model.name} model of the backtest` : 'the model has no price for it',
            slippage: { bps: request.slippageBps, reasons: [] },
            priorityFee_microLamports: options.priorityFee_microLamports,
            unavailable: [],
            timing: [],
          },
        }
      }
      return {
        name: COMPARING_VENUE,
        quote: async request => (await decide(request)).quote,
        plan: async () => ({ instructions: [], lookupTables: [] }),
        decide,
      }
    },
  }
}

/** The fill model under the name of every venue there is: it stands for all of them. */
export function backtestVenues(model: RouteModel, names: readonly string[]): VenueService {
  return {
    open: async name => {
      if (!names.includes(name)) {
        throw new ForgeError('PLUGIN_UNKNOWN', {
          message: `no execution plugin offers the venue "${name}"`,
          remedy: `There are: ${names.join(', ')}.`,
        })
      }
      return {
        name,
        quote: async request => model.glance(request),
        plan: async () => ({ instructions: [], lookupTables: [] }),
      }
    },
  }
}

function rowOf(quote: Quote): RouteComparison['rows'][number] {
  return {
    kind: 'direct',
    label: quote.route[0]!.label,
    venues: [quote.venue],
    pools: quote.route.map(({ pool }) => pool),
    output: quote.output,
    minimum: quote.exact === 'in' ? quote.threshold : quote.output,
    net: quote.output,
    totalBps: quote.priceImpactBps ?? 0,
    costs: [],
  }
}
