import { type CandleEvent, type Pair, type PriceEvent, priceToNumber } from '../../../core/index.ts'

/** None, one or several. */
export type Bars = readonly CandleEvent[] | CandleEvent | undefined

export interface BarRules {
  readonly pair: Pair
  readonly interval_ms: number
  /** What becomes of an interval without a price: no bar, or a flat one at the close before it. */
  readonly gaps: 'skip' | 'flat'
}

/**
 * Makes bars of one pair's prices. A bar holds the prices after its start and until its end, the price of that very
 * instant among them: it is the close. Ends are multiples of the interval since 1970-01-01T00:00Z, and an event's time is
 * its bar's end. A bar is given once, whole, and never amended.
 *
 * A bar that began before prices were watched is not given, and neither is one during which the process slept: nobody
 * knows its high and low. Volume is 0: prices tell of none.
 *
 * A price that stands for several (it has `open`) tells what was first, lowest, highest and last in a stretch of time.
 * When the stretch lies within one bar, that is all the bar needs to know of it; one that ends with the bar makes it whole
 * at once, as a replay of bars does. When it lies across the border of two, neither can be told.
 */
export class BarBuilder {
  /** Prices that came when their bar was over, or before any was watched from its beginning. */
  left = 0
  readonly #rules: BarRules
  readonly #since_ms: number
  /** Prices until then are in no bar that will be given. */
  #from_ms: number
  /** The end of the bar at hand, of which there is a price; undefined between bars. */
  #end_ms: number | undefined
  #open = 0
  #high = 0
  #low = 0
  #close = 0
  /** The end of the bar given last, when the next one may be flat. */
  #given_ms: number | undefined
  /** Bars that are over and not given yet: seldom more than one. */
  #first: CandleEvent | undefined
  readonly #more: CandleEvent[] = []

  /** @param since_ms since when prices are watched */
  constructor(rules: BarRules, since_ms: number) {
    this.#rules = rules
    this.#since_ms = since_ms
    this.#from_ms = Math.ceil(since_ms / rules.interval_ms) * rules.interval_ms
  }

  /** When the clock has to close a bar, unless a price does before: when the last instant of it is over. */
  get nextClose_ms(): number | undefined {
    const due_ms = this.#dueEnd_ms()
    return due_ms === undefined ? undefined : due_ms + 1
  }

  /** The bars that are over with this price: most often none. */
  take(event: PriceEvent): Bars {
    const { at, price, open, low, high } = event
    if (open) {
      if (this.#isWhole(at, open.at)) return this.#wholeBar(event, open)
      if (!this.#takeStretch(event, open)) this.left++
    } else if (this.#put(priceToNumber(price), at)) {
      if (low) this.#reach(low)
      if (high) this.#reach(high)
    } else this.left++
    return this.#taken()
  }

  /** Whether a stretch of prices is one bar and all of it, with none at hand: nothing is to be kept of it then. */
  #isWhole(at: number, from_ms: number): boolean {
    const { interval_ms, gaps } = this.#rules
    const isAlone = this.#end_ms === undefined && this.#first === undefined && gaps === 'skip'
    return isAlone && from_ms === at - interval_ms && at % interval_ms === 0 && from_ms >= this.#from_ms
  }

  #wholeBar({ at, price, low, high }: PriceEvent, open: NonNullable<PriceEvent['open']>): CandleEvent {
    const { pair, interval_ms } = this.#rules
    const first = priceToNumber(open.price)
    const last = priceToNumber(price)
    const highest = Math.max(first, high ? priceToNumber(high.price) : first, last)
    const lowest = Math.min(first, low ? priceToNumber(low.price) : first, last)
    this.#from_ms = at
    return { kind: 'candle', at, pair, interval_ms, open: first, high: highest, low: lowest, close: last, volume: 0 }
  }

  /** The bars that are over by the clock. */
  closeUntil(now_ms: number): Bars {
    this.#closeBefore(now_ms)
    return this.#taken()
  }

