/** How far from what was paid, or from the highest price since, a position ends. */
export interface Distances {
  readonly stopPercent?: number | undefined
  readonly stopRanges?: number | undefined
  readonly targetPercent?: number | undefined
  readonly targetRanges?: number | undefined
  readonly trailPercent?: number | undefined
  readonly trailRanges?: number | undefined
  readonly trailAfterPercent?: number | undefined
}

export type Breach = 'stop' | 'trailing stop' | 'target'

/**
 * The prices at which one position ends, as float64: they only say when to act, never what is paid. It is shown every
 * price in the order of time; of the levels of one price the lower ones count first.
 */
export class Levels {
  /** The highest price since the entry. */
  peak: number
  readonly stop: number
  readonly target: number
  /** Whether the highest price matters at all. */
  readonly isTrailing: boolean
  readonly #trailFrom: number
  readonly #trailShare: number
  readonly #trailBy: number
  #trail: number

  /**
   * @param paid what one base token cost
   * @param range one range, where distances are in ranges
   * @param peak the highest price so far, as an earlier run had it
   */
  constructor(distances: Distances, paid: number, range: number, peak = paid) {
    const share = (percent: number | undefined): number => (percent ?? Number.NaN) / 100
    const ranges = (count: number | undefined): number => (count ?? Number.NaN) * range
    this.stop = highest(paid * (1 - share(distances.stopPercent)), paid - ranges(distances.stopRanges))
    this.target = lowest(paid * (1 + share(distances.targetPercent)), paid + ranges(distances.targetRanges))
    this.isTrailing = distances.trailPercent !== undefined || distances.trailRanges !== undefined
    this.#trailShare = 1 - share(distances.trailPercent)
    this.#trailBy = ranges(distances.trailRanges)
    this.#trailFrom = paid * (1 + (distances.trailAfterPercent ?? 0) / 100)
    this.peak = Math.max(peak, paid)
    this.#trail = this.#trailBelow(this.peak)
  }

  /** Where the trailing stop is; undefined while there is none. */
  get trail(): number | undefined {
    return this.#trail === Number.NEGATIVE_INFINITY ? undefined : this.#trail
  }

  /** Whether prices between these two change nothing: they breach no level, and none is a peak that matters. */
  ignores(lowest: number, highest: number): boolean {
    if (lowest <= this.stop || lowest <= this.#trail || highest >= this.target) return false
    return !this.isTrailing || highest <= this.peak
  }

  /** What a price breaches. It is a new peak only when it breaches nothing. */
  meet(price: number): Breach | undefined {
    if (price <= this.stop) return 'stop'
    if (price <= this.#trail) return 'trailing stop'
    if (price >= this.target) return 'target'
    if (price > this.peak) {
      this.peak = price
      this.#trail = this.#trailBelow(price)
    }
    return undefined
  }

  #trailBelow(peak: number): number {
    if (peak < this.#trailFrom) return Number.NEGATIVE_INFINITY
    return highest(peak * this.#trailShare, peak - this.#trailBy)
  }
}

/** Of those that there are; below every price when there is none. */
function highest(a: number, b: number): number {
  return Math.max(Number.isNaN(a) ? Number.NEGATIVE_INFINITY : a, Number.isNaN(b) ? Number.NEGATIVE_INFINITY : b)
}

function lowest(a: number, b: number): number {
  return Math.min(Number.isNaN(a) ? Number.POSITIVE_INFINITY : a, Number.isNaN(b) ? Number.POSITIVE_INFINITY : b)
}
