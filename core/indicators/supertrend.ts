import { Atr } from './atr.ts'
import type { Bar, Indicator, Memory } from './indicator.ts'

/**
 * Supertrend: a line below prices that rise and above prices that fall, `multiple` average true ranges from the middle
 * of the bar. It only moves towards the price, until a close beyond it turns the trend. It begins falling, as TradingView
 * and `trading-signals` have it, until a close is above the upper line. Source: O. Seban.
 */
export class Supertrend implements Indicator {
  readonly needs: number
  /** As of the last value. */
  isUp = false
  readonly #atr: Atr
  readonly #multiple: number
  #lower = Number.NaN
  #upper = Number.NaN
  #before: number | undefined

  /** @throws RangeError */
  constructor(period: number, multiple: number) {
    this.#atr = new Atr(period)
    this.#multiple = multiple
    this.needs = this.#atr.needs
  }

  update(bar: Bar): number | undefined {
    const atr = this.#atr.update(bar)
    if (atr === undefined) return undefined
    const { high, low, close } = bar
    const middle = (high + low) / 2
    const lower = middle - this.#multiple * atr
    const upper = middle + this.#multiple * atr
    const before = this.#before
    this.#before = close
    if (before === undefined || lower > this.#lower || before < this.#lower) this.#lower = lower
    if (before === undefined || upper < this.#upper || before > this.#upper) this.#upper = upper
    this.isUp = this.isUp ? close >= this.#lower : close > this.#upper
    return this.isUp ? this.#lower : this.#upper
  }

  memory(): Memory {
    // Before there is a line there is nothing to know of it.
    const line = this.#before === undefined ? null : [this.#lower, this.#upper, this.#before]
    return [this.#atr.memory(), this.isUp, line]
  }

  recall(memory: Memory): void {
    const [atr, isUp, line] = memory as readonly [Memory, boolean, readonly [number, number, number] | null]
    this.#atr.recall(atr)
    this.isUp = isUp
    if (line) [this.#lower, this.#upper, this.#before] = line
  }
}
