import type { AccountReader } from '../../plugin/services.ts'
import type { PoolCurve, PoolVenue, Quote } from '../../plugin/venue.ts'
import { VENUE_NAME } from './curve.ts'
import { planSwap } from './plan.ts'
import { PoolReader } from './pool-reader.ts'

/** The pools of the embedded market, traded directly: the same as any venue whose pools are read from the chain. */
export function createLocalVenue(accounts: AccountReader, programId: string): PoolVenue {
  const reader = new PoolReader(accounts, programId)
  return {
    name: VENUE_NAME,
    pools: (input, output, signal) => reader.curves(input, output, signal),
    async quote(request, signal): Promise<Quote | undefined> {
      const curves: readonly PoolCurve[] = await reader.curves(request.input, request.output, signal)
      const quotes = curves.flatMap(curve => curve.quote(request) ?? [])
      return quotes.reduce<Quote | undefined>(
        (best, quote) => (best && !isBetter(quote, best) ? best : quote),
        undefined,
      )
    },
    plan: async (quote, owner) => planSwap([quote], owner, programId),
    planHops: async (quotes, owner) => planSwap(quotes, owner, programId),
  }
}

function isBetter(a: Quote, b: Quote): boolean {
  return a.exact === 'in' ? a.output.units > b.output.units : a.input.units < b.input.units
}
