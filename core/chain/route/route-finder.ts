import type { Token } from '../../money/token.ts'
import type { AccountReader, RouteComparison } from '../../plugin/services.ts'
import type { Quote, QuoteRequest, Venue } from '../../plugin/venue.ts'
import {
  type Candidate,
  type CandidateContext,
  candidatesOf,
  chains,
  quotedCandidate,
  rank,
} from '../../routing/candidates.ts'
import type { Curve, Rate } from '../../routing/curve.ts'
import { type PriceSample, volatilityPerSecond, waitingCost } from '../../routing/movement.ts'
import { dynamicSlippage, type SlippageChoice } from '../../routing/slippage.ts'
import type { Clock } from '../../time/clock.ts'
import { associatedTokenAddress } from '../associated-token.ts'
import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../guard/expectation.ts'
import type { Tip } from '../mev/shield.ts'
import { ownAccountBytes, usualDeposit_lamports } from '../mint/account-size.ts'
import type { Comparison } from './comparison.ts'
import { describeComparison } from './describe.ts'
import { type Gathered, gather, type VenueChoice } from './gather.ts'
import { routeOf } from './route.ts'
import { plainTerms, type RouteTerms, type RouteTermsOptions, routeTerms } from './route-terms.ts'

export interface RouteFinderOptions {
  readonly venues: readonly VenueChoice[]
  /** Tokens a two-hop route may go through. */
  readonly via: readonly Token[]
  /** SOL of the cluster: fees are paid in it. */
  readonly sol: Token
  /** Pools one trade may be split over. */
  readonly maxLegs: number
  readonly priorityFee_microLamports: bigint
  /** Recent fees and protection; absent: the price as it is, and no tip. */
  readonly terms?: RouteTermsOptions
  /** The least tolerance; a request's own `slippageBps` is the most. */
  readonly minSlippageBps: number
  /** Quote-to-fill errors of late, in bps. */
  recentErrorsBps(): readonly number[]
  readonly accounts: AccountReader
  /** The trading wallet. */
  readonly owner: string
  /** Bytes of a transaction that a route must leave free, as for a tip; 0 unless given. */
  readonly room_bytes?: number
  readonly clock: Clock
}

const LAMPORTS_PER_SIGNATURE = 5_000n
/** Opening an associated account, wrapping and unwrapping, about. */
const SETUP_COMPUTE_UNITS = 30_000
const UNKNOWN_CURVE_COMPUTE_UNITS = 200_000
/** From quote to landing, about: two slots to sign and reach a leader, and two more. */
const LANDING_S = 2
/** Mid prices kept for each pair: what movement is told from. */
const SAMPLES_KEPT = 120

/** Compares every way the venues offer, by what is left in the wallet. */
export class RouteFinder {
  readonly #options: RouteFinderOptions
  readonly #samples = new Map<string, PriceSample[]>()

  constructor(options: RouteFinderOptions) {
    this.#options = options
  }

  /** The trading wallet. */
  get owner(): string {
    return this.#options.owner
  }

  /** Bytes of a transaction that a route must leave free. */
  get room_bytes(): number {
    return this.#options.room_bytes ?? 0
  }

  /** The venue that made a quote. */
  venueOf(quote: Quote): Venue | undefined {
    const found = this.#options.venues.find(choice => choice.name === quote.venue)
    return found && 'venue' in found ? found.venue : undefined
  }

  /** As an event tells it. */
  describe(comparison: Comparison): RouteComparison {
    return describeComparison(comparison)
  }

