import type { Clock, PriceEvent } from '../../../core/index.ts'
import { BarBuilder, type BarRules, type Bars } from './bar-builder.ts'

/** One pair's bars, closed by prices or, where none comes, by the clock. */
export class WatchedPair {
  readonly #bars: BarBuilder
  readonly #clock: Clock
  readonly #give: (bars: Bars) => void
  #timer: ReturnType<Clock['at']> | undefined
  #timer_ms: number | undefined

  constructor(rules: BarRules, since_ms: number, clock: Clock, give: (bars: Bars) => void) {
    this.#bars = new BarBuilder(rules, since_ms)
    this.#clock = clock
    this.#give = give
  }

  /** Prices that are in no bar. */
  get left(): number {
    return this.#bars.left
  }

  take(event: PriceEvent): Bars {
    const bars = this.#bars.take(event)
    this.#setTimer()
    return bars
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer_ms = undefined
  }

  #setTimer(): void {
    const due_ms = this.#bars.nextClose_ms
    if (due_ms === this.#timer_ms) return
    this.#timer?.cancel()
    this.#timer_ms = due_ms
    this.#timer = due_ms === undefined ? undefined : this.#clock.at(due_ms, this.#due)
  }

  readonly #due = (): void => {
    this.#timer_ms = undefined
    const bars = this.#bars.closeUntil(this.#clock.now())
    this.#setTimer()
    this.#give(bars)
  }
}
