/** What the returns of equal periods look like. Sample deviation (n - 1); skewness and kurtosis of the population. */
export interface ReturnSummary {
  readonly count: number
  readonly mean: number
  /** Zero for fewer than two. */
  readonly deviation: number
  /** √(Σ min(r, 0)² ÷ n) */
  readonly downside: number
  readonly skewness: number
  /** 3 for a normal distribution. */
  readonly kurtosis: number
}

/**
 * Moments of returns in one pass. Source: P. Pébay, "Formulas for robust, one-pass parallel computation of covariances
 * and arbitrary-order statistical moments", Sandia report SAND2008-6212, 2008, eq. 2.1.
 */
export class ReturnMoments {
  #count = 0
  #mean = 0
  #m2 = 0
  #m3 = 0
  #m4 = 0
  #downside = 0

  add(value: number): void {
    const before = this.#count
    const n = ++this.#count
    const delta = value - this.#mean
    const step = delta / n
    const step2 = step * step
    const term = delta * step * before
    this.#mean += step
    this.#m4 += term * step2 * (n * n - 3 * n + 3) + 6 * step2 * this.#m2 - 4 * step * this.#m3
    this.#m3 += term * step * (n - 2) - 3 * step * this.#m2
    this.#m2 += term
    if (value < 0) this.#downside += value * value
  }

  copy(): ReturnMoments {
    const copy = new ReturnMoments()
    copy.#count = this.#count
    copy.#mean = this.#mean
    copy.#m2 = this.#m2
    copy.#m3 = this.#m3
    copy.#m4 = this.#m4
    copy.#downside = this.#downside
    return copy
  }

  summary(): ReturnSummary {
    const n = this.#count
    const isFlat = this.#m2 <= 0
    return {
      count: n,
      mean: this.#mean,
      deviation: n < 2 ? 0 : Math.sqrt(this.#m2 / (n - 1)),
      downside: n === 0 ? 0 : Math.sqrt(this.#downside / n),
      skewness: isFlat ? 0 : (Math.sqrt(n) * this.#m3) / this.#m2 ** 1.5,
      kurtosis: isFlat ? 3 : (n * this.#m4) / (this.#m2 * this.#m2),
    }
  }
}
