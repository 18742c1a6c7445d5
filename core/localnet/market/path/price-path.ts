import { type NanoUsdc, nanoUsdc } from '../prices.ts'
import type { CandleSeries } from './candles.ts'

/** One slot: the open of a candle comes that long after the close before it. */
const SLOT_MS = 400
export const POINTS_PER_CANDLE = 4

/** The price that the market has from `time_ms` on. */
interface PathPoint {
  readonly index: number
  readonly time_ms: number
  readonly price: NanoUsdc
  /** The last point of its candle. */
  readonly isClose: boolean
}

/**
 * The way of the price through candles. Within one: its open (at the very start for the first candle, else one slot
 * later), the nearer of low and high after a third, the other after two thirds, its close exactly at its end.
 */
export interface PricePath {
  readonly name: string
  readonly start_ms: number
  /** When the price last moves; Infinity when it never stops. */
  readonly end_ms: number
  /** The point with that index; undefined when the candles have ended before it. */
  point(index: number): PathPoint | undefined
  /** The last point at or before that time; before the start, the first. */
  current(time_ms: number): PathPoint
}

/** When the four points of a candle come, from its start; the first candle's open comes at its very start. */
export function pathOffsets_ms(interval_ms: number): readonly [number, number, number, number] {
  const openDelay_ms = Math.min(SLOT_MS, Math.floor(interval_ms / 6))
  return [openDelay_ms, Math.floor(interval_ms / 3), Math.floor((2 * interval_ms) / 3), interval_ms]
}

/** Whether a candle's low comes before its high: the one nearer to its open does. */
export function isLowFirst({ open, high, low }: { open: number; high: number; low: number }): boolean {
  return open - low <= high - open
}

export function pricePath(candles: CandleSeries): PricePath {
  const { start_ms, interval_ms, count } = candles
  const offsets = pathOffsets_ms(interval_ms)

  const timeOf = (index: number): number =>
    index === 0
      ? start_ms
      : start_ms + Math.floor(index / POINTS_PER_CANDLE) * interval_ms + offsets[index % POINTS_PER_CANDLE]!

  const point = (index: number): PathPoint | undefined => {
    const candleIndex = Math.floor(index / POINTS_PER_CANDLE)
    if (index < 0 || candleIndex >= count) return undefined
    const candle = candles.at(candleIndex)
    const { open, high, low, close } = candle
    const prices = isLowFirst(candle) ? [open, low, high, close] : [open, high, low, close]
    const step = index % POINTS_PER_CANDLE
    return { index, time_ms: timeOf(index), price: nanoUsdc(prices[step]!), isClose: step === POINTS_PER_CANDLE - 1 }
  }

  return {
    name: candles.name,
    start_ms,
    end_ms: count === Number.POSITIVE_INFINITY ? count : start_ms + count * interval_ms,
    point,
    current: time_ms => {
      const candle = Math.min(count - 1, Math.max(0, Math.floor((time_ms - start_ms) / interval_ms)))
      let index = candle * POINTS_PER_CANDLE + POINTS_PER_CANDLE - 1
      while (index > 0 && timeOf(index) > time_ms) index--
      return point(index)!
    },
  }
}
