import type { CandleEvent, ForgeEvent, PriceEvent } from '../../events/event.ts'
import type { Pair } from '../../money/token.ts'

const pairKey = (pair: Pair): string => `${pair.base.cluster}/${pair.base.mint}/${pair.quote.mint}`

/** What an event may be merged by, or undefined when nothing may be lost of it. */
export function conflationKey(event: ForgeEvent): string | undefined {
  switch (event.kind) {
    case 'price':
      return `price/${event.origin}/${pairKey(event.price.pair)}`
    case 'candle':
      return `candle/${event.interval_ms}/${pairKey(event.pair)}`
    default:
      return undefined
  }
}

/** The newer event, keeping what the older one knew of extremes. Both have the same conflation key. */
export function conflate(older: ForgeEvent, newer: ForgeEvent): ForgeEvent {
  if (older.kind === 'price' && newer.kind === 'price') return conflatePrices(older, newer)
  if (older.kind === 'candle' && newer.kind === 'candle') return conflateCandles(older, newer)
  return newer
}

/** The newest price, with the first, and the lowest and highest and when each was first seen: no stop misses a spike. */
function conflatePrices(older: PriceEvent, newer: PriceEvent): PriceEvent {
  const lows = [older.low ?? older, newer.low ?? newer] as const
  const highs = [older.high ?? older, newer.high ?? newer] as const
  const low = lows[1].price.scaled < lows[0].price.scaled ? lows[1] : lows[0]
  const high = highs[1].price.scaled > highs[0].price.scaled ? highs[1] : highs[0]
  const open = older.open ?? older
  return {
    ...newer,
    open: { price: open.price, at: open.at },
    low: { price: low.price, at: low.at },
    high: { price: high.price, at: high.at },
  }
}

/** One longer bar; its interval says so. */
function conflateCandles(older: CandleEvent, newer: CandleEvent): CandleEvent {
  return {
    ...newer,
    interval_ms: older.interval_ms + newer.interval_ms,
    open: older.open,
    high: Math.max(older.high, newer.high),
    low: Math.min(older.low, newer.low),
    volume: older.volume + newer.volume,
  }
}
