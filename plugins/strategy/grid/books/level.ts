import type { Pair, Price } from '../../../../core/index.ts'
import { PARTS } from '../lines/spacing.ts'
import type { Generation } from './generation.ts'

/** After a failure a level rests so long, twice as long after each further one, up to an hour. */
const REST_FIRST_MS = 30_000
const REST_MAX_MS = 3_600_000

/** What a completed cycle earned: proceeds less cost, in quote units, network fees apart. */
export interface Cycle {
  readonly number: number
  readonly cost: bigint
  readonly proceeds: bigint
  readonly fees_lamports: bigint
}

/**
 * One level of a grid: it buys at its line and sells one line above, one after the other, so that it never has two
 * cycles or two orders open.
 */
export class Level {
  /** From 1, the lowest. */
  readonly number: number
  readonly buyAt: Price
  readonly sellAt: Price
  /** What a purchase may cost at most and a sale must bring at least, all fees in. */
  readonly buyMax: Price
  readonly sellMin: Price
  cycle = 1
  /** Base that it holds, what that cost, and what the part of this cycle that was sold has brought. */
  base = 0n
  cost = 0n
  proceeds = 0n
  /** Key of its order on the way. */
  open: string | undefined
  /** Nobody knows whether its order traded: it rests until a person, or a later look at the chain, says so. */
  isUnknown = false
  /** The price has not been above it since a start without inventory. */
  isWaiting = false
  /** Orders given for this side of this cycle, and how many in a row did not trade. */
  attempts = 0
  failures = 0
  restsUntil_ms = 0
  /** When it last traded: what the price did before is nothing to it. */
  since_ms = 0
  #fees_lamports = 0n

  constructor(pair: Pair, generation: Generation, index: number) {
    const [line, next] = [generation.lines[index]!, generation.lines[index + 1]!]
    const tolerance = generation.toleranceParts
    const buyMax = (line * (PARTS + tolerance)) / PARTS
    // So that proceeds are at least cost × (1 + step − both tolerances), whatever the purchase has cost.
    const least = buyMax * (next * PARTS - 2n * tolerance * line)
    const divisor = line * PARTS
    this.number = index + 1
    this.buyAt = { pair, scaled: line }
    this.sellAt = { pair, scaled: next }
    this.buyMax = { pair, scaled: buyMax }
    this.sellMin = { pair, scaled: (least + divisor - 1n) / divisor }
  }

  get holds(): boolean {
    return this.base > 0n
  }

  /** It came to hold base otherwise than by an order of its own. */
  stock(base: bigint, cost: bigint, at_ms: number): void {
    this.base = base
    this.cost = cost
    this.isWaiting = false
    this.since_ms = at_ms
  }

  bought(cost: bigint, base: bigint, fees_lamports: bigint, at_ms: number): void {
    this.#traded(at_ms)
    this.attempts = 0
    this.base += base
    this.cost += cost
    this.#fees_lamports += fees_lamports
  }

  /** The cycle, when this completes it. */
  sold(base: bigint, proceeds: bigint, fees_lamports: bigint, at_ms: number): Cycle | undefined {
    this.#traded(at_ms)
    this.base = base < this.base ? this.base - base : 0n
    this.proceeds += proceeds
    this.#fees_lamports += fees_lamports
    if (this.base > 0n) return undefined
    const cycle: Cycle = {
      number: this.cycle,
      cost: this.cost,
      proceeds: this.proceeds,
      fees_lamports: this.#fees_lamports,
    }
    this.cycle++
    this.attempts = 0
    this.#empty()
    return cycle
  }

  /** Base that left it to be sold elsewhere, at most what it has, with its part of the cost. */
  take(units: bigint): { readonly base: bigint; readonly cost: bigint } {
    const base = units < this.base ? units : this.base
    if (base === 0n) return { base, cost: 0n }
    const cost = (this.cost * base) / this.base
    this.base -= base
    this.cost -= cost
    if (this.base === 0n) this.#empty()
    return { base, cost }
  }

  /** Its order ended without a trade. */
  failed(now: number): void {
    this.open = undefined
    this.failures++
    this.restsUntil_ms = now + Math.min(REST_FIRST_MS * 2 ** (this.failures - 1), REST_MAX_MS)
  }

  /** Nobody can say what became of its order. */
  unknown(): void {
    this.open = undefined
    this.isUnknown = true
  }

  #traded(at_ms: number): void {
    this.open = undefined
    this.isUnknown = false
    this.failures = 0
    this.restsUntil_ms = 0
    this.since_ms = at_ms
  }

  #empty(): void {
    this.base = 0n
    this.cost = 0n
    this.proceeds = 0n
    this.#fees_lamports = 0n
  }
}
