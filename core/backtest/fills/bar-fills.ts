import type { IntentEvent } from '../../events/event.ts'
import type { Reason } from '../../events/report.ts'
import { bothSides } from '../../money/exchange.ts'
import { LazyPrice } from '../../money/lazy-price.ts'
import type { Price } from '../../money/price.ts'
import { BPS, bpsOf, mulDiv } from '../../money/rounding.ts'
import type { Pair } from '../../money/token.ts'
import type { Quote, QuoteRequest } from '../../plugin/venue.ts'
import { slippageThreshold } from '../../routing/quote-figures.ts'
import type { FillModel, Offer } from './fill-model.ts'
import { DATA_ENDED, tradesPair, wrongPair } from './reasons.ts'

const BAR_VENUE = 'bar'

/**
 * Fills of who knows nothing of a bar but its four prices, and takes the worse where they leave a choice.
 *
 * An order is traded at the open of the next bar. One with a trigger was touched within the bar that has just closed:
 * it is traded at the trigger's price, or at the open where the open was beyond it already (a gap). Stops come before
 * targets, because the bar's low is told before its high. A fee in bps goes from what is paid; depth plays no part.
 */
export class BarFills implements FillModel {
  readonly name = 'bar'
  readonly walk = 'bar'
  readonly #pair: Pair
  readonly #feeBps: number
  readonly #onWaiting: () => void
  #waiting: { readonly intent: IntentEvent; readonly told: (answer: Offer | Reason) => void }[] = []
  #open = 0
  /** Where the price was last. */
  #last: number
  #isOver = false

  constructor(options: {
    readonly pair: Pair
    readonly feeBps: number
    readonly firstPrice: number
    /** An order has begun to wait for a bar to open. */
    readonly onWaiting: () => void
  }) {
    this.#pair = options.pair
    this.#onWaiting = options.onWaiting
    this.#last = options.firstPrice
    this.#feeBps = options.feeBps
  }

  get price(): number {
    return this.#last
  }

  get waits(): boolean {
    return this.#waiting.length > 0
  }

  open(price: number): void {
    this.#last = price
    const opened = new LazyPrice(this.#pair, price)
    for (const { intent, told } of this.#waiting.splice(0)) told(this.#offerAt(opened, intent))
  }

  move(price: number, open: number): boolean {
    this.#last = price
    this.#open = open
    return true
  }

  offer(intent: IntentEvent, told: (answer: Offer | Reason) => void): void {
    if (!tradesPair(this.#pair, intent)) told(wrongPair(this.#pair, intent))
    else if (intent.trigger) told(this.#offerAt(this.#touched(intent.trigger), intent))
    else if (this.#isOver) told(DATA_ENDED)
    else {
      this.#waiting.push({ intent, told })
      this.#onWaiting()
    }
  }

  glance(request: QuoteRequest): Quote | undefined {
    if (!tradesPair(this.#pair, request)) return undefined
    return quoteAt(new LazyPrice(this.#pair, this.#last), request, this.#feeBps, request.slippageBps)
  }

  end(): void {
    this.#isOver = true
    for (const { told } of this.#waiting.splice(0)) told(DATA_ENDED)
  }

  /** The trigger's price; the open, where the price was beyond it from the start. */
  #touched({ price, when }: NonNullable<IntentEvent['trigger']>): Price {
    const open = new LazyPrice(this.#pair, this.#open)
    const isGap = when === 'at-or-below' ? open.scaled <= price.scaled : open.scaled >= price.scaled
    return isGap ? open : price
  }

  #offerAt(price: Price, intent: IntentEvent): Offer {
    return {
      quote: slippageBps => quoteAt(price, intent, this.#feeBps, slippageBps),
      land: ({ input, output }, told) => told({ kind: 'landed', input_units: input.units, output_units: output.units }),
    }
  }
}

type Traded = Pick<QuoteRequest, 'input' | 'output' | 'amount' | 'exact'>

/** A trade at a price: the fee is taken from what is paid, and every rounding is against the trader. */
function quoteAt(price: Price, intent: Traded, feeBps: number, slippageBps: number): Quote | undefined {
  const { amount, exact } = intent
  const fee = exact === 'in' ? bpsOf(amount.units, feeBps, 'up') : 0n
  const net = { token: amount.token, units: amount.units - fee }
  const sides = bothSides(price, { ...intent, amount: net })
  const input =
    exact === 'in' ? amount : { ...sides.input, units: mulDiv(sides.input.units + 1n, BPS, BPS - BigInt(feeBps), 'up') }
  const { output } = sides
  if (input.units === 0n || output.units === 0n) return undefined
  const bound = exact === 'in' ? output : input
  return {
    venue: BAR_VENUE,
    input,
    output,
    threshold: { token: bound.token, units: slippageThreshold(exact, bound.units, slippageBps) },
    exact,
    route: [{ label: `open of a bar, ${feeBps} bps`, pool: BAR_VENUE }],
    raw: undefined,
  }
}
