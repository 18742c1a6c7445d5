import type { Clock } from '../../time/clock.ts'
import type { Endpoint } from './endpoint.ts'
import type { EndpointState } from './health.ts'
import { decides } from './method-traits.ts'

const RANK: Readonly<Record<EndpointState, number>> = {
  ok: 0,
  degraded: 2,
  behind: 3,
  down: 4,
  limited: 5,
  foreign: 9,
}
/** Slower than the fastest by so much, an endpoint comes after it. */
const SLOW_FACTOR = 3
const SLOW_MIN_MS = 200

/**
 * Who may answer a call, best first; among equals the order of the profile stays, so that reads come from one endpoint
 * as long as it is well. None that is behind where the answer decides something.
 */
export function candidates(
  endpoints: readonly Endpoint[],
  method: string,
  { clock, lagMax_slots }: { readonly clock: Clock; readonly lagMax_slots: number },
): Endpoint[] {
  if (endpoints.length === 1 && !endpoints[0]?.health.isForeign && !isBehind(endpoints[0]!, method, lagMax_slots)) {
    return [endpoints[0]!]
  }
  const now = clock.now()
  const usable = endpoints.filter(each => !each.health.isForeign && !isBehind(each, method, lagMax_slots))
  const serving = usable.filter(each => !each.health.refused.has(method))
  const among = serving.length > 0 ? serving : usable
  const fastest_ms = Math.min(...among.map(each => each.health.median_ms() ?? Number.POSITIVE_INFINITY))
  const slow_ms = Math.max(SLOW_MIN_MS, fastest_ms * SLOW_FACTOR)
  const rank = ({ health, limit }: Endpoint): number =>
    RANK[health.state(now, lagMax_slots)] +
    (limit.wait_ms(method, 'read') > 0 ? 1 : 0) +
    ((health.median_ms() ?? 0) > slow_ms ? 1 : 0)
  return among
    .map(endpoint => ({ endpoint, rank: rank(endpoint) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ endpoint }) => endpoint)
}

function isBehind({ health }: Endpoint, method: string, lagMax_slots: number): boolean {
  return decides(method) && health.lag_slots > lagMax_slots
}
