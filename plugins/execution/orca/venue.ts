import type {
  AccountReader,
  Clock,
  PoolCurve,
  PoolVenue,
  Quote,
  QuoteRequest,
  SwapPlan,
  Token,
} from '../../../core/index.ts'
import { OrcaAddresses, type OrcaPrograms } from './addresses.ts'
import { OrcaCurve, VENUE_NAME } from './curve.ts'
import { Planner } from './plan.ts'
import { PoolReader } from './pool-reader.ts'

export interface OrcaDependencies {
  readonly accounts: AccountReader
  readonly clock: Clock
  readonly programs: OrcaPrograms
}

/** Orca's Whirlpools of one configuration: every fee tier, fixed and adaptive, exact input and exact output. */
export function createOrcaVenue(dependencies: OrcaDependencies): PoolVenue {
  const addresses = new OrcaAddresses(dependencies.programs)
  const reader = new PoolReader(dependencies.accounts, dependencies.clock, addresses)
  const planner = new Planner(dependencies.programs.whirlpool)

  async function pools(input: Token, output: Token, signal: AbortSignal): Promise<readonly PoolCurve[]> {
    const states = await reader.read(input.mint, output.mint, signal)
    return states.map(state => new OrcaCurve(state, input, output))
  }

  return {
    name: VENUE_NAME,
    pools,
    async quote(request: QuoteRequest, signal: AbortSignal): Promise<Quote | undefined> {
      const quotes = (await pools(request.input, request.output, signal)).flatMap(curve => curve.quote(request) ?? [])
      return quotes.reduce<Quote | undefined>(
        (best, quote) => (best && !isBetter(quote, best) ? best : quote),
        undefined,
      )
    },
    async plan(quote: Quote, owner: string): Promise<SwapPlan> {
      return planner.plan(quote, owner)
    },
    async planHops(quotes: readonly Quote[], owner: string): Promise<SwapPlan> {
      return planner.planHops(quotes, owner)
    },
  }
}

function isBetter(quote: Quote, than: Quote): boolean {
  return quote.exact === 'in' ? quote.output.units > than.output.units : quote.input.units < than.input.units
}
