import type { Spending } from '../chain/trader/budget-ledger.ts'
import type { Claim } from '../chain/trader/claims.ts'
import { judgeBounds } from '../chain/trader/price-bounds.ts'
import { slippageBps } from '../chain/trader/receipt.ts'
import { outcomeOf, reportBase } from '../chain/trader/reports.ts'
import type { IntentEvent } from '../events/event.ts'
import type { FailedLanding, Fill, FillFees, Reason, Report } from '../events/report.ts'
import { formatAmount } from '../money/amount.ts'
import type { Pair } from '../money/token.ts'
import type { Journal, OrderRecord } from '../orders/journal.ts'
import { shortReason } from '../orders/parts.ts'
import type { OrderState } from '../orders/state-machine.ts'
import type { TradeOptions } from '../plugin/services.ts'
import type { Quote, Venue } from '../plugin/venue.ts'
import type { Clock } from '../time/clock.ts'
import { DirectPromise } from '../time/direct-promise.ts'
import type { Afterwards } from './afterwards.ts'
import { isOffer, type Landing, type Offer } from './fills/fill-model.ts'
import { type Market, marketOf } from './market.ts'
import { SLOT_MS } from './slot.ts'
import { type BacktestWallet, SWAP_COMPUTE_UNITS } from './wallet.ts'

/** What orders are filled with. */
export interface FillTools {
  readonly clock: Clock
  readonly journal: Journal
  /** Those of all pairs. */
  readonly markets: readonly [Pick<Market, 'bars' | 'model'>, ...Pick<Market, 'bars' | 'model'>[]]
  readonly wallet: BacktestWallet
  readonly afterwards: Afterwards
  readonly signal: AbortSignal
  /** Told of each trade that has landed. */
  readonly onFill: (fill: Fill, intent: IntentEvent) => void
  /** Told of each transaction that has landed and failed. */
  readonly onRefused: (landing: RefusedLanding) => void
}

/** A transaction that landed and failed: nothing was traded, and its fees are paid. */
export interface RefusedLanding {
  readonly pair: Pair
  readonly at: number
  readonly intent: IntentEvent
  /** As the pipeline names it; absent for the one that a run is started with. */
  readonly wallet?: string
  readonly orderId: string
  readonly signature: string
  readonly fees: FillFees
  readonly reason: Reason
}

/** The name of a venue whose quotes are asked for what they tell on the way: a route's comparison. */
export const COMPARING_VENUE = 'backtest routes'

const NO_BYTES = new Uint8Array()

/** One order on its way: offered, quoted, sent, landed. Each step comes from time, or after who was called has finished. */
export class OrderFill {
  readonly report = new DirectPromise<Report>()
  readonly #tools: FillTools
  readonly #order: OrderRecord
  readonly #venue: Venue
  readonly #trade: TradeOptions
  readonly #market: FillTools['markets'][number]
  readonly #number: number
  readonly #signature: string
  readonly #slippageBps: number
  /** The order's, with what there is where that is less. */
  #intent: IntentEvent
  #claim: Claim | undefined
  /** Trades that were in flight when what it needs was refused first. */
  #awaited: readonly Claim[] | undefined

