import { WilderAverage } from './averages/smoothed.ts'
import type { Bar, Indicator, Memory } from './indicator.ts'

/**
 * Average true range, in the price's unit: Wilder's average of the true range, which is how far a bar went, counted from
 * the close before it. The first bar has none before it: its range is high less low. Source: Wilder 1978.
 */
export class Atr implements Indicator {
  readonly needs: number
  readonly #average: WilderAverage
  #before: number | undefined

  /** @throws RangeError */
  constructor(period: number) {
    this.#average = new WilderAverage(period)
    this.needs = period
  }

  update({ high, low, close }: Bar): number | undefined {
    const before = this.#before ?? close
    this.#before = close
    return this.#average.update(Math.max(high, before) - Math.min(low, before))
  }

  memory(): Memory {
    return [this.#average.memory(), this.#before ?? null]
  }

  recall(memory: Memory): void {
    const [average, before] = memory as readonly [Memory, number | null]
    this.#average.recall(average)
    this.#before = before ?? undefined
  }
}
