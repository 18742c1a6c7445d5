import { Type } from 'typebox'
import {
  definePlugin,
  ForgeError,
  SWAP_FIELDS,
  swapExecution,
  type Venue,
  type VenueContext,
} from '../../../core/index.ts'

export default definePlugin({
  kind: 'execution',
  name: 'orca',
  api: 1,
  summary: "Trades on Orca's Whirlpools directly, wherever their program is.",
  config: Type.Object({ ...SWAP_FIELDS }, { additionalProperties: false }),
  takes: ['intent'],
  gives: ['report'],
  needs: ['trader', 'accounts', 'cluster'],
  examples: [
    { title: 'As the cluster says', with: {} },
    { title: 'At most 20 bps below the quote', with: { slippageBps: 20 } },
  ],
  venue: openVenue,
  setup: async context => swapExecution(context, await openVenue(context)),
})

/** @throws VENUE_UNAVAILABLE where the cluster has no Whirlpool program. */
async function openVenue({ services, clock }: VenueContext): Promise<Venue> {
  const { cluster, accounts } = services
  if (accounts === undefined)
    throw new ForgeError('PLUGIN_CONFIG_INVALID', { message: 'this run has no chain to read pools from' })
  const { orcaWhirlpool: whirlpool, orcaConfig: config } = cluster.programs ?? {}
  if (whirlpool === undefined || config === undefined)
    throw new ForgeError('VENUE_UNAVAILABLE', {
      message: `the profile of ${cluster.name} names no Whirlpool program`,
      remedy: 'Name orcaWhirlpool and orcaConfig under `programs` of a profile of your own.',
    })
  const { accounts: found } = await accounts.many([whirlpool], new AbortController().signal)
  if (found[0] === undefined)
    throw new ForgeError('VENUE_UNAVAILABLE', {
      message: `the Whirlpool program is not on ${cluster.name}`,
      remedy: `On a local chain, bring it and its pools: sniperforge localnet clone ${whirlpool} POOL… --from mainnet-beta --to programs; then sniperforge localnet start --load programs.`,
    })
  const { createOrcaVenue } = await clock.holdWhile('import', () => import('./venue.ts'))
  return createOrcaVenue({ accounts, clock, programs: { whirlpool, config } })
}
