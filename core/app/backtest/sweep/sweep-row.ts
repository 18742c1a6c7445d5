import { EquityMeter } from '../../../accounting/equity-meter.ts'
import { type Figure, isKnown, type NotAvailable } from '../../../accounting/figure.ts'
import { type Metrics, metricsOf } from '../../../accounting/metrics.ts'
import type { ReturnSummary } from '../../../accounting/return-moments.ts'
import type { BarSeries } from '../../../backtest/bars.ts'
import type { AccountedRun } from '../run-and-account.ts'

/** What a sweep keeps of a run: enough to compare it, and to ask whether it was luck. JSON. */
export interface SweepRow {
  /** What the run was: the same key is the same result. Absent for settings that can not be run. */
  readonly key?: string
  readonly label: string
  readonly outcome: SweepOutcome
}

export type SweepOutcome =
  | {
      readonly kind: 'done'
      readonly metrics: Metrics
      readonly trades: number
      /** Equity at the end, in whole quote tokens. */
      readonly end: number
      readonly daily: ReturnSummary
      /** Of each part of the time, in turn. */
      readonly windows: readonly WindowResult[]
    }
  /** The settings can not be run: the reason is the result. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }

export interface WindowResult {
  readonly return: number
  /** Mean ÷ deviation of daily returns; 0 where it never moved. */
  readonly ratio: number
}

/** Parts of the time that are walked through, each judged by what was best before it. */
export const WINDOWS = 4

/** Meters the parts of a run by themselves. */
export class WindowMeters {
  readonly #meters = Array.from({ length: WINDOWS }, () => new EquityMeter())
  readonly #ends: readonly number[]
  #window = 0
  #last: readonly [number, number] | undefined

  constructor(bars: BarSeries) {
    const from = bars.start_ms[0]!
    const span = bars.start_ms[bars.count - 1]! + bars.interval_ms - from
    this.#ends = Array.from({ length: WINDOWS }, (_, index) => from + (span * (index + 1)) / WINDOWS)
  }

  observe(at_ms: number, equity: number): void {
    while (at_ms > this.#ends[this.#window]! && this.#window < WINDOWS - 1) {
      this.#window++
      // A part begins with what the one before has left.
      if (this.#last) this.#meters[this.#window]!.observe(...this.#last)
    }
    this.#meters[this.#window]!.observe(at_ms, equity)
    this.#last = [at_ms, equity]
  }

  results(): readonly WindowResult[] {
    return this.#meters.map(meter => {
      const { daily, end, start } = meter.summary()
      return { return: end / start - 1, ratio: daily.deviation > 0 ? daily.mean / daily.deviation : 0 }
    })
  }
}

export function outcomeOf({ input }: AccountedRun, windows: WindowMeters): SweepOutcome {
  const equity = input.equity.summary()
  const trades = input.tally.summary(equity.to_ms)
  return {
    kind: 'done',
    metrics: metricsOf(equity, trades),
    trades: trades.trades,
    end: equity.end,
    daily: equity.daily,
    windows: windows.results(),
  }
}

/** For sorting: what is not known is worse than anything that is. */
export function rankOf(figure: Figure | NotAvailable): number {
  return isKnown(figure) ? figure : Number.NEGATIVE_INFINITY
}
