import { Observable } from 'rxjs'
import { definePlugin, ForgeError, type ForgeEvent, PriceGate, parseDuration } from '../../../core/index.ts'
import { POOL_PRICE_CONFIG } from './config.ts'
import { openPoolVenues } from './open-venues.ts'
import { PoolPrices } from './pool-prices.ts'

export default definePlugin({
  kind: 'source',
  name: 'pool-price',
  api: 1,
  summary: "Gives a pair's price from its pools on chain, whenever they change.",
  config: POOL_PRICE_CONFIG,
  takes: [],
  gives: ['price', 'notice'],
  needs: ['tokens', 'venues', 'subscriptions'],
  examples: [
    { title: 'From the deepest pool of the cluster', with: { pair: 'SOL/USDC' } },
    {
      title: 'From Orca only, trusted for ten seconds',
      with: { pair: 'SOL/USDC', venues: ['orca'], staleAfter: '10s', every: '2s' },
    },
  ],
  setup: async ({ config, services, clock, log }) => {
    const { subscriptions, tokens, venues } = services
    if (!subscriptions || !venues)
      throw new ForgeError('PLUGIN_CONFIG_INVALID', { message: 'this run has no chain to read pools from' })
    const [base, quote] = config.pair.split('/').map(symbol => tokens.find(symbol))
    const pair = { base: base!, quote: quote! }
    const opened = await openPoolVenues(venues, config.venues, config.venueConfig)
    let give: (event: ForgeEvent) => void = () => undefined
    const gate = new PriceGate({ pair, clock, give: event => give(event) })
    return {
      events: new Observable<ForgeEvent>(subscriber => {
        const stop = new AbortController()
        give = event => subscriber.next(event)
        const prices = new PoolPrices(
          {
            pair,
            venues: opened,
            feed: subscriptions,
            clock,
            log,
            gate,
            pool: config.pool,
            every_ms: parseDuration(config.every),
            staleAfter_ms: parseDuration(config.staleAfter),
            maxDeviationBps: config.maxDeviationBps,
          },
          stop.signal,
        )
        prices.start()
        return () => stop.abort(new Error('no more prices are wanted'))
      }),
      health: () => gate.health(),
    }
  },
})
