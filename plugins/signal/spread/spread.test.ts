import { describe, expect, it } from 'vitest'
import { type PriceEvent, priceFromNumber } from '../../../core/index.ts'
import { runPlugin, TEST_START_MS, testContext, testTokens } from '../../../core/testing/index.ts'
import spread from './index.ts'

const tokens = testTokens()
const pair = { base: tokens.find('SOL'), quote: tokens.find('USDC') }
const price = (after_s: number, origin: string, value: number): PriceEvent => ({
  kind: 'price',
  at: TEST_START_MS + after_s * 1_000,
  price: priceFromNumber(pair, value),
  origin,
})

async function told(events: readonly PriceEvent[], more: Record<string, unknown> = {}) {
  const settings = { first: 'orca', second: 'raydium', interval: '10s', ...more }
  const { given } = await runPlugin(spread, { with: settings, events, services: { tokens } })
  return given.map(event =>
    event.kind === 'signal'
      ? [(event.at - TEST_START_MS) / 1_000, event.direction, Number(event.value.toFixed(3))]
      : event,
  )
}

describe('spread', () => {
  it('tells at each interval how far the second is above the first, once both have a price', async () => {
    const events = [
      price(1, 'orca/a', 100),
      price(11, 'raydium/b', 100.5),
      price(21, 'orca/a', 101),
      price(22, 'orca-like/c', 500),
      price(31, 'raydium/b', 101),
      price(45, 'nobody', 1),
    ]
    expect(await told(events)).toEqual([
      [20, 'buy', 50],
      [30, 'sell', -49.505],
      [40, 'none', 0],
    ])
  })

  it('says nothing within the threshold, and tells nothing of a price that is stale', async () => {
    const events = [
      price(1, 'orca/a', 100),
      price(2, 'raydium/b', 100.1),
      price(60, 'raydium/b', 101),
      price(71, 'x', 1),
    ]
    expect(await told(events, { thresholdBps: 20, staleAfter: '15s' })).toEqual([[10, 'none', 10]])
  })

  it.each([
    [{ second: 'orca' }, 'second'],
    [{ interval: '0s' }, 'interval'],
  ])('refuses %j', (more, field) => {
    const { context } = testContext(spread, { with: { first: 'orca', second: 'raydium', ...more } })
    expect(() => spread.setup(context as never)).toThrow(expect.objectContaining({ context: { field } }))
  })
})
