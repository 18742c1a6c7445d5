import type { IntentEvent } from '../../events/event.ts'
import type { Reason } from '../../events/report.ts'
import { type Amount, formatAmount } from '../../money/amount.ts'
import { tenTo } from '../../money/powers.ts'
import { formatPrice, PRICE_DECIMALS, type Price, priceOf, valueAt } from '../../money/price.ts'
import { BPS, mulDiv } from '../../money/rounding.ts'
import { sameToken } from '../../money/token.ts'
import type { Quote } from '../../plugin/venue.ts'

type BoundCode = 'PRICE_ABOVE_BOUND' | 'PRICE_BELOW_BOUND'

/** What the bounds say to a quote: take it, ask again with less slippage, or leave it. */
export type BoundsVerdict =
  | { readonly kind: 'within' }
  | { readonly kind: 'tighten'; readonly slippageBps: number }
  | { readonly kind: 'outside'; readonly reason: Reason }

/**
 * Holds an intent's bounds against what the quote really pays, the venue's fees included, and against the worst that its
 * threshold would accept: slippage must not carry the trade over a bound.
 */
export function judgeBounds(intent: IntentEvent, quote: Quote): BoundsVerdict {
  const { min, max } = intent.bounds ?? {}
  const pair = (min ?? max)?.pair
  if (!pair) return { kind: 'within' }
  const buying = sameToken(pair.base, quote.output.token)
  const [base, payment] = buying ? [quote.output, quote.input] : [quote.input, quote.output]
  // A quote of nothing has no price; no venue may give one, and no bound lets it pass.
  if (base.units === 0n || payment.units === 0n) return outside('PRICE_ABOVE_BOUND', 'the venue offers nothing')
  const highest = priceOf(pair, base, payment, 'up')
  const lowest = priceOf(pair, base, payment, 'down')
  if (max && highest.scaled > max.scaled) {
    return outside('PRICE_ABOVE_BOUND', `the price is ${formatPrice(highest)}, above ${formatPrice(max)}`)
  }
  if (min && lowest.scaled < min.scaled) {
    return outside('PRICE_BELOW_BOUND', `the price is ${formatPrice(lowest)}, below ${formatPrice(min)}`)
  }
  const binding = buying ? max : min
  return binding ? judgeThreshold(quote, binding, buying) : { kind: 'within' }
}

/** Buying may not pay more than the bound, selling may not get less, not even at the quote's threshold. */
function judgeThreshold(quote: Quote, bound: Price, buying: boolean): BoundsVerdict {
  const code = buying ? 'PRICE_ABOVE_BOUND' : 'PRICE_BELOW_BOUND'
  if (quote.exact === 'in') {
    const needed = buying ? baseFor(bound, quote.input, 'up') : valueAt(bound, quote.input, 'up').units
    if (quote.threshold.units >= needed) return { kind: 'within' }
    return tighten(quote.output.units - needed, quote.output, bound, code)
  }
  const allowed = buying ? valueAt(bound, quote.output, 'down').units : baseFor(bound, quote.output, 'down')
  if (quote.threshold.units <= allowed) return { kind: 'within' }
  return tighten(allowed - quote.input.units, quote.input, bound, code)
}

function tighten(room: bigint, quoted: Amount, bound: Price, code: BoundCode): BoundsVerdict {
  const slippageBps = room < 0n ? -1 : Number((room * BPS) / quoted.units)
  if (slippageBps > 0) return { kind: 'tighten', slippageBps }
  return outside(code, `${formatAmount(quoted)} leaves no room for slippage to ${formatPrice(bound)}`)
}

/** Base units that so much of the quote token is worth at a price. */
function baseFor(price: Price, payment: Amount, rounding: 'up' | 'down'): bigint {
  const { base, quote } = price.pair
  return mulDiv(
    payment.units * tenTo(base.decimals),
    tenTo(PRICE_DECIMALS),
    price.scaled * tenTo(quote.decimals),
    rounding,
  )
}

function outside(code: BoundCode, message: string): BoundsVerdict {
  return { kind: 'outside', reason: { code, message } }
}
