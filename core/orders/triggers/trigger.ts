/**
 * What an order waits for. All prices are scaled as in money/price.ts: quote per whole base, times 10^12.
 *
 * - `at-or-below`: the stop-loss of what is held, a limit purchase.
 * - `at-or-above`: a take-profit, a limit sale.
 * - `trailing`: follows the best price since it was armed at a distance, and never gives ground. With side `sell` it
 *   follows the highest price and fires at or below its distance under it; with side `buy`, mirrored. With an
 *   `activation` it follows only once the price has been there (at or above it to sell, at or below it to buy).
 */
export type Trigger =
  | { readonly kind: 'at-or-below' | 'at-or-above'; readonly price: bigint }
  | {
      readonly kind: 'trailing'
      readonly side: 'sell' | 'buy'
      readonly offset: TrailingOffset
      readonly activation?: bigint
    }

/** How far behind the best price: a scaled price difference, basis points of the best price, or percent of it. */
export type TrailingOffset = { readonly price: bigint } | { readonly bps: number } | { readonly percent: number }

/**
 * Which price an order looks at (see price-points.ts): `last` is what the feed says the price is, `mid` the middle of
 * bid and ask, `bid` what a sale brings, `ask` what a purchase costs.
 */
export type TriggerSource = 'last' | 'mid' | 'bid' | 'ask'
export const TRIGGER_SOURCES = ['last', 'mid', 'bid', 'ask'] as const satisfies readonly TriggerSource[]

/**
 * When a price beyond the trigger is believed.
 *
 * - `none`: at once.
 * - `prices`: when so many consecutive prices are beyond it, whoever gives them.
 * - `sources`: when the latest prices of so many origins are beyond it, none older than `within_ms` before the newest.
 *
 * The high-water mark of a trailing stop and its activation are confirmed by the same rule, so that one outlier can
 * neither fire an order nor pull its stop to where the next true price does.
 */
export type Confirmation =
  | 'none'
  | { readonly prices: number }
  | { readonly sources: number; readonly within_ms: number }

/** An order as the trigger book knows it. */
export interface ArmedOrder {
  readonly id: string
  /** Grows from order to order in the sequence they were armed in, and is the same after a restart. */
  readonly sequence: number
  readonly trigger: Trigger
  readonly source: TriggerSource
  readonly confirm: Confirmation
}

/** An order whose price came. */
export interface Firing {
  readonly id: string
  readonly sequence: number
  /** Where it was to fire; of a trailing order, where its stop stood. */
  readonly trigger: bigint
  /** The price that fired it. Across a gap it is the gap's price, and lies beyond the trigger. */
  readonly price: bigint
  /** When that price was seen. */
  readonly at: number
  readonly origin: string
  /** Of a trailing order: the best price since it was armed. */
  readonly mark?: bigint
}
