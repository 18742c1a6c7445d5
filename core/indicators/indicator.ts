/** What an indicator reads of a bar: a candle event has all of it. Float64, for indicators and display only. */
export interface Bar {
  /** When the bar closed, in milliseconds since the Unix epoch. */
  readonly at: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  /** In base tokens; 0 where none is known. */
  readonly volume: number
}

/** All that something knows of what came before, as JSON can hold it; `null` stands for what is not known yet. */
export type Memory = number | boolean | null | readonly Memory[]

/** What can go on in another process where it was in this one, to the last bit. */
export interface Remembering {
  memory(): Memory
  /** @param memory of one made with the same settings */
  recall(memory: Memory): void
}

/**
 * A streaming indicator: it is told of every bar once, in order, and keeps nothing but what its formula looks back on.
 *
 * The same bars give the same values to the last bit, however they come: at once, one by one, or in pieces.
 *
 * They are written here and not taken from `trading-signals`, which the tests hold them against. It takes 75 ms to
 * import (a whole command starts in 200), its MACD gives a signal line before there are enough values for one, its RSI
 * calls a market that stands still overbought, its VWAP never begins anew, and its windows and bands allocate with
 * every bar.
 */
export interface Indicator extends Remembering {
  /** Bars it takes until it has a value: none comes before the `needs`-th (VWAP may need more: it needs volume). */
  readonly needs: number
  /** Its value with this bar; undefined while it knows too little. */
  update(bar: Bar): number | undefined
}

/** @throws RangeError unless it is a whole number of bars, at least `least`. */
export function assertPeriod(period: number, least = 1): void {
  if (!Number.isSafeInteger(period) || period < least) {
    throw new RangeError(`a period is a whole number of at least ${least}: ${period}`)
  }
}
