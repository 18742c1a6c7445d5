import { ForgeError, messageOf, type PoolVenue, type Venue, type VenueService } from '../../../core/index.ts'

/**
 * The venues of that list whose pools can be read; those that the cluster lacks are left out.
 *
 * @throws VENUE_UNAVAILABLE when none is there, PLUGIN_CONFIG_INVALID for one that shows no pools; PLUGIN_UNKNOWN
 */
export async function openPoolVenues(
  venues: VenueService,
  names: readonly string[],
  config: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Promise<readonly PoolVenue[]> {
  const absent: string[] = []
  const opened = await Promise.all(
    names.map(async name => {
      try {
        return [asPoolVenue(await venues.open(name, config[name]))]
      } catch (thrown) {
        if (!(thrown instanceof ForgeError) || thrown.code !== 'VENUE_UNAVAILABLE') throw thrown
        absent.push(`${name}: ${messageOf(thrown)}`)
        return []
      }
    }),
  )
  if (opened.flat().length > 0) return opened.flat()
  throw new ForgeError('VENUE_UNAVAILABLE', {
    message: `none of the venues is there: ${absent.join('; ')}`,
    remedy: 'Name venues that this cluster has, or take prices from source/jupiter-price.',
  })
}

function asPoolVenue(venue: Venue): PoolVenue {
  if ('pools' in venue) return venue as PoolVenue
  throw new ForgeError('PLUGIN_CONFIG_INVALID', {
    message: `venues: ${venue.name} does not show its pools`,
    remedy: 'For prices of an aggregator there is source/jupiter-price.',
    context: { field: 'venues' },
  })
}
