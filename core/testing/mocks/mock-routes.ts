import { bothSides } from '../../money/exchange.ts'
import type { RouteComparison, RouteService } from '../../plugin/services.ts'
import type { Quote, QuoteRequest } from '../../plugin/venue.ts'
import type { Clock } from '../../time/clock.ts'
import type { PriceOf } from './price-of.ts'

/** The venue of mocked routes: the mocked trader asks it for its quote, as the real one would. */
export const MOCK_VENUE = 'mock'

/** One route, at the given price, whatever the venues. */
export function mockRoutes(priceOf: PriceOf, clock: Clock): RouteService {
  return {
    open: async options => {
      const decide = async (
        request: QuoteRequest,
      ): Promise<{ quote: Quote | undefined; comparison: RouteComparison }> => {
        const price = priceOf(request.input, request.output, clock.now())
        const sides = price && bothSides(price, request)
        const { exact, slippageBps } = request
        return {
          quote: sides && {
            venue: MOCK_VENUE,
            ...sides,
            threshold: exact === 'in' ? sides.output : sides.input,
            exact,
            route: [{ label: 'mock', pool: 'mock' }],
            raw: undefined,
          },
          comparison: {
            input: sides?.input ?? { token: request.input, units: 0n },
            output: request.output,
            rows: sides
              ? [
                  {
                    kind: 'direct',
                    label: 'mock',
                    venues: [MOCK_VENUE],
                    pools: ['mock'],
                    output: sides.output,
                    minimum: sides.output,
                    net: sides.output,
                    totalBps: 0,
                    costs: [],
                  },
                ]
              : [],
            why: sides ? 'it is the only mocked route' : 'no price is mocked',
            slippage: { bps: slippageBps, reasons: [] },
            priorityFee_microLamports: options.priorityFee_microLamports,
            unavailable: [],
            timing: [],
          },
        }
      }
      return {
        name: MOCK_VENUE,
        quote: async request => (await decide(request)).quote,
        plan: async () => ({ instructions: [], lookupTables: [] }),
        decide,
      }
    },
  }
}
