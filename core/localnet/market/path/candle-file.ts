import { readCandles } from '../../../candles/read-candles.ts'
import { type CandleSeries, PRICE_RANGE } from './candles.ts'

/**
 * The candles of a file or folder, within the prices the market can show, none missing.
 *
 * @throws CANDLES_INVALID with file and line, as `readCandles`
 */
export async function readCandleSeries(path: string): Promise<CandleSeries> {
  const { name, interval_ms, count, start_ms, open, high, low, close } = await readCandles(path, {
    priceRange: PRICE_RANGE,
  })
  return {
    name,
    start_ms: start_ms[0]!,
    interval_ms,
    count,
    at: index => {
      if (!(index >= 0 && index < count)) throw new RangeError(`${path} has no candle ${index}`)
      return {
        start_ms: start_ms[index]!,
        open: open[index]!,
        high: high[index]!,
        low: low[index]!,
        close: close[index]!,
      }
    },
  }
}
