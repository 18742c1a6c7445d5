import { map, of } from 'rxjs'
import { Type } from 'typebox'
import { describe, expect, it } from 'vitest'
import type { IntentEvent } from '../events/event.ts'
import type { Report } from '../events/report.ts'
import { parsePrice } from '../money/price.ts'
import { definePlugin } from '../plugin/contract.ts'
import { expectEvents } from './events/expect-events.ts'
import { testTokens } from './mocks/test-tokens.ts'
import { runPlugin } from './run-plugin.ts'
import { TEST_START_MS } from './test-clock.ts'
import { testContext } from './test-context.ts'

const tokens = testTokens()
const [SOL, USDC] = [tokens.find('SOL'), tokens.find('USDC')]
const pair = { base: SOL, quote: USDC }
const heard: Report[] = []

const buyer = definePlugin({
  kind: 'strategy',
  name: 'buyer',
  api: 1,
  summary: 'Buys once for every key.',
  config: Type.Object({ keys: Type.Array(Type.String(), { description: 'The keys.' }) }),
  takes: [],
  gives: ['intent'],
  needs: ['tokens', 'orders'],
  examples: [{ title: 'Two', with: { keys: ['a', 'b'] } }],
  setup: ({ config, id, clock }) => ({
    events: of(...config.keys).pipe(
      map(
        (key): IntentEvent => ({
          kind: 'intent',
          at: clock.now(),
          key,
          node: id,
          input: USDC,
          output: SOL,
          amount: { token: USDC, units: 30_000_000n },
          exact: 'in',
          bounds: { max: parsePrice('200', pair) },
          reason: 'a test',
        }),
      ),
    ),
    onReport: report => heard.push(report),
  }),
})

describe('running one plugin', () => {
  it('trades its intents with the mocked trader, and brings the reports back', async () => {
    heard.length = 0
    const { given, result, services } = await runPlugin(buyer, {
      with: { keys: ['a', 'b', 'c', 'd'] },
      services: {
        priceOf: (_input, _output, at) => parsePrice(at > TEST_START_MS ? '150' : '250', pair),
        tradeDelay_ms: 500,
        tradeOutcomes: [{ key: 'b', state: 'failed', code: 'NO_ROUTE' }],
      },
    })
    expect(result.ended).toBe('completed')
    expectEvents(
      given,
      ['a', 'b', 'c', 'd'].map(key => ({ kind: 'intent', key, input: '30 USDC', output: 'SOL', max: 200 })),
    )
    expectEvents(heard, [
      { key: 'a', state: 'filled', output: '0.2 SOL', at: '2026-01-01T00:00:00.500Z' },
      { key: 'b', state: 'failed', code: 'NO_ROUTE' },
      { key: 'c', state: 'filled' },
      { key: 'd', state: 'filled' },
    ])
    expect(services.trader.orders.map(order => order.state)).toEqual(['confirmed', 'failed', 'confirmed', 'confirmed'])
  })

  it('takes a key once, and skips what is out of bounds', async () => {
    heard.length = 0
    await runPlugin(buyer, {
      with: { keys: ['a', 'a'] },
      services: { priceOf: () => parsePrice('250', pair), tradeProgress: true },
    })
    expectEvents(heard, [
      { key: 'a', state: 'accepted' },
      { key: 'a', state: 'sent', attempt: 1 },
      { key: 'a', state: 'skipped', code: 'PRICE_ABOVE_BOUND' },
    ])
  })

  it('refuses settings that do not fit the schema', async () => {
    await expect(runPlugin(buyer, { with: { keys: 'a' } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'strategy/buyer: with.keys must be array',
    })
  })

  it('can be done by hand, with a context alone', () => {
    const { context } = testContext(buyer, { with: { keys: [] }, id: 'mine' })
    expect(context.id).toBe('mine')
    expect(() => context.services.http).toThrow('without declaring it')
  })
})

describe('comparing events', () => {
  it('says which fields differ, and what is missing or too much', async () => {
    const { given } = await runPlugin(buyer, { with: { keys: ['a', 'b'] } })
    expect(() => expectEvents(given, [{ key: 'a', input: '31 USDC' }])).toThrow(
      /^1 events expected, 2 came\n {2}event 1:\n {4}- input: 31 USDC\n {4}\+ input: 30 USDC\n {2}event 2:\n {4}\+ \{"kind":"intent"/,
    )
    expect(() => expectEvents(given, [{ key: 'a' }, { key: '/^[bc]$/' }, { key: 'c' }])).toThrow(
      /event 3:\n {4}- \{"key":"c"\}\n {4}\+ \(nothing\)/,
    )
  })
})
