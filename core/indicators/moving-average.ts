import type { Average } from './averages/average.ts'
import type { Bar, Indicator, Memory } from './indicator.ts'

/** A moving average of closes, of whichever kind. */
export class MovingAverage implements Indicator {
  readonly needs: number
  readonly #average: Average

  constructor(average: Average) {
    this.#average = average
    this.needs = average.needs
  }

  update({ close }: Bar): number | undefined {
    return this.#average.update(close)
  }

  memory(): Memory {
    return this.#average.memory()
  }

  recall(memory: Memory): void {
    this.#average.recall(memory)
  }
}

/** How far a fast average of closes is above a slow one, in the price's unit: it crosses zero where they cross. */
export class AverageCross implements Indicator {
  readonly needs: number
  readonly #fast: Average
  readonly #slow: Average

  constructor(fast: Average, slow: Average) {
    this.#fast = fast
    this.#slow = slow
    this.needs = Math.max(fast.needs, slow.needs)
  }

  update({ close }: Bar): number | undefined {
    const fast = this.#fast.update(close)
    const slow = this.#slow.update(close)
    return fast === undefined || slow === undefined ? undefined : fast - slow
  }

  memory(): Memory {
    return [this.#fast.memory(), this.#slow.memory()]
  }

  recall(memory: Memory): void {
    const [fast, slow] = memory as readonly [Memory, Memory]
    this.#fast.recall(fast)
    this.#slow.recall(slow)
  }
}
