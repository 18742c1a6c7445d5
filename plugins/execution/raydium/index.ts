import { Type } from 'typebox'
import {
  definePlugin,
  ForgeError,
  SWAP_FIELDS,
  swapExecution,
  type Venue,
  type VenueContext,
} from '../../../core/index.ts'

const RAYDIUM_CONFIG = Type.Object(
  {
    ...SWAP_FIELDS,
    pools: Type.Array(Type.String({ minLength: 32, maxLength: 44 }), {
      default: [],
      description: 'Addresses of pools to look at always: AMM v4 pools, for RPC endpoints that do not search for them.',
    }),
  },
  { additionalProperties: false },
)

export default definePlugin({
  kind: 'execution',
  name: 'raydium',
  api: 1,
  summary: "Trades on Raydium's AMM v4, CPMM and CLMM pools directly, wherever their programs are.",
  config: RAYDIUM_CONFIG,
  takes: ['intent'],
  gives: ['report'],
  needs: ['trader', 'accounts', 'cluster'],
  examples: [
    { title: 'As the cluster says', with: {} },
    {
      title: 'With the largest SOL/USDC pool of mainnet, on an endpoint that refuses searches',
      with: { pools: ['58oQChx4yWmvKdwLLZzBi4ChoCc2fqCUWBkwMihLYQo2'] },
    },
  ],
  venue: openVenue,
  setup: async context => swapExecution(context, await openVenue(context)),
})

/** What the cluster's profile calls Raydium's programs. */
const PROGRAMS = { ammV4: 'raydiumAmmV4', cpmm: 'raydiumCpmm', clmm: 'raydiumClmm' } as const

/** @throws VENUE_UNAVAILABLE where the cluster has none of Raydium's programs. */
async function openVenue({ config, services, clock, log }: VenueContext<{ pools: string[] }>): Promise<Venue> {
  const { cluster, accounts } = services
  if (accounts === undefined)
    throw new ForgeError('PLUGIN_CONFIG_INVALID', { message: 'this run has no chain to read pools from' })
  const named = Object.entries(PROGRAMS).flatMap(([kind, name]) => {
    const address = cluster.programs?.[name]
    return address === undefined ? [] : [[kind, address] as const]
  })
  if (named.length === 0)
    throw new ForgeError('VENUE_UNAVAILABLE', {
      message: `the profile of ${cluster.name} names no Raydium program`,
      remedy: `Name ${Object.values(PROGRAMS).join(', ')} under \`programs\` of a profile of your own.`,
    })
  const addresses = named.map(([, address]) => address)
  const { accounts: found } = await accounts.many(addresses, new AbortController().signal)
  const present = named.filter((_, index) => found[index] !== undefined)
  if (present.length === 0)
    throw new ForgeError('VENUE_UNAVAILABLE', {
      message: `Raydium's programs are not on ${cluster.name}`,
      remedy: `On a local chain, bring them and their pools: sniperforge localnet clone ${addresses.join(' ')} POOL… --from mainnet-beta --to programs; then sniperforge localnet start --load programs.`,
    })
  const { createRaydiumVenue } = await clock.holdWhile('import', () => import('./venue.ts'))
  return createRaydiumVenue({ accounts, clock, log, programs: Object.fromEntries(present), pools: config.pools })
}
