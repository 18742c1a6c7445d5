import type { IntentEvent } from '../../events/event.ts'
import type { Reason } from '../../events/report.ts'
import type { Quote, QuoteRequest } from '../../plugin/venue.ts'

/** A trade as the model would make it, at the moment it can be made. */
export interface Offer {
  /** Both sides, and the least or most that a tolerance allows; undefined for a size there is nothing for. */
  quote(slippageBps: number): Quote | undefined
  /** Sends it, and tells what has become of it when it lands, or would have. */
  land(quote: Quote, told: (landing: Landing) => void): void
}

/** `refused`: the transaction landed and failed, and its fees are paid. */
export type Landing =
  | { readonly kind: 'landed'; readonly input_units: bigint; readonly output_units: bigint }
  | { readonly kind: 'refused'; readonly reason: Reason }

/** How many slots after its quote a trade lands; undefined where that is as for every other. */
export type LandsAfter = (intent: Pick<IntentEvent, 'node' | 'key'>) => number | undefined

/**
 * What stands in for the market when orders are filled. It sees a bar, or a point of its path, when the clock has come
 * to it, and nothing after.
 */
export interface FillModel {
  readonly name: 'pool' | 'bar'
  /** How a bar comes to pass: all at once at its close, or in the four points of its path. */
  readonly walk: 'bar' | 'path'
  /** Whether an order waits for the next bar to open. */
  readonly waits: boolean
  /** Where the price is now, quote per base. */
  readonly price: number
  /** A bar opens at this price: what waited for it is traded. Only told while something waits. */
  open(price: number): void
  /**
   * The price has come here; of a whole bar it is the close, and `open` its first price.
   *
   * @returns whether this is another price than before: a source tells of no price twice
   */
  move(price: number, open: number): boolean
  /** Tells what a trade would be at the moment at which it can be made, at once or later; or why there will be none. */
  offer(intent: IntentEvent, told: (answer: Offer | Reason) => void): void
  /** What a trade would be at the price of now, for who only wants to know. */
  glance(request: QuoteRequest): Quote | undefined
  /** Nothing more will come to pass: what waits is told so. */
  end(): void
}

export function isOffer(answer: Offer | Reason): answer is Offer {
  return 'land' in answer
}
