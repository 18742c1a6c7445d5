import type { PriceEvent } from '../../../core/index.ts'
import type { Level } from './books/level.ts'

/** A price since an instant before: the last, and the extremes of what was conflated into it, with their times. */
export interface Reach {
  readonly last: bigint
  readonly low: bigint
  readonly lowAt_ms: number
  readonly high: bigint
  readonly highAt_ms: number
  /** When the first of them was, where it stands for a stretch of time. */
  readonly from_ms?: number
}

export function reachOf(event: PriceEvent): Reach {
  const { price, at } = event
  const low = event.low ?? { price, at }
  const high = event.high ?? { price, at }
  return {
    last: price.scaled,
    low: low.price.scaled,
    lowAt_ms: low.at,
    high: high.price.scaled,
    highAt_ms: high.at,
    ...(event.open && { from_ms: event.open.at }),
  }
}

/** Only the last price: for looking again when something else has changed. */
export function lastOnly(reach: Reach, now: number): Reach {
  return { last: reach.last, low: reach.last, lowAt_ms: now, high: reach.last, highAt_ms: now }
}

export interface Due {
  readonly level: Level
  readonly side: 'buy' | 'sell'
  /** Whether it was free to trade all through the stretch in which its line was reached: then it traded when it was. */
  readonly isTouched: boolean
}

/**
 * The levels whose line the price has reached and that have no order on the way, the nearest to the price first. An
 * extreme from before a level's last trade is nothing to it.
 */
export function dueLevels(levels: readonly Level[], reach: Reach, now: number): readonly Due[] {
  const due: Due[] = []
  for (const level of levels) {
    if (level.open !== undefined || level.isUnknown || level.restsUntil_ms > now) continue
    const side = sideOf(level, reach)
    const isTouched = reach.from_ms !== undefined && Math.max(level.since_ms, level.restsUntil_ms) <= reach.from_ms
    if (side) due.push({ level, side, isTouched })
  }
  return due.toSorted((a, b) => distance(a, reach.last) - distance(b, reach.last))
}

/** Lets levels that waited for the price to be above them buy when it comes down again. */
export function wakeLevels(levels: readonly Level[], { high, highAt_ms }: Reach): void {
  for (const level of levels) {
    if (!level.isWaiting || high <= level.buyAt.scaled) continue
    level.isWaiting = false
    level.since_ms = highAt_ms
  }
}

function sideOf(level: Level, { last, low, lowAt_ms, high, highAt_ms }: Reach): Due['side'] | undefined {
  if (level.holds) {
    const isReached = last >= level.sellAt.scaled || (high >= level.sellAt.scaled && highAt_ms > level.since_ms)
    return isReached ? 'sell' : undefined
  }
  if (level.isWaiting) return undefined
  const isReached = last <= level.buyAt.scaled || (low <= level.buyAt.scaled && lowAt_ms > level.since_ms)
  return isReached ? 'buy' : undefined
}

function distance({ level, side }: Due, last: bigint): number {
  return Math.abs(Number((side === 'buy' ? level.buyAt : level.sellAt).scaled - last))
}
