import type { ReportBars } from './report-input.ts'

/** `[start_ms, open, high, low, close]` */
export type PriceCandle = readonly [number, number, number, number, number]

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const LENGTHS = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  7 * DAY,
] as const

/**
 * Bars put together into at most so many of a length people know, aligned to UTC. Every bar's high and low stays within
 * its candle.
 */
export function priceCandles(
  bars: ReportBars,
  max: number,
): { readonly interval_ms: number; readonly candles: readonly PriceCandle[] } {
  const span_ms = bars.start_ms[bars.count - 1]! - bars.start_ms[0]! + bars.interval_ms
  if (bars.count <= max) return { interval_ms: bars.interval_ms, candles: candlesOf(bars, bars.interval_ms) }
  // One more than the span holds, since neither end need lie on the grid.
  const fits = (length: number): boolean => length >= bars.interval_ms && span_ms / length + 1 <= max
  const weeks = Math.ceil(span_ms / (max - 1) / (7 * DAY))
  const interval_ms = LENGTHS.find(fits) ?? weeks * 7 * DAY
  return { interval_ms, candles: candlesOf(bars, interval_ms) }
}

function candlesOf(bars: ReportBars, interval_ms: number): readonly PriceCandle[] {
  const candles: [number, number, number, number, number][] = []
  for (let place = 0; place < bars.count; place++) {
    const start_ms = Math.floor(bars.start_ms[place]! / interval_ms) * interval_ms
    const [high, low, close] = [bars.high[place]!, bars.low[place]!, bars.close[place]!]
    const open = candles.at(-1)
    if (open?.[0] === start_ms) {
      open[2] = Math.max(open[2], high)
      open[3] = Math.min(open[3], low)
      open[4] = close
    } else candles.push([start_ms, bars.open[place]!, high, low, close])
  }
  return candles
}
