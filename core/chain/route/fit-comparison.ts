import type { SwapPlan } from '../../plugin/venue.ts'
import { rank } from '../../routing/candidates.ts'
import type { Comparison } from './comparison.ts'
import { oversizeOf } from './fit.ts'
import { mergePlans } from './merge-plans.ts'
import type { Route } from './route.ts'

export interface FitOptions {
  readonly owner: string
  /** Bytes of a transaction that a route must leave free. */
  readonly room_bytes: number
  /** The plan of each of a route's legs. */
  plansOf(route: Route): Promise<readonly SwapPlan[]>
}

/**
 * Puts the route first that leaves most in the wallet of those that can be sent. A split that no transaction holds is
 * weighed as several, one after the other, with what landing each of them costs; at equal results the one that takes
 * fewer comes first. Where no route can be sent the order stays: the trader then says what is too large.
 *
 * Routes are ranked as if each were one transaction, and several never leave more: most comparisons end with the first.
 */
export async function fitComparison(compared: Comparison, options: FitOptions): Promise<Comparison> {
  const oversized = new Map<Route, number>()
  const tried: Route[] = []
  let best: Route | undefined
  for (const route of compared.routes) {
    if (best && best.cost.netOutput > route.cost.netOutput) break
    const fitted = await sendable(route, options)
    if (typeof fitted === 'number') {
      oversized.set(route, fitted)
      tried.push(route)
      continue
    }
    tried.push(fitted)
    if (!best || isBetter(fitted, best)) best = fitted
    if (!fitted.transactions) break
  }
  if (!best) return { ...compared, oversized }
  const rest = rank([...tried.filter(route => route !== best), ...compared.routes.slice(tried.length)])
  return { ...compared, oversized, routes: [best, ...rest] }
}

function isBetter(route: Route, best: Route): boolean {
  if (route.cost.netOutput !== best.cost.netOutput) return route.cost.netOutput > best.cost.netOutput
  return (route.transactions?.length ?? 1) < (best.transactions?.length ?? 1)
}

/** The route as it can be sent, in several transactions if need be; else the bytes it would take in one. */
async function sendable(route: Route, options: FitOptions): Promise<Route | number> {
  // A single pool always fits, and an aggregator sees to its own size.
  if (route.quotes.flat().length === 1) return route
  const plans = await options.plansOf(route)
  const size = (legs: readonly number[]): number | undefined =>
    oversizeOf(mergePlans(legs.map(index => plans[index]!)), options.owner, options.room_bytes)
  const bytes = size([...plans.keys()])
  if (bytes === undefined) return route
  const transactions = packed(route, size)
  return transactions ? route.over(transactions) : bytes
}

/** The legs in as few transactions as come by filling each with the largest that still fit; undefined when one fits nowhere. */
function packed(
  { legs }: Route,
  size: (legs: readonly number[]) => number | undefined,
): readonly (readonly number[])[] | undefined {
  const bySize = [...legs.keys()].toSorted((a, b) => (legs[a]!.input > legs[b]!.input ? -1 : 1))
  const groups: number[][] = []
  let left = bySize
  while (left.length > 0) {
    const group: number[] = []
    for (const leg of left) if (size([...group, leg]) === undefined) group.push(leg)
    if (group.length === 0) return undefined
    groups.push(group)
    left = left.filter(leg => !group.includes(leg))
  }
  return groups
}