  async compare(request: QuoteRequest, signal: AbortSignal): Promise<Comparison> {
    const { clock, accounts, owner, venues, via, sol } = this.#options
    const steps: { name: string; wall_ms: number }[] = []
    const timed = async <T>(name: string, work: Promise<T>): Promise<T> => {
      const from = clock.wall_ms()
      const result = await work
      steps.push({ name, wall_ms: clock.wall_ms() - from })
      return result
    }
    const opened = associatedTokenAddress(
      owner,
      request.output.mint,
      request.output.program === 'token-2022' ? TOKEN_2022_PROGRAM : TOKEN_PROGRAM,
    )
    const [gathered, holdings, tip] = await Promise.all([
      timed('read pools and quotes', gather(venues, request, [...new Set([...via, sol])], signal)),
      accounts.many([opened, request.output.mint], signal),
      this.#options.terms?.shield.tip(this.#options.terms.protection, signal),
    ])
    const curves = curvesOf(gathered, request.amount.units)
    const widest = bestSingle(curves, request)
    const mid = midOf(curves, widest)
    const volatility = this.#volatility(request, mid)
    const terms = await this.#terms(tip, widest, work => timed('recent fees', work))
    const from = clock.wall_ms()
    const [account, mint] = holdings.accounts
    const rent = account || request.output.mint === sol.mint ? 0n : usualDeposit_lamports(ownAccountBytes(mint))
    const context = {
      mid,
      maxLegs: this.#options.maxLegs,
      landing: this.#landing(request, lamportRate(gathered, request, sol, mid), rent, terms, volatility),
    }
    const quoted = new Map<Candidate, Quote>()
    for (const quote of gathered.quotes) {
      const leg = { curve: curveOf(quote, mid), input: quote.input.units, output: quote.output.units }
      quoted.set(quotedCandidate(labelOf(quote), leg, context, { platform: 0n, transfer: 0n }), quote)
    }
    const own = request.exact === 'in' ? candidatesOf(curves, request.amount.units, context) : []
    const ranked = rank([...own, ...quoted.keys()])
    const slippage = this.#slippage(request, volatility, ranked[0])
    const tolerated = { ...request, slippageBps: slippage.bps }
    const routes = ranked.flatMap(each => routeOf(each, tolerated, quoted.get(each), context) ?? [])
    steps.push({ name: 'compare and split', wall_ms: clock.wall_ms() - from })
    const oversized: Comparison['oversized'] = new Map()
    return { request, routes, oversized, unavailable: gathered.unavailable, mid, slippage, terms, steps }
  }

  /** Standard deviation of the pair's price over one second, as far as comparisons have seen it. */
  #volatility({ input, output }: QuoteRequest, mid: Rate): number | undefined {
    const pair = `${input.mint}/${output.mint}`
    const samples = this.#samples.get(pair) ?? []
    samples.push({ at_ms: this.#options.clock.now(), price: Number(mid.output) / Number(mid.input) })
    this.#samples.set(pair, samples.slice(-SAMPLES_KEPT))
    return volatilityPerSecond(samples)
  }

  /** How far the price is likely to move while one transaction lands. */
  #movement(volatility: number | undefined): { fraction: number; source: string } {
    if (volatility !== undefined) {
      const fraction = volatility * Math.sqrt(LANDING_S)
      return { fraction, source: `the price's deviation over ${LANDING_S} s of landing, for what waits for it` }
    }
    const { minSlippageBps } = this.#options
    const source = `${minSlippageBps} bps for what waits: no price history, so the least tolerance stands for it`
    return { fraction: minSlippageBps / 10_000, source }
  }

