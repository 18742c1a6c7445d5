import { outcomeOf } from '../../chain/trader/reports.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import type { IntentEvent } from '../../events/event.ts'
import type { Fill, Report } from '../../events/report.ts'
import { formatAmount } from '../../money/amount.ts'
import { bothSides } from '../../money/exchange.ts'
import type { Price } from '../../money/price.ts'
import { waitsAgain } from '../../orders/again.ts'
import type { Journal, OrderMove, OrderRecord } from '../../orders/journal.ts'
import { FINAL_STATES, type OrderState } from '../../orders/state-machine.ts'
import type { TradeOptions, Trader } from '../../plugin/services.ts'
import type { Venue } from '../../plugin/venue.ts'
import type { Clock } from '../../time/clock.ts'
import { MOCK_VENUE } from './mock-routes.ts'
import type { MockWallet } from './mock-wallet.ts'
import type { PriceOf } from './price-of.ts'

/** How a mocked order ends instead of being filled. */
export interface TradeOutcome {
  /** Of intents with this key, or of this node; of any when absent. */
  readonly key?: string
  readonly node?: string
  readonly state: 'skipped' | 'failed' | 'expired' | 'unresolved'
  readonly code?: string
  readonly message?: string
  /** How many orders end so; then they fill again. Unlimited when absent. */
  readonly times?: number
}

export interface MockTraderOptions {
  readonly clock: Clock
  readonly priceOf: PriceOf
  readonly delay_ms?: number
  readonly outcomes?: readonly TradeOutcome[]
  /** Whether `accepted` and `sent` are reported, too. */
  readonly progress?: boolean
  /** Its orders, and those that an earlier run left. */
  readonly journal: Journal
  /** What is traded must be in it; without one, nothing is ever missing. */
  readonly wallet?: MockWallet
}

export interface MockTrader extends Trader {
  /** Every order, in the order taken. */
  readonly orders: readonly OrderRecord[]
}

/**
 * Trades without a chain: takes each key once, honours bounds and expiry, and fills at the given price after the given
 * time. Fees are those of one signature.
 */
export function mockTrader(options: MockTraderOptions): MockTrader {
  return new PricedTrader(options)
}

class PricedTrader implements MockTrader {
  readonly #options: MockTraderOptions
  readonly #journal: Journal
  readonly #running = new Map<string, Promise<Report>>()
  readonly #used = new Map<TradeOutcome, number>()
  #slot = 0

  constructor(options: MockTraderOptions) {
    this.#options = options
    this.#journal = options.journal
  }

  get orders(): readonly OrderRecord[] {
    return this.#journal.orders()
  }

  trade: Trader['trade'] = async (intent, venue, trade) => {
    const { taken, order } = this.#journal.take(intent, this.#options.clock.now())
    if (FINAL_STATES.includes(order.state)) return outcomeOf(order, true)
    if (order.state === 'armed') {
      throw new ForgeError('ORDER_ARMED', { message: `order ${order.id} (${intent.key}) waits for its trigger` })
    }
    const running = this.#running.get(order.id)
    if (running) return running
    const report = this.#run(order, venue, trade, taken).finally(() => this.#running.delete(order.id))
    this.#running.set(order.id, report)
    return report
  }

