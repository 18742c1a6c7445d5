import type { Random } from '../../../time/random.ts'
import type { Candle, CandleSeries } from './candles.ts'

const START_MS = Date.UTC(2025, 0, 1)
const INTERVAL_MS = 300_000
const START_PRICE = 190
/** Volatility of one candle: 80 % a year over its 105,120 five-minute candles. */
const SIGMA = 0.8 / Math.sqrt(105_120)
/** Share of the distance to the start price that one candle takes back: half of it in three weeks. */
const REVERSION = Math.LN2 / (21 * 288)
const CENT = 100

/**
 * Endless five-minute candles from 2025-01-01: log-normal steps, softly drawn back to 190 USDC. The same seed gives the
 * same candles. They are made one after the other; only the last two
 * are kept, so going back further starts from the beginning.
 */
export function seededWalk(random: Random): CandleSeries {
  let stream = random.fork('market walk')
  let index = -1
  let before: Candle | undefined
  let last: Candle | undefined
  const step = (): void => {
    index++
    before = last
    const open = last?.close ?? START_PRICE
    const drift = REVERSION * Math.log(START_PRICE / open)
    const close = toCents(open * Math.exp(drift + SIGMA * normal(stream)))
    const high = toCents(Math.max(open, close) * Math.exp(0.5 * SIGMA * Math.abs(normal(stream))))
    const low = toCents(Math.min(open, close) * Math.exp(-0.5 * SIGMA * Math.abs(normal(stream))))
    last = {
      start_ms: START_MS + index * INTERVAL_MS,
      open,
      high: Math.max(open, close, high),
      low: Math.min(open, close, low),
      close,
    }
  }
  return {
    name: 'seeded walk',
    start_ms: START_MS,
    interval_ms: INTERVAL_MS,
    count: Number.POSITIVE_INFINITY,
    at: wanted => {
      if (wanted === index - 1) return before!
      if (wanted < index) {
        stream = random.fork('market walk')
        index = -1
        last = undefined
      }
      while (index < wanted) step()
      return last!
    },
  }
}

/** Near enough to a normal variate, from sums only: no logarithm or cosine whose last bit a platform could change. */
function normal(random: Random): number {
  let sum = -6
  for (let i = 0; i < 12; i++) sum += random.next()
  return sum
}

function toCents(price: number): number {
  return Math.round(price * CENT) / CENT
}
