import { judgeBounds } from '../chain/trader/price-bounds.ts'
import { slippageBps } from '../chain/trader/receipt.ts'
import { outcomeOf, reportBase, stillArmed } from '../chain/trader/reports.ts'
import type { IntentEvent } from '../events/event.ts'
import type { Fill, FillFees, Reason, Report } from '../events/report.ts'
import type { Journal, OrderRecord } from '../orders/journal.ts'
import { FINAL_STATES, type OrderState } from '../orders/state-machine.ts'
import type { TradeOptions, Trader } from '../plugin/services.ts'
import type { Quote, Venue } from '../plugin/venue.ts'
import type { Clock } from '../time/clock.ts'
import { type FillModel, isOffer, type Landing, type Offer } from './fills/fill-model.ts'
import { SLOT_MS } from './slot.ts'
import { type BacktestWallet, SWAP_COMPUTE_UNITS } from './wallet.ts'

export interface BacktestTraderOptions {
  readonly clock: Clock
  readonly journal: Journal
  readonly model: FillModel
  readonly wallet: BacktestWallet
  readonly signal: AbortSignal
  /** Told of each trade that has landed. */
  readonly onFill: (fill: Fill, intent: IntentEvent) => void
  /** Told what a transaction cost that landed and failed. */
  readonly onRefused: (fees: FillFees) => void
}

/** The name of a venue whose quotes are asked for what they tell on the way: a route's comparison. */
export const COMPARING_VENUE = 'backtest routes'

/**
 * Trades as the chain's trader does, key by key and state by state, against a fill model in place of a chain. The same
 * journal rules, price bounds and reports; no signature, and nothing to wait for but the model.
 */
export function createBacktestTrader(options: BacktestTraderOptions): Trader {
  const { clock, journal } = options
  const running = new Map<string, Promise<Report>>()
  const run = (order: OrderRecord, venue: Venue, trade: TradeOptions): Promise<Report> => {
    const report = tradeOrder(options, order, venue, trade).finally(() => running.delete(order.id))
    running.set(order.id, report)
    return report
  }
  return {
    async trade(intent, venue, trade) {
      const { taken, order } = journal.take(intent, clock.now())
      if (!taken) {
        if (FINAL_STATES.includes(order.state)) return outcomeOf(order, true)
        if (order.state === 'armed') throw stillArmed(order)
        return running.get(order.id) ?? run(order, venue, trade)
      }
      trade.onReport({ ...reportBase(order.intent, order.id, clock.now()), state: 'accepted' })
      return run(order, venue, trade)
    },
  }
}

async function tradeOrder(
  options: BacktestTraderOptions,
  order: OrderRecord,
  venue: Venue,
  trade: TradeOptions,
): Promise<Report> {
  const { clock, model, signal, wallet } = options
  const { intent } = order
  const late = expiryOf(intent, clock.now())
  if (late) return end(options, order, 'expired', late)
  const offer = await model.offer(intent, signal)
  if (!isOffer(offer)) {
    return end(options, order, offer.code === 'DATA_ENDED' ? 'expired' : 'failed', offer)
  }
  const tooLate = expiryOf(intent, clock.now())
  if (tooLate) return end(options, order, 'expired', tooLate)
  if (venue.name === COMPARING_VENUE) {
    await venue.quote({ ...intent, slippageBps: intent.slippageBps ?? trade.slippageBps }, signal)
  }
  const quote = quoteWithin(offer, intent, intent.slippageBps ?? trade.slippageBps)
  if ('code' in quote) return end(options, order, quote.code === 'ROUTE_NOT_FOUND' ? 'failed' : 'cancelled', quote)
  const claimed = wallet.claim(quote.exact === 'in' ? quote.input : quote.threshold)
  if (typeof claimed !== 'function') return end(options, order, 'failed', claimed)
  try {
    const fees = wallet.feesOf(intent.output, trade.priorityFee_microLamports)
    sent(options, order, quote, venue, trade)
    const landing = await offer.land(quote, signal)
    return settle(options, order, { quote, landing, fees, venue: venue.name })
  } finally {
    claimed()
  }
}