  async #run(order: OrderRecord, venue: Venue, trade: TradeOptions, isNew: boolean): Promise<Report> {
    const { clock, progress, delay_ms, wallet } = this.#options
    const { id, intent } = order
    const { onReport, slippageBps } = trade
    if (progress && isNew) onReport({ ...this.#base(intent, id), state: 'accepted' })
    if (progress) onReport({ ...this.#base(intent, id), state: 'sent', signature: `signature of ${id}`, attempt: 1 })
    if (delay_ms !== undefined && delay_ms > 0) await clock.sleep(delay_ms)
    // A mocked venue tells what it compared when it is asked; a real one would go to the network.
    if (venue.name === MOCK_VENUE) {
      await venue.quote({ ...intent, slippageBps: intent.slippageBps ?? slippageBps }, new AbortController().signal)
    }
    const report = this.#settle(intent, id, venue.name)
    const now = clock.now()
    wallet?.release(order.id)
    if (report.state === 'filled') wallet?.traded(report.fill)
    if (report.state === 'filled') this.#end(order, 'confirmed', { now, cause: 'filled', fill: report.fill })
    else if ('reason' in report && report.state !== 'simulated') {
      const { reason } = report
      const state = report.state === 'skipped' ? 'cancelled' : report.state
      if (state !== 'unresolved' && waitsAgain(order, state, reason, now)) {
        return outcomeOf(this.#journal.move(order.id, 'armed', { now, cause: reason.message, reason }), false)
      }
      this.#end(order, state, { now, cause: reason.message, reason })
    }
    return report
  }

  /** As by the chain: what was sent first is confirmed, or can not be told. */
  #end(order: OrderRecord, state: OrderState, details: OrderMove): void {
    if (state === 'confirmed' || state === 'unresolved') {
      this.#journal.move(order.id, 'submitting', { now: details.now, cause: `signature of ${order.id}` })
    }
    this.#journal.move(order.id, state, details)
  }

  #base(intent: IntentEvent, orderId: string) {
    const { key, node, input, output } = intent
    return { kind: 'report' as const, at: this.#options.clock.now(), orderId, key, node, input, output }
  }

  #settle(intent: IntentEvent, id: string, venue: string): Report {
    const base = this.#base(intent, id)
    const ended = (state: TradeOutcome['state'], code: string, message: string): Report => ({
      ...base,
      state,
      reason: { code, message },
    })
    const outcome = this.#mocked(intent)
    if (outcome) return ended(outcome.state, outcome.code ?? 'MOCKED', outcome.message ?? 'the test says so')
    if (intent.expiresAt !== undefined && base.at > intent.expiresAt) {
      return ended('expired', 'INTENT_EXPIRED', 'the intent had expired before it was sent')
    }
    const price = this.#options.priceOf(intent.input, intent.output, base.at)
    if (!price)
      return ended('failed', 'NO_ROUTE', `no mocked price of ${intent.input.symbol} and ${intent.output.symbol}`)
    const { min, max } = intent.bounds ?? {}
    if (max && price.scaled > max.scaled) return ended('skipped', 'PRICE_ABOVE_BOUND', 'the price is above the bound')
    if (min && price.scaled < min.scaled) return ended('skipped', 'PRICE_BELOW_BOUND', 'the price is below the bound')
    const fill = this.#fill(intent, id, venue, price)
    const { wallet } = this.#options
    if (wallet && wallet.held(intent.input) < fill.input.units) {
      return ended('failed', 'FUNDS_INSUFFICIENT', `the wallet has less than ${formatAmount(fill.input)}`)
    }
    return { ...base, state: 'filled', recovered: false, fill }
  }

  #fill(intent: IntentEvent, id: string, venue: string, price: Price): Fill {
    const { input, output } = bothSides(price, intent)
    return {
      orderId: id,
      key: intent.key,
      venue,
      signature: `signature of ${id}`,
      slot: ++this.#slot,
      at: this.#options.clock.now(),
      input,
      output,
      quotedOutput: output,
      minimumOutput: output,
      fees: { base_lamports: 5_000n, priority_lamports: 0n, tip_lamports: 0n, rent_lamports: 0n },
      computeUnits: 100_000,
      slippageBps: 0,
    }
  }

  #mocked(intent: IntentEvent): TradeOutcome | undefined {
    const outcome = this.#options.outcomes?.find(
      each =>
        (each.key ?? intent.key) === intent.key &&
        (each.node ?? intent.node) === intent.node &&
        (this.#used.get(each) ?? 0) < (each.times ?? Number.POSITIVE_INFINITY),
    )
    if (outcome) this.#used.set(outcome, (this.#used.get(outcome) ?? 0) + 1)
    return outcome
  }
}
