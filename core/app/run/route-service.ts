import type { PriorityPrices } from '../../chain/fees/priority-price.ts'
import type { Shield } from '../../chain/mev/shield.ts'
import type { VenueChoice } from '../../chain/route/gather.ts'
import { RouteFinder } from '../../chain/route/route-finder.ts'
import { TIP_BYTES } from '../../chain/route/route-terms.ts'
import { RouteVenue } from '../../chain/route/route-venue.ts'
import { isForgeError } from '../../errors/forge-error.ts'
import type { AccountReader, RouteService, Services, VenueService } from '../../plugin/services.ts'
import type { Clock } from '../../time/clock.ts'

/** Opens routes over the venues that execution plugins offer. */
export function createRouteService(options: {
  readonly venues: VenueService
  readonly clock: Clock
  readonly services: Pick<Services, 'cluster' | 'tokens'>
  readonly accounts: AccountReader
  readonly shield: Shield
  readonly prices: PriorityPrices
}): RouteService {
  const { accounts, clock, services } = options
  const { cluster, tokens } = services
  const choose = async (name: string, config: Readonly<Record<string, unknown>>): Promise<VenueChoice> => {
    try {
      return { name, venue: await options.venues.open(name, config) }
    } catch (thrown) {
      // What is not on this cluster is told with every comparison; what exists nowhere is a mistake.
      if (!isForgeError(thrown, 'PLUGIN_CONFIG_INVALID') && !isForgeError(thrown, 'VENUE_UNAVAILABLE')) throw thrown
      return { name, missing: { code: thrown.code, message: thrown.message, remedy: thrown.remedy } }
    }
  }
  return {
    open: async route => {
      const { maxLegs, minSlippageBps, priorityFee_microLamports, recentErrorsBps, recentFees, protection, via } = route
      const venues = await Promise.all(route.venues.map(({ name, config }) => choose(name, config)))
      const finder = new RouteFinder({
        venues,
        via,
        sol: tokens.find('SOL'),
        maxLegs,
        minSlippageBps,
        priorityFee_microLamports,
        terms: {
          shield: options.shield,
          prices: options.prices,
          ...(recentFees && { recentFees }),
          ...(protection && { protection }),
        },
        ...(protection?.mode === 'on' && { room_bytes: TIP_BYTES }),
        recentErrorsBps,
        accounts,
        owner: cluster.wallet,
        clock,
      })
      return new RouteVenue(finder)
    },
  }
}
