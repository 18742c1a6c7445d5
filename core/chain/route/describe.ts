import type { RouteCost, RouteRow } from '../../events/routes.ts'
import { formatAmount } from '../../money/amount.ts'
import type { RouteComparison } from '../../plugin/services.ts'
import type { QuoteRequest } from '../../plugin/venue.ts'
import { TRANSACTION_BYTES_MAX as BYTES_MAX } from '../transaction/compose.ts'
import type { Comparison } from './comparison.ts'
import type { Route } from './route.ts'

/** A comparison as an event tells it: amounts with their tokens, the best route first, and why it is. */
export function describeComparison(comparison: Comparison): RouteComparison {
  const { request, routes, terms } = comparison
  return {
    input: request.amount,
    output: request.output,
    rows: routes.map(route => rowOf(route, comparison)),
    why: whyBest(comparison),
    slippage: { bps: comparison.slippage.bps, reasons: comparison.slippage.reasons },
    priorityFee_microLamports: terms.price.price_microLamports,
    priorityFeeReason: terms.price.reason,
    ...(terms.protection.length > 0 && { protection: terms.protection }),
    unavailable: comparison.unavailable,
    timing: comparison.steps.map(({ name, wall_ms }) => ({ step: name, wall_ms })),
  }
}

function rowOf(route: Route, { request, oversized }: Comparison): RouteRow {
  const bytes = oversized.get(route)
  const quotes = route.quotes.flat()
  const costs: readonly RouteCost[] = route.cost.lines.map(line => ({
    ...line,
    input: { token: request.input, units: line.input },
    output: { token: request.output, units: line.output },
  }))
  return {
    kind: route.kind,
    label: labelOf(route),
    venues: [...new Set(quotes.map(quote => quote.venue))],
    pools: quotes.flatMap(quote => quote.route.map(hop => hop.pool)),
    output: { token: request.output, units: route.output },
    minimum: route.minimum,
    net: { token: request.output, units: route.cost.netOutput },
    totalBps: route.cost.totalBps,
    costs,
    ...(route.transactions && { transactions: route.transactions.length }),
    ...(bytes !== undefined && { oversize_bytes: bytes }),
  }
}

function labelOf({ label, transactions }: Route): string {
  return transactions ? `${label}, in ${transactions.length} transactions` : label
}

function whyBest({ request, routes, oversized }: Comparison): string {
  const [best, ...others] = routes
  if (!best) return 'no venue takes this size'
  const second = others.find(route => !oversized.has(route))
  const better = others.filter(route => oversized.has(route) && route.cost.netOutput > best.cost.netOutput)
  const passed = better.map(
    route =>
      `; ${route.label} would leave more, but takes ${oversized.get(route)} bytes of a transaction's ${BYTES_MAX}`,
  )
  return `${comparedWith(second, best, request)}${passed.join('')}`
}

function comparedWith(second: Route | undefined, best: Route, request: QuoteRequest): string {
  if (!second) return 'it is the only way'
  const more = best.cost.netOutput - second.cost.netOutput
  if (more === 0n) return `it leaves as much as ${labelOf(second)} and is cheaper to land`
  const each = best.transactions ? ', with what it costs to land each transaction' : ''
  const left = formatAmount({ token: request.output, units: more })
  return `it leaves ${left} more in the wallet than ${labelOf(second)}${each}`
}
