/** The deepest fall of a curve below what it had reached before. */
interface Drawdown {
  /** 0.25 is a quarter of the peak. */
  readonly depth: number
  readonly peakAt: number
  readonly troughAt: number
  /** When the peak was reached again; absent while it was not. */
  readonly recoveredAt?: number
  /** From the peak to its recovery, or to the end. */
  readonly duration_ms: number
}

export interface DrawdownSummary {
  readonly deepest: Drawdown
  /** The longest time below a peak, whichever fall that was. */
  readonly longest_ms: number
}

/** Follows peak and fall of a curve in constant memory. */
export class DrawdownMeter {
  #peak = Number.NEGATIVE_INFINITY
  #peakAt = 0
  #lastAt = 0
  #longest_ms = 0
  #isUnder = false
  #depth = 0
  #deepPeakAt = 0
  #troughAt = 0
  /** NaN while the deepest fall is the present one. */
  #recoveredAt = Number.NaN

  /** @returns how deep it is below the peak now, as a share of the peak */
  observe(at_ms: number, value: number): number {
    this.#lastAt = at_ms
    if (value >= this.#peak) {
      if (this.#isUnder) this.#recover(at_ms)
      this.#peak = value
      this.#peakAt = at_ms
      return 0
    }
    this.#isUnder = true
    const depth = 1 - value / this.#peak
    if (depth > this.#depth) {
      this.#depth = depth
      this.#deepPeakAt = this.#peakAt
      this.#troughAt = at_ms
      this.#recoveredAt = Number.NaN
    }
    return depth
  }

  summary(): DrawdownSummary {
    const isOver = this.#depth === 0 || !Number.isNaN(this.#recoveredAt)
    const end = isOver ? this.#recoveredAt : this.#lastAt
    const present_ms = this.#isUnder ? this.#lastAt - this.#peakAt : 0
    if (this.#depth === 0) {
      const deepest = { depth: 0, peakAt: this.#peakAt, troughAt: this.#peakAt, duration_ms: 0 }
      return { deepest, longest_ms: 0 }
    }
    return {
      deepest: {
        depth: this.#depth,
        peakAt: this.#deepPeakAt,
        troughAt: this.#troughAt,
        ...(isOver ? { recoveredAt: this.#recoveredAt } : {}),
        duration_ms: end - this.#deepPeakAt,
      },
      longest_ms: Math.max(this.#longest_ms, present_ms),
    }
  }

  #recover(at_ms: number): void {
    this.#isUnder = false
    if (at_ms - this.#peakAt > this.#longest_ms) this.#longest_ms = at_ms - this.#peakAt
    if (this.#peakAt === this.#deepPeakAt && this.#depth > 0 && Number.isNaN(this.#recoveredAt))
      this.#recoveredAt = at_ms
  }
}
