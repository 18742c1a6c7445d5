import { type Amount, type Pair, type Price, priceOf, type Quote, sameToken, type Venue } from '../../../core/index.ts'

/** Asked for, but of no weight here: nothing is traded. */
const SLIPPAGE_BPS = 50

/** What a size sells and buys for, all pool fees in. */
export interface TwoWayQuote {
  readonly bid: Price
  readonly ask: Price
  readonly mid: Price
  /** The older state of the two; undefined when the API does not say. */
  readonly slot: number | undefined
}

/** Quotes a size one way, and what it brings back: undefined without a route. @throws what the venue throws. */
export async function twoWayQuote(
  venue: Venue,
  pair: Pair,
  size: Amount,
  signal: AbortSignal,
): Promise<TwoWayQuote | undefined> {
  const there = await quote(venue, size, sameToken(size.token, pair.base) ? pair.quote : pair.base, signal)
  const back = there && (await quote(venue, there.output, size.token, signal))
  if (!there || !back || back.output.units === 0n) return undefined
  const [sale, purchase] = sameToken(size.token, pair.base) ? [there, back] : [back, there]
  // Each the worse way, so that the spread is never narrower than it is.
  const bid = priceOf(pair, sale.input, sale.output, 'down')
  const ask = priceOf(pair, purchase.output, purchase.input, 'up')
  const slots = [there.slot, back.slot].filter(slot => slot !== undefined)
  return {
    bid,
    ask,
    mid: { pair, scaled: (bid.scaled + ask.scaled) / 2n },
    slot: slots.length === 0 ? undefined : Math.min(...slots),
  }
}

async function quote(
  venue: Venue,
  amount: Amount,
  output: Amount['token'],
  signal: AbortSignal,
): Promise<Quote | undefined> {
  if (amount.units === 0n) return undefined
  return venue.quote({ input: amount.token, output, amount, exact: 'in', slippageBps: SLIPPAGE_BPS }, signal)
}
