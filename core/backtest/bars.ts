import type { Pair } from '../money/token.ts'

/** Bars of one pair and length, column by column: a million of them are eight arrays and no object. */
export interface BarSeries {
  /** What it is called in messages: a file's name. */
  readonly name: string
  readonly pair: Pair
  readonly interval_ms: number
  readonly count: number
  /** When each bar begins, milliseconds since the Unix epoch, ascending. */
  readonly start_ms: Float64Array
  /** Quote per one base. */
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
}

/** When the last bar has closed. */
export function endOf(bars: BarSeries): number {
  return bars.start_ms[bars.count - 1]! + bars.interval_ms
}

/** The bars that begin within [from, to); the columns are shared. */
export function between(bars: BarSeries, from_ms: number, to_ms: number): BarSeries {
  const first = firstAtOrAfter(bars, from_ms)
  const end = firstAtOrAfter(bars, to_ms)
  const cut = (column: Float64Array): Float64Array => column.subarray(first, Math.max(first, end))
  return {
    ...bars,
    count: Math.max(0, end - first),
    start_ms: cut(bars.start_ms),
    open: cut(bars.open),
    high: cut(bars.high),
    low: cut(bars.low),
    close: cut(bars.close),
  }
}

function firstAtOrAfter(bars: BarSeries, time_ms: number): number {
  let [low, high] = [0, bars.count]
  while (low < high) {
    const middle = (low + high) >> 1
    if (bars.start_ms[middle]! < time_ms) low = middle + 1
    else high = middle
  }
  return low
}
