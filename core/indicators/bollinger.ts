import { ValueWindow } from './averages/value-window.ts'
import type { Bar, Indicator, Memory } from './indicator.ts'

/** In the middle of bands without any width. */
const MIDDLE = 0.5

/**
 * Bollinger bands: the mean of the last `period` closes, and bands of `width` population standard deviations around it.
 * Its value is %B: where the close stands, 0 at the lower band and 1 at the upper one.
 * Source: J. Bollinger, Bollinger on Bollinger Bands, 2001.
 */
export class Bollinger implements Indicator {
  readonly needs: number
  /** The bands, as of the last value. */
  lower = Number.NaN
  middle = Number.NaN
  upper = Number.NaN
  readonly #closes: ValueWindow
  readonly #width: number

  /** @throws RangeError */
  constructor(period: number, width: number) {
    this.#closes = new ValueWindow(period)
    this.#width = width
    this.needs = period
  }

  update({ close }: Bar): number | undefined {
    const closes = this.#closes
    closes.push(close)
    if (!closes.isFull) return undefined
    this.middle = closes.sum() / closes.size
    const half = this.#width * Math.sqrt(closes.squares(this.middle) / closes.size)
    this.lower = this.middle - half
    this.upper = this.middle + half
    return half === 0 ? MIDDLE : (close - this.lower) / (this.upper - this.lower)
  }

  memory(): Memory {
    return this.#closes.memory()
  }

  recall(memory: Memory): void {
    this.#closes.recall(memory)
  }
}