  /** The end of the bar at hand, or of the flat one that follows the last. */
  #dueEnd_ms(): number | undefined {
    if (this.#end_ms !== undefined || this.#given_ms === undefined) return this.#end_ms
    return this.#given_ms + this.#rules.interval_ms
  }

  /** @returns whether a bar can be told with it. */
  #takeStretch({ at, price, low, high }: PriceEvent, open: NonNullable<PriceEvent['open']>): boolean {
    this.#closeBefore(open.at + 1)
    const end_ms = this.#endOf(at)
    if (open.at < end_ms - this.#rules.interval_ms) this.#interrupted(at)
    if (at <= this.#from_ms) return false
    this.#enter(priceToNumber(open.price), end_ms)
    this.#widen(priceToNumber((low ?? open).price), priceToNumber((high ?? open).price))
    const last = priceToNumber(price)
    this.#widen(last, last)
    this.#close = last
    if (at === end_ms) this.#finish(end_ms)
    return true
  }

  /** @returns whether it belongs to a bar that can be given. */
  #put(price: number, at: number): boolean {
    this.#closeBefore(at)
    // The price with which watching begins is the first of the bar that begins with it.
    if (at <= this.#from_ms && !(at === this.#since_ms && at === this.#from_ms)) return false
    this.#enter(price, this.#endOf(at))
    this.#close = price
    return true
  }

  #enter(price: number, end_ms: number): void {
    if (this.#end_ms === undefined) {
      this.#end_ms = end_ms
      this.#open = price
      this.#high = price
      this.#low = price
    } else this.#widen(price, price)
  }

  /** An extreme without the first of its stretch: it counts where it is of this bar. */
  #reach({ price, at }: NonNullable<PriceEvent['low']>): void {
    if (at <= this.#from_ms || this.#endOf(at) !== this.#end_ms) return
    const reached = priceToNumber(price)
    this.#widen(reached, reached)
  }

  #widen(low: number, high: number): void {
    if (low < this.#low) this.#low = low
    if (high > this.#high) this.#high = high
  }

  /** The end of the bar that holds this instant. */
  #endOf(at: number): number {
    const { interval_ms } = this.#rules
    return at === this.#since_ms && at === this.#from_ms ? at + interval_ms : Math.ceil(at / interval_ms) * interval_ms
  }

  /** Closes what is over at that time. */
  #closeBefore(at: number): void {
    const due_ms = this.#dueEnd_ms()
    if (due_ms === undefined || at <= due_ms) return
    // The clock would have closed it a whole interval ago, had the process not slept.
    if (at > due_ms + this.#rules.interval_ms) this.#interrupted(at)
    else if (this.#end_ms === undefined) this.#flat(due_ms)
    else this.#finish(due_ms)
  }

  /** Gives the bar at hand. */
  #finish(end_ms: number): void {
    this.#give(end_ms, this.#open, this.#high, this.#low)
    this.#end_ms = undefined
  }

  #flat(end_ms: number): void {
    this.#give(end_ms, this.#close, this.#close, this.#close)
  }

  #give(at: number, open: number, high: number, low: number): void {
    const { pair, interval_ms, gaps } = this.#rules
    const bar: CandleEvent = { kind: 'candle', at, pair, interval_ms, open, high, low, close: this.#close, volume: 0 }
    if (this.#first === undefined) this.#first = bar
    else this.#more.push(bar)
    this.#from_ms = at
    if (gaps === 'flat') this.#given_ms = at
  }

  /** What was missed belongs to no bar: the next one that can be whole begins after now. */
  #interrupted(now_ms: number): void {
    const { interval_ms } = this.#rules
    this.#end_ms = undefined
    this.#given_ms = undefined
    this.#from_ms = Math.ceil(now_ms / interval_ms) * interval_ms
  }

  #taken(): Bars {
    const first = this.#first
    if (first === undefined) return undefined
    this.#first = undefined
    const { length } = this.#more
    return length === 0 ? first : [first, ...this.#more.splice(0)]
  }
}
