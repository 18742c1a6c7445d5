import { DrawdownMeter, type DrawdownSummary } from './drawdown.ts'
import { type CurvePoint, EquityCurve } from './equity-curve.ts'
import { ReturnMoments, type ReturnSummary } from './return-moments.ts'

export const DAY_MS = 86_400_000

/** What a month brought; of the first and last as far as they were observed. */
export interface MonthReturn {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly value: number
}

/** Everything the metrics need to know of an equity curve. Equity is in whatever unit it was observed in. */
export interface EquitySummary {
  readonly from_ms: number
  readonly to_ms: number
  readonly observations: number
  readonly start: number
  readonly end: number
  readonly lowest: number
  /** Over the observations. */
  readonly mean: number
  /** Returns of UTC days: the last observation of each against that of the day before, the first against the start. */
  readonly daily: ReturnSummary
  readonly months: readonly MonthReturn[]
  readonly drawdown: DrawdownSummary
}

/** Pieces of the curve for the report: four points each. */
const PIECES = 512

/**
 * Follows the worth of an account, observed at the start and after each bar, in constant memory and without allocating.
 * An observation at midnight belongs to the day that ends. A day without one has a return of zero; what happened in it
 * falls on the next day observed.
 *
 * @example
 * const meter = new EquityMeter()
 * meter.observe(start_ms, 10_000)
 * for (const bar of bars) meter.observe(bar.at, cash + held * bar.close)
 * meter.summary().drawdown.deepest.depth
 */
export class EquityMeter {
  readonly #moments = new ReturnMoments()
  readonly #drawdown = new DrawdownMeter()
  readonly #curve = new EquityCurve(PIECES)
  readonly #months: MonthReturn[] = []
  #observations = 0
  #from_ms = 0
  #to_ms = 0
  #start = 0
  #last = 0
  #lowest = 0
  #sum = 0
  #dayEnd_ms = 0
  #dayBase = 0
  #monthBase = 0

  /**
   * @param at_ms not before the one observed last
   * @param equity worth of everything, in any one unit
   */
  observe(at_ms: number, equity: number): void {
    if (this.#observations === 0) this.#begin(at_ms, equity)
    else if (at_ms > this.#dayEnd_ms) this.#closeDays(at_ms)
    this.#observations++
    this.#to_ms = at_ms
    this.#last = equity
    this.#sum += equity
    if (equity < this.#lowest) this.#lowest = equity
    this.#curve.observe(at_ms, equity, this.#drawdown.observe(at_ms, equity))
  }

  /** @throws RangeError before the first observation, or when one of them was no number */
  summary(): EquitySummary {
    if (this.#observations === 0) throw new RangeError('no equity was observed')
    if (!Number.isFinite(this.#sum)) throw new RangeError('an equity that is no number was observed')
    const daily = this.#moments.copy()
    if (this.#observations > 1) daily.add(this.#last / this.#dayBase - 1)
    return {
      from_ms: this.#from_ms,
      to_ms: this.#to_ms,
      observations: this.#observations,
      start: this.#start,
      end: this.#last,
      lowest: this.#lowest,
      mean: this.#sum / this.#observations,
      daily: daily.summary(),
      months: [...this.#months, this.#month()],
      drawdown: this.#drawdown.summary(),
    }
  }

  /** The curve in at most 2,048 points, its extremes among them. */
  curve(): readonly CurvePoint[] {
    return this.#curve.points()
  }

  /** Shares of the peak the equity was below it, the deepest of each piece of the curve. */
  drawdowns(): readonly CurvePoint[] {
    return this.#curve.drawdowns()
  }

  #begin(at_ms: number, equity: number): void {
    this.#from_ms = at_ms
    this.#start = equity
    this.#lowest = equity
    this.#dayBase = equity
    this.#monthBase = equity
    this.#dayEnd_ms = (Math.floor(at_ms / DAY_MS) + 1) * DAY_MS
  }

  /** Ends every day until the one that holds `at_ms`. */
  #closeDays(at_ms: number): void {
    while (at_ms > this.#dayEnd_ms) {
      this.#moments.add(this.#last / this.#dayBase - 1)
      this.#dayBase = this.#last
      if (new Date(this.#dayEnd_ms).getUTCDate() === 1) {
        this.#months.push(this.#month())
        this.#monthBase = this.#last
      }
      this.#dayEnd_ms += DAY_MS
    }
  }

  /** The month of the day that is open. */
  #month(): MonthReturn {
    const day = new Date(this.#dayEnd_ms - DAY_MS)
    return { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, value: this.#last / this.#monthBase - 1 }
  }
}
