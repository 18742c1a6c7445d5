import { ForgeError, isForgeError, messageOf } from '../../errors/forge-error.ts'
import type { Reason } from '../../events/report.ts'
import { type Amount, formatAmount } from '../../money/amount.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { leftOf } from '../../orders/parts.ts'
import type { TradeOptions } from '../../plugin/services.ts'
import type { Quote, Venue } from '../../plugin/venue.ts'
import type { PriorityPrices } from '../fees/priority-price.ts'
import type { Expectation } from '../guard/expectation.ts'
import { simulateGuarded } from '../guard/guard.ts'
import type { Shield, Traded } from '../mev/shield.ts'
import type { Rpc } from '../rpc/rpc.ts'
import type { LatestBlockhash, Simulation } from '../rpc/rpc-types.ts'
import { compose, type Draft } from '../transaction/compose.ts'
import { COMPUTE_UNITS_MAX, limitFor, priorityFee_lamports } from '../transaction/compute-budget.ts'
import { explainTransactionError } from '../transaction/explain-error.ts'
import type { LookupTableCache } from '../transaction/lookup-tables.ts'
import { notAsAsked } from './as-asked.ts'
import type { BlockhashCache } from './blockhash-cache.ts'
import type { FewAtOnce } from './few-at-once.ts'
import type { Funds, Reservation } from './funds.ts'
import type { TraderSettings } from './options.ts'
import { judgeBounds } from './price-bounds.ts'
import { belowReserve } from './reserve-kept.ts'
import { type LandingTerms, landingTerms, mostLandingCost_lamports, saltOf } from './terms.ts'

/** A transaction that is ready to be signed. */
export interface Prepared {
  readonly kind: 'ready'
  readonly draft: Draft
  readonly quote: Quote
  readonly blockhash: LatestBlockhash
  readonly simulation: Simulation
  readonly limit_units: number
  readonly reservation: Reservation
  readonly terms: LandingTerms
  /** How much less than the order it is, when the wallet has no more. */
  readonly short?: string
}

/** Why there is none. */
export type Declined = { readonly kind: 'skipped' | 'failed'; readonly reason: Reason }

/** What preparing needs; one for the whole trader. */
export interface Workshop {
  readonly rpc: Rpc
  readonly wallet: string
  readonly walletName: string | undefined
  readonly funds: Funds
  readonly blockhashes: BlockhashCache
  readonly tables: LookupTableCache
  readonly shield: Shield
  readonly prices: PriorityPrices
  /** Receipts are read a few at a time: of a thousand, an order that is not sent yet does not wait behind them all. */
  readonly receipts: FewAtOnce
  readonly venuePrograms: ReadonlySet<string>
  readonly acceptedMints: ReadonlySet<string>
  readonly settings: TraderSettings
  readonly stopped: (() => Reason | undefined) | undefined
  readonly signal: AbortSignal
}

/**
 * Quote, bounds, funds, instructions, simulation: everything before the signature, for what is left of the order, or for
 * the part of it that the venue quotes. The funds stay claimed only when the
 * answer is `ready`; then the caller releases them. Nothing here changes anything anywhere.
 *
 * @throws what is passing (VENUE_UNAVAILABLE, RPC_UNAVAILABLE, …) and the signal's reason.
 */
export async function prepare(
  shop: Workshop,
  order: OrderRecord,
  venue: Venue,
  options: TradeOptions,
  collisions = 0,
): Promise<Prepared | Declined> {
  let amount = leftOf(order)
  for (let quotes = 1; ; quotes++) {
    const stopped = shop.stopped?.()
    if (stopped) return { kind: 'skipped', reason: stopped }
    // Before the quote: waiting makes it old.
    const leader = await shop.shield.leaderNear(options.protection, shop.signal)
    const priced = await quoteWithinBounds(shop, order, amount, venue, options)
    if (priced.kind !== 'quoted') return priced
    const { quote } = priced
    const claimed = await shop.funds.claim(
      {
        orderId: order.id,
        node: order.intent.node,
        // All that is left, when the quote is for a part of it: what is missing is said before anything is sent.
        input: quote.exact === 'in' ? amount : quote.threshold,
        output: broughtBy(quote, amount),
        fee_lamports: mostLandingCost_lamports(options),
      },
      shop.signal,
    )
    if (!claimed.ok) {
      const { there } = claimed
      const mayBeLess = order.intent.upTo === true && quote.exact === 'in' && quotes < shop.settings.quotesMax
      if (!mayBeLess || there === undefined || there.units >= amount.units) {
        return { kind: 'failed', reason: claimed.reason }
      }
      amount = there
      continue
    }
    let kept = false
    try {
      const built = await build(shop, order, venue, { quote, leader }, options, claimed.reservation, collisions)
      kept = built.kind === 'ready'
      // What the venue takes a part of may be followed by another.
      if (built.kind === 'ready' && amount.units < leftOf(order).units && quote.input.units === amount.units)
        return { ...built, short: shortText(order, amount) }
      const outdated = built.kind === 'failed' && OUTDATED.includes(built.reason.code)
      if (!outdated || quotes >= shop.settings.quotesMax) return built
    } finally {
      if (!kept) claimed.reservation.release()
    }
  }
}

