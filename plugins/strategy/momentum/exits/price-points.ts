import { type PriceEvent, priceToNumber } from '../../../../core/index.ts'

type Point = NonNullable<PriceEvent['open']>

/**
 * Shows what is known of a price event in the order of time: its first, low and high, and itself, those after `since_ms`
 * alone. Ends with the first that gives an answer.
 */
export function pricePoints<Answer>(
  { at, price, open, low, high }: PriceEvent,
  since_ms: number,
  show: (price: number) => Answer | undefined,
): Answer | undefined {
  const pointed = (point: Point | undefined): Answer | undefined =>
    point !== undefined && point.at > since_ms ? show(priceToNumber(point.price)) : undefined
  const isHighFirst = low !== undefined && high !== undefined && high.at < low.at
  return (
    pointed(open) ??
    pointed(isHighFirst ? high : low) ??
    pointed(isHighFirst ? low : high) ??
    (at > since_ms ? show(priceToNumber(price)) : undefined)
  )
}
