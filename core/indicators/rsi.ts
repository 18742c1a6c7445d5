import { WilderAverage } from './averages/smoothed.ts'
import type { Bar, Indicator, Memory } from './indicator.ts'

/** Where nothing moved, neither side is stronger. */
const NEUTRAL = 50

/**
 * Relative strength index, 0 to 100: 100 × gains ÷ (gains + losses), each Wilder's average over `period` changes of the
 * close. Where nothing has moved at all it is 50. Source: Wilder 1978.
 */
export class Rsi implements Indicator {
  readonly needs: number
  readonly #gains: WilderAverage
  readonly #losses: WilderAverage
  #before: number | undefined

  /** @throws RangeError */
  constructor(period: number) {
    this.#gains = new WilderAverage(period)
    this.#losses = new WilderAverage(period)
    this.needs = period + 1
  }

  update({ close }: Bar): number | undefined {
    const before = this.#before
    this.#before = close
    if (before === undefined) return undefined
    const change = close - before
    const gain = this.#gains.update(Math.max(change, 0))
    const loss = this.#losses.update(Math.max(-change, 0))
    if (gain === undefined || loss === undefined) return undefined
    return gain + loss === 0 ? NEUTRAL : (100 * gain) / (gain + loss)
  }

  memory(): Memory {
    return [this.#gains.memory(), this.#losses.memory(), this.#before ?? null]
  }

  recall(memory: Memory): void {
    const [gains, losses, before] = memory as readonly [Memory, Memory, number | null]
    this.#gains.recall(gains)
    this.#losses.recall(losses)
    this.#before = before ?? undefined
  }
}
