import { mulDiv } from '../../../core/money/rounding.ts'
import type { Token } from '../../../core/money/token.ts'
import type { AccountFeed, VenueService } from '../../../core/plugin/services.ts'
import type { PoolCurve, PoolVenue, Quote, QuoteRequest } from '../../../core/plugin/venue.ts'

/** A venue with one pool of a fixed price, whoever is asked for. */
export const fixedVenues: VenueService = { open: async name => venueOf(name) }

/** A line on which nothing happens. */
export const quietFeed: AccountFeed = { watch: () => ({ way: 'polling', confirmedAt_ms: () => undefined }) }

/** Units of the quote token for so many lamports, at 150 USDC for a SOL. */
const LAMPORTS = 1_000_000_000n
const MICRO_USDC = 150_000_000n

function venueOf(name: string): PoolVenue {
  return {
    name,
    quote: async request => quoteOf(name, request),
    plan: async () => ({ instructions: [], lookupTables: [] }),
    pools: async (input, output) => [poolOf(name, input, output)],
  }
}

function rateOf(input: Token): { input: bigint; output: bigint } {
  return input.symbol === 'SOL' ? { input: LAMPORTS, output: MICRO_USDC } : { input: MICRO_USDC, output: LAMPORTS }
}

function quoteOf(venue: string, { input, output, amount }: QuoteRequest): Quote {
  const rate = rateOf(input)
  const received = { token: output, units: mulDiv(amount.units, rate.output, rate.input, 'down') }
  return { venue, input: amount, output: received, threshold: received, exact: 'in', route: [], raw: undefined }
}

function poolOf(venue: string, input: Token, output: Token): PoolCurve {
  const mid = rateOf(input)
  return {
    id: `${venue}/pool`,
    venue,
    label: 'a pool',
    pools: ['pool'],
    address: 'pool',
    input,
    output,
    mid,
    feeBps: 0,
    computeUnits: 1,
    slot: 1,
    liquidity: { kind: 'constant-product', reserveIn: mid.input, reserveOut: mid.output },
    out: units => mulDiv(units, mid.output, mid.input + units, 'down'),
    quote: () => undefined,
  }
}