/** A quote within the intent's bounds, tightened once where slippage could carry it over one. */
function quoteWithin(offer: Offer, intent: IntentEvent, slippageBps: number): Quote | Reason {
  for (const isLast of [false, true]) {
    const quote = offer.quote(slippageBps)
    if (!quote) {
      return { code: 'ROUTE_NOT_FOUND', message: 'there is nothing to be had for this amount' }
    }
    const verdict = judgeBounds(intent, quote)
    if (verdict.kind === 'within') return quote
    if (verdict.kind === 'outside') return verdict.reason
    if (isLast) break
    slippageBps = verdict.slippageBps
  }
  return { code: 'PRICE_UNSTEADY', message: 'the price can not be held within its bound' }
}

function sent(
  { clock, journal }: BacktestTraderOptions,
  order: OrderRecord,
  quote: Quote,
  venue: Venue,
  trade: TradeOptions,
): void {
  const number = order.attempts.length + 1
  const signature = `backtest ${order.id} ${number}`
  journal.attempt({
    orderId: order.id,
    number,
    signature,
    wire: NO_BYTES,
    lastValidBlockHeight: 0,
    venue: venue.name,
    promise: {
      inputUnits: quote.input.units,
      quotedOutputUnits: quote.output.units,
      minimumOutputUnits: (quote.exact === 'in' ? quote.threshold : quote.output).units,
    },
    createdAt: clock.now(),
  })
  trade.onReport({ ...reportBase(order.intent, order.id, clock.now()), state: 'sent', signature, attempt: number })
}

const NO_BYTES = new Uint8Array()

function settle(
  options: BacktestTraderOptions,
  order: OrderRecord,
  trade: { readonly quote: Quote; readonly landing: Landing; readonly fees: FillFees; readonly venue: string },
): Report {
  const { clock, journal, onFill, onRefused, wallet } = options
  const { quote, landing, fees } = trade
  if (landing.kind === 'refused') {
    const paid = { ...fees, rent_lamports: 0n }
    wallet.pay(paid)
    onRefused(paid)
    return end(options, order, 'failed', landing.reason)
  }
  const { intent } = order
  const now = clock.now()
  const input = { token: intent.input, units: landing.input_units }
  const output = { token: intent.output, units: landing.output_units }
  const minimum = quote.exact === 'in' ? quote.threshold : quote.output
  const promise = {
    inputUnits: quote.input.units,
    quotedOutputUnits: quote.output.units,
    minimumOutputUnits: minimum.units,
  }
  const fill: Fill = {
    orderId: order.id,
    key: intent.key,
    venue: trade.venue,
    signature: `backtest ${order.id} ${order.attempts.length + 1}`,
    slot: Math.floor(now / SLOT_MS),
    at: now,
    input,
    output,
    quotedOutput: quote.output,
    minimumOutput: minimum,
    fees,
    computeUnits: SWAP_COMPUTE_UNITS,
    ...(quote.priceImpactBps !== undefined && { priceImpactBps: quote.priceImpactBps }),
    slippageBps: slippageBps(intent.exact, { promise }, input.units, output.units),
  }
  wallet.swap(input, output, fees)
  const ended = journal.move(order.id, 'confirmed', { now, cause: `filled by the ${options.model.name} model`, fill })
  onFill(fill, intent)
  return outcomeOf(ended, false)
}

function expiryOf({ expiresAt }: IntentEvent, now: number): Reason | undefined {
  if (expiresAt === undefined || now <= expiresAt) return undefined
  return { code: 'ORDER_EXPIRED', message: `its time ran out at ${new Date(expiresAt).toISOString()}` }
}

function end({ clock, journal }: BacktestTraderOptions, order: OrderRecord, state: OrderState, reason: Reason): Report {
  return outcomeOf(journal.move(order.id, state, { now: clock.now(), cause: reason.message, reason }), false)
}
