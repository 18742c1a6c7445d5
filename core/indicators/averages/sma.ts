import type { Memory } from '../indicator.ts'
import type { Average } from './average.ts'
import { ValueWindow } from './value-window.ts'

/** Simple moving average: the mean of the last `period` values. */
export class Sma implements Average {
  readonly needs: number
  readonly #window: ValueWindow

  /** @throws RangeError */
  constructor(period: number) {
    this.#window = new ValueWindow(period)
    this.needs = period
  }

  update(value: number): number | undefined {
    this.#window.push(value)
    return this.#window.isFull ? this.#window.sum() / this.needs : undefined
  }

  memory(): Memory {
    return this.#window.memory()
  }

  recall(memory: Memory): void {
    this.#window.recall(memory)
  }
}
