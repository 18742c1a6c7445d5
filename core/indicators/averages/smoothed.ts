import { assertPeriod, type Memory } from '../indicator.ts'
import type { Average } from './average.ts'

/**
 * An average that forgets slowly: it begins as the mean of the first `period` values, and moves by `weight` of the way
 * to each value after that.
 */
class Smoothed implements Average {
  readonly needs: number
  readonly #weight: number
  #count = 0
  #average = 0

  constructor(period: number, weight: number) {
    assertPeriod(period)
    this.needs = period
    this.#weight = weight
  }

  update(value: number): number | undefined {
    if (this.#count >= this.needs) {
      this.#average += (value - this.#average) * this.#weight
      return this.#average
    }
    // The sum, until there is a mean.
    this.#average += value
    if (++this.#count < this.needs) return undefined
    this.#average /= this.needs
    return this.#average
  }

  memory(): Memory {
    return [this.#count, this.#average]
  }

  recall(memory: Memory): void {
    const [count, average] = memory as readonly [number, number]
    this.#count = count
    this.#average = average
  }
}

/**
 * Exponential moving average, weight 2 / (period + 1), begun with the simple mean as TA-Lib, StockCharts and
 * TradingView do. (Tulip and `trading-signals` begin with the first value: theirs come to the same after some periods.)
 */
export class Ema extends Smoothed {
  /** @throws RangeError */
  constructor(period: number) {
    super(period, 2 / (period + 1))
  }
}

/** Wilder's smoothing, weight 1 / period. Source: J. W. Wilder, New Concepts in Technical Trading Systems, 1978. */
export class WilderAverage extends Smoothed {
  /** @throws RangeError */
  constructor(period: number) {
    super(period, 1 / period)
  }
}
