import { ValueWindow } from './averages/value-window.ts'
import { assertPeriod, type Bar, type Indicator, type Memory } from './indicator.ts'

/** Rate of change: by how many percent the close is above that of `period` bars ago. */
export class RateOfChange implements Indicator {
  readonly needs: number
  readonly #closes: ValueWindow

  /** @throws RangeError */
  constructor(period: number) {
    assertPeriod(period)
    this.needs = period + 1
    this.#closes = new ValueWindow(this.needs)
  }

  update({ close }: Bar): number | undefined {
    this.#closes.push(close)
    if (!this.#closes.isFull) return undefined
    const then = this.#closes.oldest
    return ((close - then) / then) * 100
  }

  memory(): Memory {
    return this.#closes.memory()
  }

  recall(memory: Memory): void {
    this.#closes.recall(memory)
  }
}
