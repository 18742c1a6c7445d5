import { describe, expect, it } from 'vitest'
import { type PriceEvent, priceFromNumber } from '../../../core/index.ts'
import { runPlugin, TEST_START_MS, testContext, testTokens } from '../../../core/testing/index.ts'
import candles from './index.ts'

const tokens = testTokens()
const [SOL, USDC, BONK] = ['SOL', 'USDC', 'BONK'].map(symbol => tokens.find(symbol))

function price(after_ms: number, value: number, more: { base?: typeof SOL; origin?: string } = {}): PriceEvent {
  const pair = { base: more.base ?? SOL!, quote: USDC! }
  const origin = more.origin ?? 'orca/pool'
  return { kind: 'price', at: TEST_START_MS + after_ms, price: priceFromNumber(pair, value), origin }
}

async function candlesOf(events: readonly PriceEvent[], settings: Record<string, unknown>): Promise<unknown[]> {
  const { given, result } = await runPlugin(candles, { with: settings, events, services: { tokens } })
  expect(result.errors).toEqual([])
  return given.map(
    event => event.kind === 'candle' && [event.pair.base.symbol, (event.at - TEST_START_MS) / 1_000, event.close],
  )
}

describe('candles', () => {
  it('closes a bar at its time although no further price comes until much later', async () => {
    const events = [price(2_000, 10), price(200_000, 11)]
    expect(await candlesOf(events, { interval: '1m' })).toEqual([['SOL', 60, 10]])
    expect(await candlesOf(events, { interval: '1m', gaps: 'flat' })).toEqual([
      ['SOL', 60, 10],
      ['SOL', 120, 10],
      ['SOL', 180, 10],
    ])
  })

  it('keeps pairs apart, and takes prices of one venue only where that is wanted', async () => {
    const events = [
      price(0, 10),
      price(1, 2, { base: BONK! }),
      price(2, 30, { origin: 'raydium/x' }),
      price(61_000, 11),
    ]
    expect(await candlesOf(events, { interval: '1m' })).toEqual([
      ['SOL', 60, 30],
      ['BONK', 60, 2],
    ])
    expect(await candlesOf(events, { interval: '1m', origin: 'orca' })).toEqual([
      ['SOL', 60, 10],
      ['BONK', 60, 2],
    ])
    expect(await candlesOf(events, { interval: '1m', origin: 'orca/poo' })).toEqual([])
  })

  it.each(['7m', '7h', '2d', '500ms', '0s'])(
    'refuses an interval of %s, which does not go evenly into a day',
    interval => {
      const { context } = testContext(candles, { with: { interval } })
      expect(() => candles.setup(context as never)).toThrow(
        expect.objectContaining({ code: 'PLUGIN_CONFIG_INVALID', context: { field: 'interval' } }),
      )
    },
  )
})
