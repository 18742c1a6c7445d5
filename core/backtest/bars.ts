import type { CandleColumns } from '../candles/candle-columns.ts'
import type { Pair } from '../money/token.ts'

/** Bars of one pair and length, column by column: a million of them are a handful of arrays and no object. */
export interface BarSeries extends Omit<CandleColumns, 'volume'> {
  /** What it is called in messages: a file's name. */
  readonly name: string
  readonly pair: Pair
  readonly interval_ms: number
}
