import type { ForgeError } from '../../errors/forge-error.ts'

/** What an endpoint can be used for, best first. */
export type EndpointState = 'ok' | 'degraded' | 'behind' | 'limited' | 'down' | 'foreign'

/** Weight of a new measurement in a moving average. */
const ALPHA = 0.1
/** Answers remembered for the 95th percentile, and how many it takes. */
const LATENCIES_MAX = 64
const LATENCIES_MIN = 20
const ERROR_RATE_MAX = 0.5
/** Failures in a row after which an endpoint is asked last, for longer each time. */
const DOWN_AFTER = 2
const DOWN_FIRST_MS = 1_000
const DOWN_MAX_MS = 30_000
/** What a slot takes; some clusters are a little faster. Source: DEFAULT_MS_PER_SLOT of Agave. */
export const SLOT_MS = 400
/** For so long a hearing counts: what slots that are faster than that add up to in it is within any limit. */
const HEARD_FOR_MS = 15_000

/** How an endpoint has been answering. */
export class EndpointHealth {
  requests = 0
  failures = 0
  rateLimited = 0
  /** Moving average of 0 (answered) and 1 (failed). */
  errorRate = 0
  /** Moving average, in milliseconds of wall time; undefined before the first answer. */
  latency_ms: number | undefined
  /** How often another endpoint's answer to the same read came first. */
  outrun = 0
  /** Slots behind the best endpoint. */
  #lag_slots = 0
  /** Slots behind its cluster, as it says itself. */
  ownLag_slots = 0
  /** Nothing is asked before this time: the endpoint said so. */
  limitedUntil = 0
  /** Asked last before this time: it failed. */
  downUntil = 0
  /** Its network is another one: never used. */
  isForeign = false
  /** When anything was heard of it last. */
  heardAt: number | undefined
  /** What it refuses for good. */
  readonly refused = new Set<string>()
  readonly #slots = new Map<string, number>()
  readonly #latencies: number[] = []
  #failedInRow = 0
  /** By commitment: the slot it had told when the newest block was its own, and when that was. */
  readonly #current = new Map<string, { readonly slot: number; readonly at: number }>()

  /** The highest slot it has told last, by commitment. */
  slotAt(commitment: string): number | undefined {
    return this.#slots.get(commitment)
  }

  /**
   * Where its own blocks prove that it was current, it can not be farther behind than slots have passed since: whatever
   * others tell, for one of them may lie.
   *
   * @param bestElsewhere the highest slot that others tell of
   */
  seeSlot(commitment: string, slot: number, now: number, bestElsewhere: number): void {
    this.#slots.set(commitment, slot)
    const current = this.#current.get(commitment)
    const isFresh = current !== undefined && now - current.at <= HEARD_FOR_MS
    const reach = isFresh ? current.slot + (now - current.at) / SLOT_MS : Number.POSITIVE_INFINITY
    this.#lag_slots = Math.max(0, Math.floor(Math.min(bestElsewhere, reach)) - slot)
  }

  /**
   * When the block of a slot that it told was made, as it says. An endpoint that stands still can not have a block of now,
   * and one that goes on has: so no other can make it look as if it were behind. Where this machine's clock and the
   * chain's are not the same, it proves nothing.
   *
   * @param age_ms how old that block is by this machine's clock; undefined where it does not say
   */
  seeAge(commitment: string, slot: number, now: number, age_ms: number | undefined, ageMax_ms: number): void {
    if (age_ms !== undefined && Math.abs(age_ms) <= ageMax_ms) this.#current.set(commitment, { slot, at: now })
    else this.#current.delete(commitment)
  }

  get lag_slots(): number {
    return Math.max(this.#lag_slots, this.ownLag_slots)
  }

  answered(now: number, clock_ms: number, wall_ms: number): void {
    this.requests++
    this.heardAt = now
    this.#failedInRow = 0
    this.downUntil = 0
    this.errorRate *= 1 - ALPHA
    this.latency_ms = this.latency_ms === undefined ? wall_ms : this.latency_ms + ALPHA * (wall_ms - this.latency_ms)
    this.#remember(clock_ms)
  }

  /** Somebody else was faster: it may never have answered. */
  wasOutrun(clock_ms: number): void {
    this.requests++
    this.outrun++
    this.#remember(clock_ms)
  }

  failed(now: number, error: ForgeError, retryAfter_ms: number | undefined): void {
    this.requests++
    this.heardAt = now
    this.errorRate += ALPHA * (1 - this.errorRate)
    if (error.code === 'RPC_RATE_LIMITED') {
      this.rateLimited++
      if (retryAfter_ms !== undefined) this.limitedUntil = Math.max(this.limitedUntil, now + retryAfter_ms)
      return
    }
    this.failures++
    this.#failedInRow++
    const over = this.#failedInRow - DOWN_AFTER
    if (over >= 0) this.downUntil = now + Math.min(DOWN_MAX_MS, DOWN_FIRST_MS * 2 ** over)
  }

  #remember(clock_ms: number): void {
    this.#latencies.push(clock_ms)
    if (this.#latencies.length > LATENCIES_MAX) this.#latencies.shift()
  }

  /** Longer than this takes one answer in twenty, on the clock; undefined before enough were seen. */
  p95_ms(): number | undefined {
    return this.#quantile(0.95)
  }

  /** Half of the answers take longer than this. */
  median_ms(): number | undefined {
    return this.#quantile(0.5)
  }

  #quantile(share: number): number | undefined {
    if (this.#latencies.length < LATENCIES_MIN) return undefined
    const sorted = this.#latencies.toSorted((a, b) => a - b)
    return sorted[Math.ceil(sorted.length * share) - 1]
  }

  state(now: number, lagMax_slots: number): EndpointState {
    if (this.isForeign) return 'foreign'
    if (this.limitedUntil > now) return 'limited'
    if (this.downUntil > now) return 'down'
    if (this.lag_slots > lagMax_slots) return 'behind'
    return this.errorRate > ERROR_RATE_MAX ? 'degraded' : 'ok'
  }
}
