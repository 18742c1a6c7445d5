import { Observable, type Subscriber } from 'rxjs'
import type { ForgeEvent, PriceEvent } from '../../events/event.ts'
import { isLowFirst, POINTS_PER_CANDLE, pathOffsets_ms } from '../../localnet/market/path/price-path.ts'
import { LazyPrice } from '../../money/lazy-price.ts'
import type { PipelineRun } from '../../runtime/run.ts'
import type { Timer } from '../../time/clock.ts'
import type { VirtualClock } from '../../time/virtual-clock.ts'
import type { Afterwards } from '../afterwards.ts'
import type { BarSeries } from '../bars.ts'
import type { FillModel } from '../fills/fill-model.ts'

/** Points walked at once before signals, progress and the like get their turn. */
const POINTS_PER_TURN = 16_384

export interface ReplayOptions {
  readonly bars: BarSeries
  readonly clock: VirtualClock
  readonly model: FillModel
  /** What orders do about what comes to pass. */
  readonly afterwards: Afterwards
  /** With a model that walks the path: how long after the market has moved a source knows of it. */
  readonly priceLag_ms: number
  /** A bar is over and the world is quiet: its close, and when that was. */
  readonly onBarEnd: (close: number, at_ms: number) => void
  /** After so many points. */
  readonly onTurn: (barsDone: number) => void
}

interface Listener {
  readonly origin: string
  readonly subscriber: Subscriber<ForgeEvent>
}

/**
 * Lets bars come to pass: moves the clock to each point of them, the market first, then who listens for prices.
 *
 * Where nothing stirs it goes from bar to bar within one call, without a timer or a promise; orders are traded, and timers
 * of nodes that do nothing by promise (`PipelineRun.timed`) are fired, in that call as well. Where something may be under
 * way that nobody can see (`PipelineRun.stirs`), or another timer is due before the next point, it takes its place among
 * the clock's timers instead, so that everything comes to rest first, and in the order of time.
 */
export class Replay {
  readonly #bars: BarSeries
  readonly #clock: VirtualClock
  readonly #model: FillModel
  readonly #options: ReplayOptions
  readonly #afterwards: Afterwards
  readonly #listeners = new Set<Listener>()
  readonly #offsets: readonly number[]
  #run: PipelineRun | undefined
  /** The bar that comes to pass, and its next point. */
  #bar = 0
  #point = 0
  /** A bar whose end was not told yet. */
  #ended = -1
  /** Whether the next thing to come to pass is the open of a bar, for an order that waits for it. */
  #isOpening = false
  #stirred = true
  #timer: Timer | undefined
  #isOver = false
  /** When what comes next comes to pass. */
  #next = 0
  /** When sources learn of moves that they do not know of yet, in order. */
  readonly #sightings: number[] = []
  #lastTold = Number.NaN
  readonly #done = Promise.withResolvers<void>()

  constructor(options: ReplayOptions) {
    this.#options = options
    this.#bars = options.bars
    this.#clock = options.clock
    this.#model = options.model
    this.#afterwards = options.afterwards
    this.#offsets = pathOffsets_ms(options.bars.interval_ms)
  }

  /** Resolves when the last bar is over, or after `stop`. */
  get done(): Promise<void> {
    return this.#done.promise
  }

  /** Bars that have closed. */
  get barsDone(): number {
    return this.#bar
  }

  /** Bars in all. */
  get count(): number {
    return this.#bars.count
  }

  /** The prices as a source gives them. */
  prices(origin: string): Observable<ForgeEvent> {
    return new Observable(subscriber => {
      const listener = { origin, subscriber }
      this.#listeners.add(listener)
      return () => void this.#listeners.delete(listener)
    })
  }

  /** Begins with the clock's next turn, after the nodes of the run. */
  start(run: PipelineRun): void {
    this.#run = run
    this.#timer = this.#clock.at(this.#clock.now(), () => this.#goOn())
  }

  /**
   * Goes no further: the run is over.
   *
   * @returns the place of the first bar that has not ended: what the account holds is still valued to the last
   */
  stop(): number {
    if (this.#isOver) return this.#bars.count
    this.#timer?.cancel()
    this.#tellEnd()
    this.#finish()
    return this.#bar
  }

  /** The market stands elsewhere because of a trade: sources learn of it as of any other move. */
  moved(): void {
    this.#sightings.push(this.#clock.now() + this.#options.priceLag_ms)
    this.reconsider()
  }

  /** An order has begun to wait: the next bar's open may be what comes next. */
  reconsider(): void {
    // While a point comes to pass, what comes next is looked at after it anyway.
    if (this.#timer === undefined || this.#isOver || this.#bar >= this.#bars.count) return
    this.#timer.cancel()
    this.#waitUntil(this.#nextAt())
  }

  #waitUntil(time_ms: number): void {
    this.#timer = this.#clock.at(time_ms, () => this.#arrived(), 'world')
  }

  #goOn(): void {
    this.#timer = undefined
    this.#afterwards.turn(() => this.#walk())
  }

