import type { CandleEvent, Memory, NodeState } from '../../../core/index.ts'
import type { Reading } from './reading.ts'

/** A reading may miss this part of the bars it looks back on, and still go on: a restart takes a moment. */
const MISSED_SHARE = 10

interface Kept {
  /** The node's settings: what others have left is nothing to it. */
  readonly settings: string
  readonly interval_ms: number
  /** When the last bar that was read had closed. */
  readonly at: number
  /** In the order of the readings. */
  readonly memories: readonly Memory[]
}

/**
 * What a node's readings of one pair know, kept with its state after each bar, so that a restart does not begin anew. It
 * is no obligation: a key that begins with `~` keeps nobody from changing settings.
 *
 * Bars that closed while nothing ran are not known, the one at hand at the restart among them. A reading that has missed
 * more of them than a tenth of what it looks back on begins anew, as in a first run.
 */
export class Warmth {
  readonly #state: NodeState
  readonly #key: string
  readonly #readings: readonly Reading[]
  readonly #kept: () => Kept
  #at = 0

  constructor(
    state: NodeState,
    of: { readonly settings: unknown; readonly pair: string; readonly interval_ms: number },
    readings: readonly Reading[],
  ) {
    this.#state = state
    this.#key = `~${of.pair}`
    this.#readings = readings
    const { interval_ms } = of
    const settings = JSON.stringify(of.settings)
    // Asked for when it is written, which a backtest never does.
    this.#kept = () => ({
      settings,
      interval_ms,
      at: this.#at,
      memories: readings.map(({ indicator }) => indicator.memory()),
    })
  }

  /** Lets the readings go on where they were in an earlier run, as far as this bar follows from it. */
  restore(bar: CandleEvent): void {
    const kept = this.#state.get<Kept>(this.#key)
    const { interval_ms, settings } = this.#kept()
    if (!kept || kept.settings !== settings || kept.interval_ms !== interval_ms || bar.at <= kept.at) return
    const missed = (bar.at - kept.at) / interval_ms - 1
    for (const [index, { indicator, needs }] of this.#readings.entries()) {
      if (missed * MISSED_SHARE <= needs) indicator.recall(kept.memories[index]!)
    }
  }

  /** After a bar. */
  keep({ at }: CandleEvent): void {
    this.#at = at
    this.#state.set(this.#key, this.#kept)
    this.#state.flush()
  }
}
