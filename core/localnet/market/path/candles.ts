/** Prices in USDC per SOL. They become integers in `prices.ts`, in one place. */
export interface Candle {
  readonly start_ms: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

/** Candles of one length, one after the other without gaps. */
export interface CandleSeries {
  /** What a notice calls it: a file name, or how it was made. */
  readonly name: string
  readonly start_ms: number
  readonly interval_ms: number
  /** How many there are; Infinity when they never end. */
  readonly count: number
  /** @throws RangeError beyond the count. */
  at(index: number): Candle
}

/** What the market's depth and the precision of its pools allow, in USDC per SOL. */
export const PRICE_RANGE = { min: 0.01, max: 100_000 } as const