  #slippage(request: QuoteRequest, volatility: number | undefined, best: Candidate | undefined): SlippageChoice {
    const { minSlippageBps } = this.#options
    const leg = best?.legs[0]
    return dynamicSlippage({
      curve: leg?.curve ?? { out: () => undefined },
      input: leg?.input ?? request.amount.units,
      ...(volatility !== undefined && { volatilityPerSecond: volatility }),
      landing_s: LANDING_S,
      observedErrorsBps: this.#options.recentErrorsBps(),
      minBps: Math.min(minSlippageBps, request.slippageBps),
      maxBps: request.slippageBps,
    })
  }

  async #terms(
    tip: Tip | undefined,
    best: Curve | undefined,
    timed: <T>(work: Promise<T>) => Promise<T>,
  ): Promise<RouteTerms> {
    const { terms, priorityFee_microLamports: fixed } = this.#options
    if (!terms) return plainTerms(fixed)
    const work = routeTerms(terms, fixed, tip, best)
    return terms.recentFees ? timed(work) : work
  }

  #landing(
    { output }: QuoteRequest,
    rate: Rate,
    rent_lamports: bigint,
    { price: { price_microLamports: price, reason }, tip }: RouteTerms,
    volatility: number | undefined,
  ): CandidateContext['landing'] {
    const expected = expectedSlippage(this.#options.recentErrorsBps())
    const movement = this.#movement(volatility)
    return (legs, groups = [[...legs.keys()]]) => {
      const transactions = groups.length
      const units = legs.reduce((sum, leg) => sum + leg.curve.computeUnits, SETUP_COMPUTE_UNITS * transactions)
      const each = transactions > 1 ? ` in each of ${transactions} transactions` : ''
      return {
        signatures: transactions,
        lamportsPerSignature: LAMPORTS_PER_SIGNATURE,
        priorityFee_lamports: (BigInt(units) * price + 999_999n) / 1_000_000n,
        tip_lamports: (tip?.lamports ?? 0n) * BigInt(transactions),
        rent_lamports,
        lamportRate: rate,
        expectedSlippageBps: expected.bps,
        waiting: waitingCost(legs, groups, movement.fraction),
        sources: {
          priorityFee: `${price} micro-lamports × ${units} compute units, ${reason}`,
          tip: tip ? `${tip.source}${each}` : 'none',
          rent: `account for ${output.symbol}`,
          slippage: expected.source,
          waiting: movement.source,
        },
      }
    }
  }
}

/** How much less than quoted such trades got lately, on average; what was gained now and then counts as nothing. */
function expectedSlippage(errorsBps: readonly number[]): { bps: number; source: string } {
  if (errorsBps.length === 0) return { bps: 0, source: 'none seen' }
  const mean = errorsBps.reduce((sum, error) => sum + error, 0) / errorsBps.length
  return { bps: Math.max(0, mean), source: `mean of the last ${errorsBps.length} fills` }
}

/** Every way through known pools: direct, and over each intermediate token. */
function curvesOf(gathered: Gathered, input: bigint): readonly Curve[] {
  const twoHop = [...gathered.hops.values()].flatMap(({ first, second }) => chains(first, second, input))
  return [...gathered.direct, ...twoHop]
}

/** The single way that gives most for this size. */
function bestSingle(curves: readonly Curve[], request: QuoteRequest): Curve | undefined {
  let best: { curve: Curve; out: bigint } | undefined
  for (const curve of curves) {
    const out = request.exact === 'in' ? curve.out(request.amount.units) : undefined
    if (out !== undefined && (!best || out > best.out)) best = { curve, out }
  }
  return best?.curve
}

/** The yardstick: the mid price of the best single way, so that a shallow pool sets no standard. */
function midOf(curves: readonly Curve[], best: Curve | undefined): Rate {
  return best?.mid ?? curves[0]?.mid ?? { input: 1n, output: 1n }
}

/** What a lamport is worth in output units: at the mid price of the deepest pool that says. */
function lamportRate(gathered: Gathered, request: QuoteRequest, sol: Token, mid: Rate): Rate {
  if (request.output.mint === sol.mint) return { input: 1n, output: 1n }
  if (request.input.mint === sol.mint) return mid
  const pool = gathered.hops.get(sol.mint)?.second.find(curve => curve.mid.input > 0n)
  // Without a pool between SOL and the output fees can not be told in it: they count as nothing.
  return pool?.mid ?? { input: 1n, output: 0n }
}

/** A quote of a venue that tells nothing of its inside, as a curve of one point. */
function curveOf(quote: Quote, mid: Rate): Curve {
  return {
    id: `${quote.venue}/quote`,
    venue: quote.venue,
    label: labelOf(quote),
    pools: quote.route.map(hop => hop.pool),
    out: input => (input === quote.input.units ? quote.output.units : undefined),
    mid,
    feeBps: 0,
    computeUnits: UNKNOWN_CURVE_COMPUTE_UNITS,
    ...(quote.slot === undefined ? {} : { slot: quote.slot }),
  }
}

function labelOf(quote: Quote): string {
  return `${quote.venue}: ${quote.route.map(hop => hop.label).join(' → ')}`
}