  #arrived(): void {
    this.#timer = undefined
    this.#stirred = false
    this.#afterwards.turn(() => {
      this.#arrive()
      this.#walk()
    })
  }

  #walk(): void {
    const rests = this.#run!.timed ? this.#rests : undefined
    for (let points = 0; points < POINTS_PER_TURN; points++) {
      if (this.#bar >= this.#bars.count && this.#sightings.length === 0) {
        this.#comeToRest()
        return
      }
      this.#next = this.#nextAt()
      if (!this.#stirred && this.#clock.leap(this.#next, rests)) this.#arrive()
      else if (this.#stirred || this.#nextAt() === this.#next) {
        this.#waitUntil(this.#nextAt())
        return
      }
      // Else a timer has brought something nearer.
    }
    this.#options.onTurn(this.#bar)
    this.#timer = this.#clock.at(this.#clock.now(), () => this.#goOn())
  }

  /** After timers were fired on the way to what comes next: whether that is next still, and nothing stirs. */
  readonly #rests = (): boolean => {
    this.#look()
    return !this.#stirred && this.#nextAt() === this.#next
  }

  /** When the next thing comes to pass: the open, while an order waits for it; else the next point of the bar. */
  #nextAt(): number {
    const start_ms = this.#bars.start_ms[this.#bar]!
    if (this.#model.walk === 'bar') {
      // What begins to wait within a bar has missed its open.
      this.#isOpening = this.#model.waits && this.#clock.now() <= start_ms
      return this.#isOpening ? start_ms : start_ms + this.#bars.interval_ms
    }
    const move_ms = this.#moveAt()
    const sighting_ms = this.#sightings[0]
    return sighting_ms !== undefined && sighting_ms < move_ms ? sighting_ms : move_ms
  }

  /** When the market is at the next point of the path; never, after the last bar. */
  #moveAt(): number {
    if (this.#bar >= this.#bars.count) return Number.POSITIVE_INFINITY
    const start_ms = this.#bars.start_ms[this.#bar]!
    return this.#bar === 0 && this.#point === 0 ? start_ms : start_ms + this.#offsets[this.#point]!
  }

  #arrive(): void {
    this.#tellEnd()
    if (this.#model.walk === 'path') this.#arriveOnPath()
    else if (this.#isOpening) {
      this.#model.open(this.#bars.open[this.#bar]!)
      this.#look()
    } else this.#arriveAtClose()
  }

  #arriveAtClose(): void {
    const { interval_ms, close, high, low, open, pair, start_ms } = this.#bars
    const bar = this.#bar
    const opened = start_ms[bar]!
    this.#model.move(close[bar]!, open[bar]!)
    this.#closeBar()
    const at = opened + interval_ms
    for (const { origin, subscriber } of this.#listeners) {
      const event: PriceEvent = {
        kind: 'price',
        at,
        price: new LazyPrice(pair, close[bar]!),
        open: { price: new LazyPrice(pair, open[bar]!), at: opened },
        // The low first: who holds the base meets the stop before the target.
        low: { price: new LazyPrice(pair, low[bar]!), at: opened + this.#offsets[1]! },
        high: { price: new LazyPrice(pair, high[bar]!), at: opened + this.#offsets[2]! },
        origin,
      }
      subscriber.next(event)
    }
    this.#look()
  }

  /** The market first: what is seen at the same instant is seen with its move. */
  #arriveOnPath(): void {
    const now = this.#clock.now()
    if (this.#moveAt() <= now) this.#moveMarket(now)
    else {
      this.#sightings.shift()
      this.#tellPrice(now)
    }
    this.#look()
  }

  #moveMarket(now: number): void {
    const isFirst = this.#bar === 0 && this.#point === 0
    const isNews = this.#model.move(this.#priceOfPoint(), this.#bars.open[this.#bar]!)
    if (++this.#point === POINTS_PER_CANDLE) this.#closeBar()
    // The first price is read, every other one is heard of.
    if (isFirst) this.#tellPrice(now)
    else if (isNews) this.#sightings.push(now + this.#options.priceLag_ms)
  }

  /** What a source sees now, unless it has told that already. */
  #tellPrice(at: number): void {
    const { price } = this.#model
    if (price === this.#lastTold) return
    this.#lastTold = price
    for (const { origin, subscriber } of this.#listeners) {
      subscriber.next({ kind: 'price', at, price: new LazyPrice(this.#bars.pair, price), origin })
    }
  }

  #priceOfPoint(): number {
    const bar = this.#bar
    const open = this.#bars.open[bar]!
    const high = this.#bars.high[bar]!
    const low = this.#bars.low[bar]!
    switch (this.#point) {
      case 0:
        return open
      case 1:
        return isLowFirst({ open, high, low }) ? low : high
      case 2:
        return isLowFirst({ open, high, low }) ? high : low
      default:
        return this.#bars.close[bar]!
    }
  }

  /** What follows is done; whether anything is left of it that nobody can see. */
  #look(): void {
    this.#afterwards.run()
    if (this.#run!.stirs()) this.#stirred = true
  }

  #closeBar(): void {
    this.#ended = this.#bar
    this.#bar++
    this.#point = 0
  }

  #tellEnd(): void {
    const bar = this.#ended
    if (bar < 0) return
    this.#ended = -1
    this.#options.onBarEnd(this.#bars.close[bar]!, this.#bars.start_ms[bar]! + this.#bars.interval_ms)
  }

  /** After the last bar everything comes to rest once more before the end is told. */
  #comeToRest(): void {
    this.#timer = this.#clock.at(this.#clock.now(), () => {
      this.#tellEnd()
      this.#finish()
    })
  }

  #finish(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#model.end()
    this.#options.onTurn(this.#bars.count)
    for (const { subscriber } of [...this.#listeners]) subscriber.complete()
    this.#done.resolve()
  }
}
