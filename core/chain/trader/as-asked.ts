import type { Reason } from '../../events/report.ts'
import { type Amount, formatAmount } from '../../money/amount.ts'
import { sameToken } from '../../money/token.ts'
import type { Quote, QuoteRequest, Venue } from '../../plugin/venue.ts'
import { slippageThreshold } from '../../routing/quote-figures.ts'

/**
 * How a quote differs from what was asked, which no trade may be made of; undefined where it does not. It may be for a
 * part of an exact input, never for more, or for nothing; for no less than an exact output; and it accepts no more
 * slippage than was allowed. A venue is a plugin, and may be anybody's.
 */
export function notAsAsked(quote: Quote, request: QuoteRequest, { name }: Pick<Venue, 'name'>): Reason | undefined {
  const difference = differenceOf(quote, request)
  return difference === undefined ? undefined : { code: 'VENUE_REFUSED', message: `${name} ${difference}` }
}

function differenceOf(quote: Quote, request: QuoteRequest): string | undefined {
  const { amount, exact, slippageBps } = request
  if (quote.exact !== exact || !isOf(quote.input, request.input) || !isOf(quote.output, request.output)) {
    const quoted = `${quote.input.token.symbol} to ${quote.output.token.symbol} (exact: ${quote.exact})`
    return `quotes ${quoted} where ${request.input.symbol} to ${request.output.symbol} (exact: ${exact}) was asked`
  }
  const given = exact === 'in' ? quote.input : quote.output
  const fits = exact === 'in' ? given.units > 0n && given.units <= amount.units : given.units >= amount.units
  if (!fits) return `quotes ${formatAmount(given)} where ${formatAmount(amount)} were asked`
  const { threshold } = quote
  const other = exact === 'in' ? quote.output : quote.input
  const limit = slippageThreshold(exact, other.units, slippageBps)
  // One unit of leeway: a venue may round either way.
  const isLoose = exact === 'in' ? threshold.units < limit - 1n : threshold.units > limit + 1n
  if (!isLoose && isOf(threshold, other.token)) return undefined
  return `would put up with ${formatAmount(threshold)} where ${formatAmount(other)} were quoted and ${slippageBps} bps of slippage allowed`
}

function isOf({ token }: Amount, asked: Amount['token']): boolean {
  return sameToken(token, asked)
}
