import type { PluginContext } from '../../../../core/index.ts'
import type { PoolCost } from '../lines/costs.ts'

/** A grid as it was laid out, kept across runs: what its levels have done since, the journal tells. */
export interface Generation {
  /** From 1; each time the grid is built anew it is the next one. */
  readonly number: number
  /** When the first one began, or began to wait for its range. */
  readonly began_ms: number
  /** Scaled prices, rising. */
  readonly lines: readonly bigint[]
  /** Quote units that each level buys with. */
  readonly size: bigint
  /** See `Layout`. */
  readonly toleranceParts: bigint
  /** What a trade was found or assumed to lose to pools. */
  readonly pool: PoolCost
  /** Scaled price it began at: levels at or above it start with base, or wait. */
  readonly start: bigint
  readonly startsWith: 'inventory' | 'buys'
  /** What the generations before have left and done. */
  readonly earlier: Earlier
}

export interface Earlier {
  /** Base units that go over into this one. */
  readonly base: bigint
  readonly cycles: number
  /** Quote units that those cycles earned. */
  readonly profit: bigint
}

export const NOTHING_EARLIER: Earlier = { base: 0n, cycles: 0, profit: 0n }

/** What a grid remembers beside the journal: committed with the next order it gives, where it does not say otherwise. */
export class GridMemory {
  readonly #state: PluginContext['state']

  constructor(state: PluginContext['state']) {
    this.#state = state
  }

  get generation(): Generation | undefined {
    return this.#state.get<Generation>('generation')
  }

  set generation(generation: Generation) {
    this.#state.set('generation', generation)
  }

  /** Since when the first one waits for a price within its range; undefined when it never did. */
  get waitsSince_ms(): number | undefined {
    return this.#state.get<number>('waitsSince_ms')
  }

  /** Committed by itself: no order goes with it. */
  set waitsSince_ms(time_ms: number) {
    this.#state.set('waitsSince_ms', time_ms)
    this.#state.flush()
  }

  /** Why it is to end for good: what is on its way is awaited, and what is left sold, by this run or the next. */
  get ending(): string | undefined {
    return this.#state.get<string>('ending')
  }

  /** Committed by itself, before anything follows from it. */
  set ending(reason: string) {
    this.#state.set('ending', reason)
    this.#state.flush()
  }

  /** Why it has ended for good; undefined while it goes on. */
  get ended(): string | undefined {
    return this.#state.get<string>('ended')
  }

  /** Committed by itself, before anybody hears of it. */
  set ended(reason: string) {
    this.#state.set('ended', reason)
    this.#state.flush()
  }
}
