import {
  definePlugin,
  ForgeError,
  type IntentEvent,
  type Quote,
  type QuoteRequest,
  type Report,
  type RoutesEvent,
  type Venue,
} from '../../../core/index.ts'
import { BEST_ROUTE_CONFIG } from './config.ts'
import { landingOf } from './landing.ts'

export default definePlugin({
  kind: 'execution',
  name: 'best-route',
  api: 1,
  summary: 'Compares every way over several venues by what is left in the wallet, and trades the best.',
  config: BEST_ROUTE_CONFIG,
  takes: ['intent'],
  gives: ['report', 'routes'],
  needs: ['trader', 'routes', 'orders', 'tokens'],
  examples: [
    { title: 'Over all venues', with: {} },
    {
      title: 'Compare only, two venues, at most 30 bps',
      with: { venues: ['orca', 'raydium'], maxSlippageBps: 30, execute: false },
    },
    {
      title: 'Hidden until it lands, and a fee that follows what others pay',
      with: { mev: 'on', maxTip: 50_000, priorityPercentile: 75, maxPriorityFee: 500_000 },
    },
  ],
  setup: async context => {
    const { config, services, clock } = context
    if (!services.routes)
      throw new ForgeError('PLUGIN_CONFIG_INVALID', { message: 'this run has no chain to find routes on' })
    const landing = landingOf(config)
    const venue = await services.routes.open({
      venues: config.venues.map(name => ({ name, config: config.venueConfig[name] ?? {} })),
      via: config.via?.map(token => services.tokens.find(token)) ?? services.tokens.tokens.slice(0, VIA_TOKENS),
      maxLegs: config.maxLegs,
      ...landing,
      minSlippageBps: config.minSlippageBps,
      recentErrorsBps: () =>
        services.orders
          .list()
          .flatMap(order => order.fill?.slippageBps ?? [])
          .slice(-ERRORS_KEPT),
    })
    return {
      concurrency: config.concurrency,
      concurrencyKey: event => (event.kind === 'intent' ? `${event.node}/${event.key}` : ''),
      process: async event => {
        if (event.kind !== 'intent') return undefined
        const slippageBps = Math.min(event.slippageBps ?? config.maxSlippageBps, config.maxSlippageBps)
        const compared: RoutesEvent[] = []
        const decide = async (request: QuoteRequest, signal: AbortSignal): Promise<Quote | undefined> => {
          const { quote, comparison } = await venue.decide(request, signal)
          compared.push({ ...comparison, kind: 'routes', at: clock.now(), key: event.key })
          return quote
        }
        if (!config.execute) {
          await decide({ ...event, slippageBps }, context.signal)
          return [...compared, comparedOnly(event, clock.now())]
        }
        const route: Venue = { name: venue.name, quote: decide, plan: (...quoted) => venue.plan(...quoted) }
        const report = await services.trader.trade({ ...event, slippageBps }, route, {
          onReport: step => context.report(step),
          slippageBps,
          ...landing,
        })
        return [...compared, report]
      },
    }
  },
})

/** Tokens a two-hop route goes through unless told: every one more is two more pairs to read. */
const VIA_TOKENS = 4
/** Fills that tell how far quotes are missed. */
const ERRORS_KEPT = 50

function comparedOnly(intent: IntentEvent, at: number): Report {
  return {
    kind: 'report',
    at,
    orderId: `${intent.node}/${intent.key}`,
    key: intent.key,
    node: intent.node,
    input: intent.input,
    output: intent.output,
    state: 'skipped',
    reason: {
      code: 'COMPARED_ONLY',
      message: 'the routes were compared and nothing was sent',
      remedy: 'Add --execute to trade the best one.',
    },
  }
}
