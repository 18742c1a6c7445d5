import type { Candle, CandleSeries } from '../../core/localnet/market/path/candles.ts'

/** Candles as a file would give them: `[open, high, low, close]` each. */
export function seriesOf(
  name: string,
  start_ms: number,
  interval_ms: number,
  prices: readonly (readonly [open: number, high: number, low: number, close: number])[],
): CandleSeries {
  const candles = prices.map(
    ([open, high, low, close], index): Candle => ({ start_ms: start_ms + index * interval_ms, open, high, low, close }),
  )
  return { name, start_ms, interval_ms, count: candles.length, at: index => candles[index]! }
}
