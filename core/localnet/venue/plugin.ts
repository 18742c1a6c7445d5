import { type Static, Type } from 'typebox'
import { ForgeError } from '../../errors/forge-error.ts'
import { definePlugin, type VenueContext } from '../../plugin/contract.ts'
import { SWAP_FIELDS, swapExecution } from '../../plugin/swap-execution.ts'
import type { Venue } from '../../plugin/venue.ts'

const CONFIG = Type.Object(SWAP_FIELDS, { additionalProperties: false })

/** The embedded market comes with its venue, as any exchange would bring a plugin. */
export default definePlugin({
  kind: 'execution',
  name: 'localnet',
  api: 1,
  summary: "Trades with the embedded market's pools directly.",
  config: CONFIG,
  takes: ['intent'],
  gives: ['report'],
  needs: ['trader', 'cluster', 'accounts'],
  examples: [{ title: 'As it is', with: {} }],
  setup: async context => swapExecution(context, await openVenue(context)),
  venue: openVenue,
})

async function openVenue({ services, clock }: VenueContext<Static<typeof CONFIG>>): Promise<Venue> {
  const programId = services.cluster.programs?.['swap']
  if (programId === undefined || !services.accounts) {
    throw new ForgeError('VENUE_UNAVAILABLE', {
      message: `${services.cluster.name} has no embedded market`,
      remedy: 'Trade through jupiter, orca or raydium there.',
    })
  }
  const { createLocalVenue } = await clock.holdWhile('import', () => import('./venue.ts'))
  return createLocalVenue(services.accounts, programId)
}
