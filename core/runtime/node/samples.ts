import type { Percentiles } from '../result.ts'

const KEPT = 4_096

/** Measurements in bounded memory: percentiles are of the last 4,096, count and maximum of all. */
export class Samples {
  readonly #kept: number[] = []
  #count = 0
  #max = 0

  add(value_ms: number): void {
    this.#kept[this.#count++ % KEPT] = value_ms
    if (value_ms > this.#max) this.#max = value_ms
  }

  percentiles(): Percentiles | undefined {
    if (this.#count === 0) return undefined
    const sorted = this.#kept.toSorted((a, b) => a - b)
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
    return { count: this.#count, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: this.#max }
  }
}
