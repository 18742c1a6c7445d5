import type { IntentEvent } from '../../events/event.ts'
import type { Reason } from '../../events/report.ts'
import { formatAmount } from '../../money/amount.ts'
import { type Pair, sameToken } from '../../money/token.ts'
import type { Quote, QuoteRequest } from '../../plugin/venue.ts'
import { priceImpactBps, slippageThreshold } from '../../routing/quote-figures.ts'
import type { Clock } from '../../time/clock.ts'
import type { Random } from '../../time/random.ts'
import { SLOT_MS } from '../slot.ts'
import type { FillModel, Landing, LandsAfter, Offer } from './fill-model.ts'
import { DATA_ENDED, tradesPair, wrongPair } from './reasons.ts'
import { SimulatedPool } from './simulated-pool.ts'

const POOL_VENUE = 'pool'

export interface PoolFillOptions {
  readonly pair: Pair
  readonly clock: Clock
  /** Base units of the base token that the pool holds at the first price. */
  readonly depth_units: bigint
  readonly feeBps: number
  /** Slots between a quote and its landing. */
  readonly latency_slots: number
  /** The same for single trades, where somebody knows. */
  readonly landsAfter_slots?: LandsAfter
  /** The share of transactions that land and fail, as of others who took the pool's price first. */
  readonly failRate: number
  readonly random: Random
  readonly firstPrice: number
  /** The pool stands elsewhere because of a trade with it. */
  readonly onTraded: () => void
}

/**
 * Fills against a constant-product pool of stated depth, by the venue's own mathematics: what is traded moves the price
 * and pays the pool's fee, it lands so many slots after it was quoted, and is refused there when the price has gone past
 * its tolerance. A market maker brings the pool to every point of the candles' path, by trading with it, as the one of
 * the embedded chain does.
 */
export class PoolFills implements FillModel {
  readonly name = 'pool'
  readonly walk = 'path'
  readonly waits = false
  readonly #options: PoolFillOptions
  readonly #pool: SimulatedPool
  #isOver = false

  constructor(options: PoolFillOptions) {
    this.#options = options
    this.#pool = new SimulatedPool(options)
  }

  get price(): number {
    return this.#pool.price()
  }

  open(): void {}

  move(price: number): boolean {
    return this.#pool.moveTo(price)
  }

  offer(intent: IntentEvent, told: (answer: Offer | Reason) => void): void {
    const { clock, pair } = this.#options
    const latency_slots = this.#latencyOf(intent)
    if (!tradesPair(pair, intent)) told(wrongPair(pair, intent))
    else if (this.#isOver) told(DATA_ENDED)
    else
      told({
        quote: slippageBps => this.#quote(intent, slippageBps),
        land: (quote, landed) => {
          if (latency_slots === 0) landed(this.#land(intent, quote))
          else clock.at(clock.now() + latency_slots * SLOT_MS, () => landed(this.#land(intent, quote)))
        },
      })
  }

  glance(request: QuoteRequest): Quote | undefined {
    return tradesPair(this.#options.pair, request) ? this.#quote(request, request.slippageBps) : undefined
  }

  end(): void {
    this.#isOver = true
  }

  #quote(intent: Omit<QuoteRequest, 'slippageBps'>, slippageBps: number): Quote | undefined {
    const { exact, input, output } = intent
    const side = this.#sideOf(intent)
    const trade = this.#pool.quote(side, intent.amount.units, exact)
    if (!trade) return undefined
    const bound = exact === 'in' ? trade.amountOut : trade.amountIn
    return {
      venue: POOL_VENUE,
      input: { token: input, units: trade.amountIn },
      output: { token: output, units: trade.amountOut },
      threshold: {
        token: exact === 'in' ? output : input,
        units: slippageThreshold(exact, bound, slippageBps),
      },
      exact,
      route: [{ label: `pool of stated depth, ${this.#options.feeBps} bps`, pool: POOL_VENUE }],
      priceImpactBps: priceImpactBps(trade.amountIn - trade.fee, trade.amountOut, this.#pool.mid(side)),
      fees: [{ kind: 'pool', amount: { token: input, units: trade.fee } }],
      raw: undefined,
    }
  }

  #land(intent: IntentEvent, quote: Quote): Landing {
    const { failRate, onTraded, random } = this.#options
    // Drawn for each intent by itself: another trade more or less changes no other's luck.
    if (failRate > 0 && random.fork(`${intent.node}/${intent.key}`).next() < failRate) {
      const message = 'the transaction landed and failed: the draw said so (--fail-rate)'
      return { kind: 'refused', reason: { code: 'LANDING_FAILED', message } }
    }
    const { exact } = intent
    const side = this.#sideOf(intent)
    const units = exact === 'in' ? quote.input.units : quote.output.units
    const trade = this.#pool.quote(side, units, exact)
    const isWithin =
      trade && (exact === 'in' ? trade.amountOut >= quote.threshold.units : trade.amountIn <= quote.threshold.units)
    if (!trade || !isWithin) {
      const message = `the price moved further than ${formatAmount(quote.threshold)} allows within ${this.#latencyOf(intent)} slots`
      return { kind: 'refused', reason: { code: 'SLIPPAGE_EXCEEDED', message } }
    }
    this.#pool.trade(side, trade)
    onTraded()
    return { kind: 'landed', input_units: trade.amountIn, output_units: trade.amountOut }
  }

  #latencyOf(intent: IntentEvent): number {
    return this.#options.landsAfter_slots?.(intent) ?? this.#options.latency_slots
  }

  #sideOf({ input }: Pick<QuoteRequest, 'input'>): 'base' | 'quote' {
    return sameToken(input, this.#options.pair.base) ? 'base' : 'quote'
  }
}
