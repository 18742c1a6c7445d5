import { ValueWindow } from './averages/value-window.ts'
import { assertPeriod, type Bar, type Indicator, type Memory } from './indicator.ts'

/**
 * Realised volatility of one bar: the sample standard deviation of the last `period` log returns of the close. Over
 * a year of n bars it is √n times that.
 */
export class RealisedVolatility implements Indicator {
  readonly needs: number
  readonly #returns: ValueWindow
  #before: number | undefined

  /** @throws RangeError */
  constructor(period: number) {
    assertPeriod(period, 2)
    this.#returns = new ValueWindow(period)
    this.needs = period + 1
  }

  update({ close }: Bar): number | undefined {
    const before = this.#before
    this.#before = close
    if (before === undefined) return undefined
    const returns = this.#returns
    returns.push(Math.log(close / before))
    if (!returns.isFull) return undefined
    return Math.sqrt(returns.squares(returns.sum() / returns.size) / (returns.size - 1))
  }

  memory(): Memory {
    return [this.#returns.memory(), this.#before ?? null]
  }

  recall(memory: Memory): void {
    const [returns, before] = memory as readonly [Memory, number | null]
    this.#returns.recall(returns)
    this.#before = before ?? undefined
  }
}
