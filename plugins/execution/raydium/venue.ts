import type {
  AccountReader,
  Clock,
  Logger,
  PoolCurve,
  PoolVenue,
  Quote,
  QuoteRequest,
  SwapPlan,
  Token,
} from '../../../core/index.ts'
import { RaydiumCurve, VENUE_NAME } from './curve.ts'
import { planSwap } from './plan.ts'
import { PoolReader } from './pool-reader.ts'
import { AmmV4Kind } from './pools/amm-v4.ts'
import { ClmmKind } from './pools/clmm.ts'
import { CpmmKind } from './pools/cpmm.ts'

/** Raydium's programs on a cluster; what is not there is absent. */
export interface RaydiumPrograms {
  readonly ammV4?: string
  readonly cpmm?: string
  readonly clmm?: string
}

export interface RaydiumDependencies {
  readonly accounts: AccountReader
  readonly clock: Clock
  readonly log: Logger
  readonly programs: RaydiumPrograms
  /** Addresses of pools to look at always. */
  readonly pools?: readonly string[]
}

/** Raydium's AMM v4, CPMM and CLMM pools, exact input and exact output; its API is never asked. */
export function createRaydiumVenue(dependencies: RaydiumDependencies): PoolVenue {
  const { ammV4, cpmm, clmm } = dependencies.programs
  const kinds = [
    ...(ammV4 === undefined ? [] : [new AmmV4Kind(ammV4)]),
    ...(cpmm === undefined ? [] : [new CpmmKind(cpmm)]),
    ...(clmm === undefined ? [] : [new ClmmKind(clmm)]),
  ]
  const { accounts, clock, log } = dependencies
  const reader = new PoolReader(accounts, clock, log, kinds, dependencies.pools ?? [])

  async function pools(input: Token, output: Token, signal: AbortSignal): Promise<readonly PoolCurve[]> {
    const readings = await reader.read(input.mint, output.mint, signal)
    return readings.map(({ state, slot }) => new RaydiumCurve(state, slot, input, output))
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
      return planSwap(quote, owner)
    },
  }
}

function isBetter(quote: Quote, than: Quote): boolean {
  return quote.exact === 'in' ? quote.output.units > than.output.units : quote.input.units < than.input.units
}
