import type { PluginContext } from '../../../../core/index.ts'
import type { Plan } from '../plan.ts'

/**
 * What outlives a run besides the orders: committed with the order that it leads to, the beginning and the highest price by
 * themselves.
 */
export class Memory {
  readonly #state: PluginContext['state']
  #peak = Number.NaN

  constructor(state: PluginContext['state']) {
    this.#state = state
  }

  /** When the strategy ends, counted from its first run; undefined: never. */
  endOf({ at_ms, after_ms, bars }: Plan['end'], interval_ms: number, now: number): number | undefined {
    const begun_ms = this.#state.get<number>('begun') ?? this.#begin(now)
    const ends = [
      at_ms ?? [],
      after_ms === undefined ? [] : begun_ms + after_ms,
      // Whole bars, the last of which still has its say.
      bars === undefined ? [] : (Math.ceil(begun_ms / interval_ms) + bars) * interval_ms + 1,
    ].flat()
    return ends.length === 0 ? undefined : Math.max(Math.min(...ends), now)
  }

  /** No order goes with it: killed before its first, the strategy would else count its time anew. */
  #begin(now: number): number {
    this.#state.set('begun', now)
    this.#state.flush()
    return now
  }

  /** One range, as it was when that bar's position was wanted. */
  keepRange(bar: string, range: number): void {
    this.#state.set('range', { bar, range: Number.isNaN(range) ? null : range })
  }

  rangeOf(bar: string): number {
    const kept = this.#state.get<{ readonly bar: string; readonly range: number | null }>('range')
    return kept?.bar === bar && kept.range !== null ? kept.range : Number.NaN
  }

  /** The highest price since that bar's position was opened. */
  keepPeak(bar: string, price: number): void {
    if (price === this.#peak) return
    this.#peak = price
    this.#state.set('peak', { bar, price })
    // While a position is held and no order is on its way, nothing is staged that belongs to one.
    this.#state.flush()
  }

  peakOf(bar: string): number | undefined {
    const kept = this.#state.get<{ readonly bar: string; readonly price: number }>('peak')
    return kept?.bar === bar ? kept.price : undefined
  }
}