  constructor(tools: FillTools, order: OrderRecord, venue: Venue, trade: TradeOptions) {
    this.#tools = tools
    this.#order = order
    this.#venue = venue
    this.#trade = trade
    this.#number = order.attempts.length + 1
    this.#signature = `backtest ${order.id} ${this.#number}`
    this.#slippageBps = order.intent.slippageBps ?? trade.slippageBps
    this.#intent = order.intent
    this.#market = marketOf(order.intent, tools.markets)
    tools.afterwards.add(() => this.#step(() => this.#begin()))
  }

  /** A step that throws ends the order's way as a failed promise, as an async function would. */
  #step(step: () => void): void {
    try {
      step()
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  #fail(thrown: unknown): void {
    this.#release()
    this.report.fail(thrown)
  }

  #begin(): void {
    const { amount, node, upTo } = this.#order.intent
    const free = upTo ? this.#tools.wallet.free(amount.token, node) : 0n
    if (free > 0n && free < amount.units) this.#intent = { ...this.#order.intent, amount: { ...amount, units: free } }
    const late = expiryOf(this.#intent, this.#tools.clock.now())
    if (late) this.#end('expired', late)
    else this.#market.model.offer(this.#intent, answer => this.#step(() => this.#offered(answer)))
  }

  #offered(answer: Offer | Reason): void {
    if (!isOffer(answer)) {
      this.#end(answer.code === 'DATA_ENDED' ? 'expired' : 'failed', answer)
      return
    }
    const intent = this.#intent
    const late = expiryOf(intent, this.#tools.clock.now())
    if (late) this.#end('expired', late)
    else if (this.#venue.name !== COMPARING_VENUE) this.#take(answer)
    else {
      const request = { ...intent, slippageBps: this.#slippageBps }
      this.#venue.quote(request, this.#tools.signal).then(
        () => this.#step(() => this.#take(answer)),
        (thrown: unknown) => this.#fail(thrown),
      )
    }
  }

  #take(offer: Offer): void {
    const { afterwards, wallet } = this.#tools
    const quote = quoteWithin(offer, this.#intent, this.#slippageBps)
    if ('code' in quote) {
      this.#end(quote.code === 'ROUTE_NOT_FOUND' ? 'failed' : 'cancelled', quote)
      return
    }
    const { id, intent } = this.#order
    const wanted = { orderId: id, node: intent.node, input: quote.exact === 'in' ? quote.input : quote.threshold }
    const claimed = wallet.claim({ ...wanted, brings: quote.output })
    if ('code' in claimed) {
      this.#awaited ??= wallet.inFlight()
      const again = (): void => afterwards.add(() => this.#step(() => this.#offered(offer)))
      if (!wallet.awaitRelease(wanted, claimed, this.#awaited, again)) this.#end('failed', claimed)
      return
    }
    this.#claim = claimed
    const fees = wallet.feesOf(intent.output, this.#trade.priorityFee_microLamports)
    this.#sent(quote)
    // Who is sent at the same moment claims its part before anything lands.
    afterwards.add(() =>
      this.#step(() => offer.land(quote, landing => this.#step(() => this.#landed(quote, landing, fees)))),
    )
  }

  #sent(quote: Quote): void {
    const { clock, journal } = this.#tools
    const { id, intent } = this.#order
    const now = clock.now()
    const signature = this.#signature
    journal.attempt({
      orderId: id,
      number: this.#number,
      signature,
      wire: NO_BYTES,
      lastValidBlockHeight: 0,
      venue: this.#venue.name,
      promise: {
        inputUnits: quote.input.units,
        quotedOutputUnits: quote.output.units,
        minimumOutputUnits: minimumOf(quote).units,
      },
      createdAt: now,
    })
    this.#trade.onReport({ ...reportBase(intent, id, now), state: 'sent', signature, attempt: this.#number })
  }

  #landed(quote: Quote, landing: Landing, fees: FillFees): void {
    const { clock, journal, onFill, onRefused, wallet } = this.#tools
    const { id, intent } = this.#order
    if (landing.kind === 'refused') {
      const paid = { ...fees, rent_lamports: 0n }
      wallet.pay(paid)
      this.#release()
      const { reason } = landing
      onRefused({
        pair: this.#market.bars.pair,
        at: clock.now(),
        intent,
        ...(wallet.name !== undefined && { wallet: wallet.name }),
        orderId: id,
        signature: this.#signature,
        fees: paid,
        reason,
      })
      this.#end('failed', landing.reason, {
        signature: this.#signature,
        slot: Math.floor(clock.now() / SLOT_MS),
        at: clock.now(),
        ...(wallet.name !== undefined && { wallet: wallet.name }),
        fees: paid,
      })
      return
    }
    const now = clock.now()
    const input = { token: intent.input, units: landing.input_units }
    const output = { token: intent.output, units: landing.output_units }
    const minimumOutput = minimumOf(quote)
    const promise = {
      inputUnits: quote.input.units,
      quotedOutputUnits: quote.output.units,
      minimumOutputUnits: minimumOutput.units,
    }
    const isShort = this.#intent.amount.units < intent.amount.units
    const short = isShort && `${formatAmount(input)} were traded instead of ${formatAmount(intent.amount)}`
    const fill: Fill = {
      orderId: id,
      key: intent.key,
      venue: this.#venue.name,
      signature: this.#signature,
      slot: Math.floor(now / SLOT_MS),
      at: now,
      input,
      output,
      quotedOutput: quote.output,
      minimumOutput,
      fees,
      computeUnits: SWAP_COMPUTE_UNITS,
      ...(quote.priceImpactBps !== undefined && { priceImpactBps: quote.priceImpactBps }),
      slippageBps: slippageBps(intent.exact, { promise }, input.units, output.units),
      ...(short && { short: `${short}: the wallet had no more to give` }),
      ...(wallet.name !== undefined && { wallet: wallet.name }),
    }
    wallet.swap(input, output, fees)
    this.#release({ fill })
    const reason = shortReason(fill)
    const cause = `filled by the ${this.#market.model.name} model${reason ? `; ${reason.message}` : ''}`
    const ended = journal.move(id, 'confirmed', { now, cause, fill, ...(reason && { reason }) })
    onFill(fill, intent)
    this.report.settle(outcomeOf(ended, false))
  }

  #release(spending?: Spending): void {
    if (this.#claim) this.#tools.wallet.release(this.#claim, spending)
    this.#claim = undefined
  }

  #end(state: OrderState, reason: Reason, failed?: FailedLanding): void {
    const { clock, journal } = this.#tools
    const ended = journal.move(this.#order.id, state, {
      now: clock.now(),
      cause: reason.message,
      reason,
      ...(failed && { failed }),
    })
    this.report.settle(outcomeOf(ended, false))
  }
}

/** A quote within the intent's bounds, tightened once where slippage could carry it over one. */
function quoteWithin(offer: Offer, intent: IntentEvent, tolerated_bps: number): Quote | Reason {
  let bps = tolerated_bps
  for (const isLast of [false, true]) {
    const quote = offer.quote(bps)
    if (!quote) {
      return { code: 'ROUTE_NOT_FOUND', message: 'there is nothing to be had for this amount' }
    }
    const verdict = judgeBounds(intent, quote)
    if (verdict.kind === 'within') return quote
    if (verdict.kind === 'outside') return verdict.reason
    if (isLast) break
    bps = verdict.slippageBps
  }
  return { code: 'PRICE_UNSTEADY', message: 'the price can not be held within its bound' }
}

function minimumOf(quote: Quote): Quote['output'] {
  return quote.exact === 'in' ? quote.threshold : quote.output
}

function expiryOf({ expiresAt }: IntentEvent, now: number): Reason | undefined {
  if (expiresAt === undefined || now <= expiresAt) return undefined
  return { code: 'ORDER_EXPIRED', message: `its time ran out at ${new Date(expiresAt).toISOString()}` }
}