/** `0.995 SOL were traded instead of 1 SOL: the wallet had no more to give` */
function shortText(order: OrderRecord, amount: Amount): string {
  return `${formatAmount(amount)} were traded instead of ${formatAmount(leftOf(order))}: the wallet had no more to give`
}

/** What all of it brings, when the quote is for a part. */
function broughtBy({ exact, input, output }: Quote, left: Amount): Amount {
  return exact === 'in' ? { token: output.token, units: (output.units * left.units) / input.units } : output
}

/** What a fresh quote may mend. */
const OUTDATED: readonly string[] = ['SLIPPAGE_EXCEEDED', 'QUOTE_STALE']

async function quoteWithinBounds(
  shop: Workshop,
  { intent }: OrderRecord,
  amount: Amount,
  venue: Venue,
  options: TradeOptions,
): Promise<{ kind: 'quoted'; quote: Quote } | Declined> {
  let slippageBps = intent.slippageBps ?? options.slippageBps
  for (let asked = 1; ; asked++) {
    const { input, output, exact } = intent
    const request = { input, output, amount, exact, slippageBps }
    const quote = await guarded(venue, () => venue.quote(request, shop.signal))
    if (!quote) {
      const message = `${venue.name} has no route from ${input.symbol} to ${output.symbol} for this amount`
      return { kind: 'failed', reason: { code: 'ROUTE_NOT_FOUND', message } }
    }
    const refused = notAsAsked(quote, request, venue)
    if (refused) return { kind: 'failed', reason: refused }
    const verdict = judgeBounds(intent, quote)
    if (verdict.kind === 'within') return { kind: 'quoted', quote }
    if (verdict.kind === 'outside') return { kind: 'skipped', reason: verdict.reason }
    if (asked >= shop.settings.quotesMax) {
      const message = 'the price moves too fast to be held within its bound'
      return { kind: 'skipped', reason: { code: 'PRICE_UNSTEADY', message } }
    }
    slippageBps = verdict.slippageBps
  }
}

async function build(
  shop: Workshop,
  order: OrderRecord,
  venue: Venue,
  traded: Traded,
  options: TradeOptions,
  reservation: Reservation,
  collisions: number,
): Promise<Prepared | Declined> {
  const { quote } = traded
  const plan = await guarded(venue, () => venue.plan(quote, shop.wallet, shop.signal))
  const [tables, blockhash, { terms, instructions }] = await Promise.all([
    plan.lookupTables.length > 0 ? shop.tables.get(plan.lookupTables) : {},
    shop.blockhashes.latest(),
    landingTerms(shop, order, traded, plan, options),
  ])
  const draft = compose({
    instructions,
    payer: shop.wallet,
    blockhash: blockhash.blockhash,
    tables,
    price_microLamports: terms.price_microLamports,
    salt: saltOf(order, collisions),
  })
  const simulation = await simulateGuarded(
    shop.rpc,
    { wire: draft.wire, message: draft.message, tables },
    expectationOf(shop, quote, terms),
    reservation.wallet.addresses,
  )
  if (simulation.error !== undefined) {
    return { kind: 'failed', reason: explainTransactionError(simulation.error, simulation.logs) }
  }
  const stale = staleness(quote, simulation.slot, options)
  if (stale) return { kind: 'failed', reason: stale }
  const short = belowReserve(simulation, reservation, shop.funds)
  if (short) return { kind: 'failed', reason: short }
  const limit_units = limitFor(simulation.computeUnits ?? COMPUTE_UNITS_MAX)
  draft.setComputeUnitLimit(limit_units)
  return { kind: 'ready', draft, quote, blockhash, simulation, limit_units, reservation, terms }
}

/** A quote tells of one slot's state: how many have passed is known from the simulation's. */
function staleness(quote: Quote, slot: number, { protection }: TradeOptions): Reason | undefined {
  if (protection?.mode !== 'on' || quote.slot === undefined) return undefined
  const age = slot - quote.slot
  if (age <= protection.quoteAgeMax_slots) return undefined
  return {
    code: 'QUOTE_STALE',
    message: `the quote is ${age} slots old, ${protection.quoteAgeMax_slots} are allowed`,
  }
}

/** What the transaction may do: the trade as it was quoted, and nothing besides. */
function expectationOf(shop: Workshop, quote: Quote, terms: LandingTerms): Expectation {
  const [most, least] = quote.exact === 'in' ? [quote.input, quote.threshold] : [quote.threshold, quote.output]
  return {
    wallet: shop.wallet,
    input: { mint: most.token.mint, maxUnits: most.units },
    output: { mint: least.token.mint, minUnits: least.units },
    venuePrograms: shop.venuePrograms,
    acceptedMints: shop.acceptedMints,
    maxPriorityFee_lamports: priorityFee_lamports(COMPUTE_UNITS_MAX, terms.price_microLamports),
    maxTip_lamports: terms.tip_lamports,
    tipAccounts: terms.tipAccounts,
    maxForeignRent_lamports: 0n,
  }
}

/** What a venue throws without a code is told with its name; it is a plugin, and may be anybody's. */
async function guarded<T>(venue: Venue, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (isForgeError(thrown) || (thrown instanceof Error && thrown.name === 'AbortError')) throw thrown
    throw new ForgeError('VENUE_FAILED', { message: `${venue.name}: ${messageOf(thrown)}`, cause: thrown })
  }
}
