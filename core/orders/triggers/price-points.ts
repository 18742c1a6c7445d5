import type { PriceEvent } from '../../events/event.ts'
import type { TriggerSource } from './trigger.ts'

/** One price as it was seen. */
export interface PricePoint {
  readonly scaled: bigint
  readonly at: number
  readonly origin: string
}

/**
 * The prices an event tells of, in the order they are evaluated in; empty when it has none of that source.
 *
 * - `last`: the event's price, after its open, low and high where several were conflated, each by its time, so that a
 *   trailing stop never uses a high that came after the low. When two have the same time their order is not known: then
 *   the open is first, the low before the high, so that what is held is stopped before it is sold at a target, and the
 *   newest price last.
 * - `mid`: the middle of bid and ask. Where the event's price is that middle, the others count as for `last`; where there
 *   is no bid and ask, `mid` is `last`.
 * - `bid`, `ask`: that side alone, as it is now: of what was conflated no extremes are kept.
 */
export function pricePoints(event: PriceEvent, source: TriggerSource): readonly PricePoint[] {
  if (source === 'last') return path(event)
  const { bid, ask, at, origin } = event
  if (source === 'mid') {
    if (bid === undefined || ask === undefined) return path(event)
    const middle = (bid.scaled + ask.scaled) / 2n
    return isNear(middle, event.price.scaled) ? path(event) : [{ scaled: middle, at, origin }]
  }
  const side = source === 'bid' ? bid : ask
  return side === undefined ? [] : [{ scaled: side.scaled, at, origin }]
}

function path(event: PriceEvent): readonly PricePoint[] {
  const { open, low, high, at, origin } = event
  const newest = { scaled: event.price.scaled, at, origin }
  if (open === undefined && low === undefined && high === undefined) return [newest]
  const earlier = [open, low, high]
    .filter(seen => seen !== undefined)
    .map(seen => ({ scaled: seen.price.scaled, at: seen.at, origin }))
    // A stable sort: of one time, they stay in this order.
    .sort((a, b) => a.at - b.at)
  const seen: PricePoint[] = []
  // The same observation under two names is one price: it must not confirm itself.
  for (const point of [...earlier, newest]) if (!seen.some(other => isSame(other, point))) seen.push(point)
  return seen
}

const isSame = (a: PricePoint, b: PricePoint): boolean => a.at === b.at && a.scaled === b.scaled

/** The middle of two prices may have been rounded either way. */
const isNear = (a: bigint, b: bigint): boolean => a - b <= 1n && b - a <= 1n
