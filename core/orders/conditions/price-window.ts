/** Buckets that a window is made of. */
const BUCKETS = 720

interface Bucket {
  readonly start: number
  low: number
  high: number
  last: number
}

/** A window as it can be written down. */
export interface KeptWindow {
  /** When its prices begin. */
  readonly since: number
  readonly buckets: readonly (readonly [start: number, low: number, high: number, last: number])[]
}

/**
 * The prices of a sliding window in bounded memory: 720 buckets, so that a window of 1h is exact to 5 s, one of 24h to 2
 * minutes. What a bucket holds in part is counted as a whole: low, high and change never look back less far than asked,
 * and at most by one bucket farther.
 */
export class PriceWindow {
  readonly window_ms: number
  readonly #bucket_ms: number
  readonly #buckets: Bucket[] = []
  /** Index of the first bucket that is kept; those before are dropped now and then. */
  #first = 0
  /** The first price ever, so that it is known whether prices go back far enough. */
  #since: number | undefined

  /** @param kept what an earlier process knew of the same window */
  constructor(window_ms: number, kept?: KeptWindow) {
    this.window_ms = window_ms
    this.#bucket_ms = Math.max(1, Math.ceil(window_ms / BUCKETS))
    if (!kept) return
    this.#since = kept.since
    this.#buckets.push(...kept.buckets.map(([start, low, high, last]) => ({ start, low, high, last })))
  }

  /** All that it knows; undefined before the first price. */
  kept(): KeptWindow | undefined {
    if (this.#since === undefined) return undefined
    const buckets = this.#buckets.slice(this.#first)
    return { since: this.#since, buckets: buckets.map(({ start, low, high, last }) => [start, low, high, last]) }
  }

  /** A price; one that comes late counts for the newest bucket. */
  push(price: number, at: number): void {
    this.#since ??= at
    const newest = this.#buckets.at(-1)
    const start = this.#startOf(at)
    if (newest !== undefined && start <= newest.start) {
      newest.low = Math.min(newest.low, price)
      newest.high = Math.max(newest.high, price)
      newest.last = price
      return
    }
    this.#buckets.push({ start, low: price, high: price, last: price })
    this.#expire(start)
  }

  /** Whether prices go back over the whole window, in whole buckets. */
  covers(now: number): boolean {
    return this.#since !== undefined && this.#startOf(this.#since) + this.#bucket_ms <= now - this.window_ms
  }

  /** How far prices go back. */
  reach_ms(now: number): number {
    return this.#since === undefined ? 0 : Math.max(0, now - this.#since)
  }

  /** The lowest and highest price of the window; undefined while it is not covered. */
  extremes(now: number): { readonly low: number; readonly high: number } | undefined {
    if (!this.covers(now)) return undefined
    // The price in force when the window began counts as well: it was the price until the next came.
    const from = this.#inForce(now - this.window_ms)
    let { last: low, last: high } = this.#buckets[from]!
    for (let index = from; index < this.#buckets.length; index++) {
      const bucket = this.#buckets[index]!
      if (bucket.start + this.#bucket_ms <= now - this.window_ms) continue
      if (bucket.low < low) low = bucket.low
      if (bucket.high > high) high = bucket.high
    }
    return { low, high }
  }

  /** The newest price over the one in force when the window began, less one; undefined while it is not covered. */
  change(now: number): number | undefined {
    if (!this.covers(now)) return undefined
    const then = this.#buckets[this.#inForce(now - this.window_ms)]!.last
    return this.#buckets.at(-1)!.last / then - 1
  }

  #startOf(at: number): number {
    return Math.floor(at / this.#bucket_ms) * this.#bucket_ms
  }

  /** The last bucket that ended by then; the first one while prices began within its bucket. */
  #inForce(at: number): number {
    let low = this.#first
    let high = this.#buckets.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#buckets[middle]!.start + this.#bucket_ms <= at) low = middle + 1
      else high = middle
    }
    return Math.max(this.#first, low - 1)
  }

  /** Drops buckets that no window needs any more, the one in force excepted. */
  #expire(newest: number): void {
    this.#first = this.#inForce(newest - this.window_ms)
    if (this.#first < BUCKETS) return
    this.#buckets.splice(0, this.#first)
    this.#first = 0
  }
}
