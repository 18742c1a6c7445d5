import { ForgeError } from '../../errors/forge-error.ts'
import { toJson } from '../../events/serialize.ts'
import type { Logger } from '../../plugin/contract.ts'
import type { Services, VenueService } from '../../plugin/services.ts'
import type { Venue } from '../../plugin/venue.ts'
import type { PluginRegistry } from '../../registry/registry.ts'
import type { Clock } from '../../time/clock.ts'
import { checkedConfig } from './checked-config.ts'

/** Opens the venues that execution plugins offer, each once for the same settings: their lists of pools are shared. */
export function createVenueService(options: {
  readonly registry: PluginRegistry
  readonly clock: Clock
  readonly log: Logger
  /** What a venue's plugin is handed. */
  readonly services: Services
}): VenueService {
  const { clock, log, registry, services } = options
  const opened = new Map<string, Promise<Venue>>()
  const start = async (name: string, config: Readonly<Record<string, unknown>>): Promise<Venue> => {
    const plugin = registry.find('execution', name)?.definition
    if (!plugin?.venue) throw unknownVenue(name, registry)
    return plugin.venue({
      config: checkedConfig(plugin, config, services.tokens, `venueConfig.${name}`),
      clock,
      log,
      services,
    })
  }
  return {
    open: (name, config = {}) => {
      const key = toJson([name, config])
      const known = opened.get(key)
      if (known) return known
      const venue = start(name, config)
      opened.set(key, venue)
      // What is not there now may be there later.
      venue.catch(() => opened.delete(key))
      return venue
    },
  }
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
