import { Observable } from 'rxjs'
import {
  definePlugin,
  ForgeError,
  type ForgeEvent,
  PriceGate,
  parseAmount,
  parseDuration,
  sameToken,
} from '../../../core/index.ts'
import { JUPITER_PRICE_CONFIG } from './config.ts'
import { QuotePrices } from './quote-prices.ts'

export default definePlugin({
  kind: 'source',
  name: 'jupiter-price',
  api: 1,
  summary: "Gives a pair's price for a size, both ways, from Jupiter's quotes.",
  config: JUPITER_PRICE_CONFIG,
  takes: [],
  gives: ['price', 'notice'],
  needs: ['tokens', 'venues', 'accounts'],
  examples: [
    { title: 'What one SOL trades for', with: { pair: 'SOL/USDC', size: '1 SOL' } },
    {
      title: 'For 1,000 USDC, every two seconds with an API key',
      with: { pair: 'SOL/USDC', size: '1000 USDC', every: '2s', apiKey: '${secret.JUPITER_API_KEY}' },
    },
  ],
  setup: async ({ config, services, clock }) => {
    const { accounts, tokens, venues } = services
    if (!venues) throw new ForgeError('PLUGIN_CONFIG_INVALID', { message: 'this run has no venue to ask' })
    const [base, quote] = config.pair.split('/').map(symbol => tokens.find(symbol))
    const pair = { base: base!, quote: quote! }
    const size = parseAmount(config.size, tokens)
    if (size.units === 0n || !(sameToken(size.token, pair.base) || sameToken(size.token, pair.quote))) {
      throw new ForgeError('PLUGIN_CONFIG_INVALID', {
        message: `size: ${config.size} is no trade of ${config.pair}`,
        remedy: `Give it in ${pair.base.symbol} or ${pair.quote.symbol}, above zero.`,
        context: { field: 'size' },
      })
    }
    const { apiKey, url } = config
    const venue = await venues.open('jupiter', { ...(apiKey && { apiKey }), ...(url && { url }) })
    let give: (event: ForgeEvent) => void = () => undefined
    const gate = new PriceGate({ pair, clock, give: event => give(event) })
    return {
      events: new Observable<ForgeEvent>(subscriber => {
        const stop = new AbortController()
        give = event => subscriber.next(event)
        const prices = new QuotePrices(
          {
            venue,
            pair,
            size,
            clock,
            gate,
            accounts,
            every_ms: parseDuration(config.every),
            staleAfter_ms: parseDuration(config.staleAfter),
            maxLagSlots: config.maxLagSlots,
            maxSpreadBps: config.maxSpreadBps,
          },
          stop.signal,
        )
        prices.run().catch((thrown: unknown) => subscriber.error(thrown))
        return () => stop.abort(new Error('no more prices are wanted'))
      }),
      health: () => gate.health(),
    }
  },
})
