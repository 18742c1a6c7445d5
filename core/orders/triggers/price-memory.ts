import { CONFIRM_PRICES_MAX } from './check-trigger.ts'
import type { PricePoint } from './price-points.ts'
import type { Confirmation } from './trigger.ts'

/** How far a price is believed: down to `fall`, up to `rise`. `fall` ≥ the newest price ≥ `rise`, whatever the rule. */
export interface Believed {
  readonly fall: bigint
  readonly rise: bigint
}

/** The latest prices of one source, for what confirmations ask. Prices from before an order was armed count for it. */
export class PriceMemory {
  readonly #ring: PricePoint[] = []
  #written = 0
  readonly #byOrigin = new Map<string, PricePoint>()

  push(point: PricePoint): void {
    this.#ring[this.#written % CONFIRM_PRICES_MAX] = point
    this.#written += 1
    this.#byOrigin.set(point.origin, point)
  }

  get newest(): PricePoint | undefined {
    return this.#written === 0 ? undefined : this.#back(0)
  }

  /**
   * What the rule lets be believed of the newest price: an order at or below fires when its trigger is at or above
   * `fall`, one at or above when its trigger is at or below `rise`. Undefined while too little is known.
   */
  believed(rule: Confirmation): Believed | undefined {
    const newest = this.newest
    if (newest === undefined) return undefined
    if (rule === 'none') return { fall: newest.scaled, rise: newest.scaled }
    if ('prices' in rule) return this.#ofLast(rule.prices)
    const latest = this.#within(newest, rule.within_ms).map(point => point.scaled)
    if (latest.length < rule.sources) return undefined
    latest.sort(ascending)
    // The newest price itself must be beyond, too: what fires an order is never a price on its other side.
    const fall = [latest[rule.sources - 1]!, newest.scaled].sort(ascending)[1]!
    const rise = [latest[latest.length - rule.sources]!, newest.scaled].sort(ascending)[0]!
    return { fall, rise }
  }

  /** How many prices, or origins, of those the rule asks for are beyond by `isBeyond`. */
  beyond(rule: Confirmation, isBeyond: (scaled: bigint) => boolean): number {
    const newest = this.newest
    if (newest === undefined || !isBeyond(newest.scaled)) return 0
    if (rule === 'none') return 1
    if ('sources' in rule) return this.#within(newest, rule.within_ms).filter(point => isBeyond(point.scaled)).length
    let count = 0
    while (count < Math.min(rule.prices, this.#written) && isBeyond(this.#back(count).scaled)) count += 1
    return count
  }

  #ofLast(count: number): Believed | undefined {
    if (this.#written < count) return undefined
    let { scaled: fall } = this.#back(0)
    let rise = fall
    for (let back = 1; back < count; back++) {
      const { scaled } = this.#back(back)
      if (scaled > fall) fall = scaled
      if (scaled < rise) rise = scaled
    }
    return { fall, rise }
  }

  #within(newest: PricePoint, within_ms: number): PricePoint[] {
    return [...this.#byOrigin.values()].filter(point => newest.at - point.at <= within_ms)
  }

  #back(steps: number): PricePoint {
    return this.#ring[(this.#written - 1 - steps) % CONFIRM_PRICES_MAX]!
  }
}

const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
