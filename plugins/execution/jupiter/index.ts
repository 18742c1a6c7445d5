import { definePlugin, ForgeError, swapExecution, type Venue, type VenueContext } from '../../../core/index.ts'
import { JUPITER_CONFIG, type JupiterConfig } from './config.ts'

export default definePlugin({
  kind: 'execution',
  name: 'jupiter',
  api: 1,
  summary: 'Trades through the Jupiter aggregator, or any API of its form.',
  config: JUPITER_CONFIG,
  takes: ['intent'],
  gives: ['report'],
  needs: ['trader', 'http', 'cluster'],
  examples: [
    { title: 'As the cluster says', with: {} },
    {
      title: 'With an API key, through two exchanges only',
      with: { apiKey: '${secret.JUPITER_API_KEY}', dexes: ['Whirlpool', 'Raydium CLMM'], slippageBps: 30 },
    },
  ],
  venue: openVenue,
  setup: async context => swapExecution(context, await openVenue(context)),
})

async function openVenue({ config, services, clock }: VenueContext<JupiterConfig>): Promise<Venue> {
  const url = config.url ?? services.cluster.jupiterUrl
  if (url === undefined) {
    throw new ForgeError('PLUGIN_CONFIG_INVALID', {
      message: `url: ${services.cluster.name} has no Jupiter API`,
      remedy: 'Trade through orca or raydium there, or give the URL of an API of this form.',
      context: { field: 'url' },
    })
  }
  const { createJupiterVenue } = await clock.holdWhile('import', () => import('./venue.ts'))
  return createJupiterVenue({ url, config, http: services.http, clock })
}
