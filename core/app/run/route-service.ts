import type { PriorityPrices } from '../../chain/fees/priority-price.ts'
import type { Shield } from '../../chain/mev/shield.ts'
import type { VenueChoice } from '../../chain/route/gather.ts'
import { RouteFinder } from '../../chain/route/route-finder.ts'
import { TIP_BYTES } from '../../chain/route/route-terms.ts'
import { RouteVenue } from '../../chain/route/route-venue.ts'
import { Checker } from '../../config/check/checker.ts'
import { deepFreeze } from '../../config/values/plain.ts'
import { ForgeError, isForgeError } from '../../errors/forge-error.ts'
import type { TokenDirectory } from '../../money/token.ts'
import type { AnyPlugin, Logger } from '../../plugin/contract.ts'
import type { AccountReader, RouteService, Services } from '../../plugin/services.ts'
import type { PluginRegistry } from '../../registry/registry.ts'
import type { Clock } from '../../time/clock.ts'

/** Opens routes over the venues that execution plugins offer. */
export function createRouteService(options: {
  readonly registry: PluginRegistry
  readonly clock: Clock
  readonly log: Logger
  /** What a venue's plugin is handed. */
  readonly services: Services
  readonly accounts: AccountReader
  readonly shield: Shield
  readonly prices: PriorityPrices
}): RouteService {
  const { accounts, clock, services } = options
  const { cluster, tokens } = services
  const choose = async (name: string, config: Readonly<Record<string, unknown>>): Promise<VenueChoice> => {
    try {
      const plugin = options.registry.find('execution', name)?.definition
      if (!plugin?.venue) throw unknownVenue(name, options.registry)
      const checked = checkedConfig(plugin, config, tokens)
      return { name, venue: await plugin.venue({ config: checked, clock, log: options.log, services }) }
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

function checkedConfig(plugin: AnyPlugin, config: Readonly<Record<string, unknown>>, tokens: TokenDirectory): unknown {
  const value: unknown = structuredClone(config)
  const problems = Checker.for(tokens)
    .check(plugin.config, value)
    .map(
      ({ instancePath, message }) => `${instancePath.slice(1).replaceAll('/', '.') || 'it'} ${message ?? 'is wrong'}`,
    )
  if (problems.length === 0) return deepFreeze(value)
  throw new ForgeError('CONFIG_INVALID', { message: `venueConfig.${plugin.name}: ${problems.join('; ')}` })
}

function unknownVenue(name: string, registry: PluginRegistry): ForgeError {
  const known = registry
    .list('execution')
    .filter(({ definition }) => definition.venue)
    .map(({ definition }) => definition.name)
  return new ForgeError('PLUGIN_UNKNOWN', {
    message: `no execution plugin offers the venue "${name}"`,
    remedy: `There are: ${known.join(', ')}.`,
  })
}
