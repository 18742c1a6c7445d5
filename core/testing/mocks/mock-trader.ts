import type { IntentEvent } from '../../events/event.ts'
import type { Fill, Reason, Report } from '../../events/report.ts'
import type { Price } from '../../money/price.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import type { OrderState } from '../../orders/state-machine.ts'
import type { Trader } from '../../plugin/services.ts'
import type { Clock } from '../../time/clock.ts'
import { bothSides, type PriceOf } from './exchange.ts'
import { MOCK_VENUE } from './mock-routes.ts'

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
  readonly #orders = new Map<string, OrderRecord>()
  readonly #outcomes = new Map<string, Report>()
  readonly #used = new Map<TradeOutcome, number>()
  #slot = 0

  constructor(options: MockTraderOptions) {
    this.#options = options
  }

  get orders(): readonly OrderRecord[] {
    return [...this.#orders.values()]
  }

  trade: Trader['trade'] = async (intent, venue, { onReport, slippageBps }) => {
    const { clock, progress, delay_ms } = this.#options
    const fullKey = `${intent.node}/${intent.key}`
    const before = this.#outcomes.get(fullKey)
    if (before) return before.state === 'filled' ? { ...before, recovered: true } : { ...before }
    const id = `order-${this.#orders.size + 1}`
    const createdAt = clock.now()
    const save = (state: OrderState, more: { fill?: Fill; reason?: Reason } = {}): void => {
      const updatedAt = clock.now()
      this.#orders.set(fullKey, { id, fullKey, intent, state, attempts: [], createdAt, updatedAt, ...more })
    }
    save('created')
    if (progress) onReport({ ...this.#base(intent, id), state: 'accepted' })
    if (progress) onReport({ ...this.#base(intent, id), state: 'sent', signature: `signature of ${id}`, attempt: 1 })
    if (delay_ms !== undefined && delay_ms > 0) await clock.sleep(delay_ms)
    // A mocked venue tells what it compared when it is asked; a real one would go to the network.
    if (venue.name === MOCK_VENUE) {
      await venue.quote({ ...intent, slippageBps: intent.slippageBps ?? slippageBps }, new AbortController().signal)
    }
    const report = this.#settle(intent, id, venue.name)
    this.#outcomes.set(fullKey, report)
    if (report.state === 'filled') save('confirmed', { fill: report.fill })
    else if ('reason' in report && report.state !== 'simulated')
      save(report.state === 'skipped' ? 'cancelled' : report.state, { reason: report.reason })
    return report
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
    const outcome = this.#outcomeOf(intent)
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
    return { ...base, state: 'filled', recovered: false, fill: this.#fill(intent, id, venue, price) }
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

  #outcomeOf(intent: IntentEvent): TradeOutcome | undefined {
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

/** Orders whose intents a node gave: what its `orders` service lists. */
export function ordersOf(trader: MockTrader, node: string): readonly OrderRecord[] {
  return trader.orders.filter(order => order.intent.node === node)
}
