import { describe, expect, it } from 'vitest'
import type { OrderRecord } from '../../../core/index.ts'
import { testContext, testTokens } from '../../../core/testing/index.ts'
import { assertAffordable } from './books/affordable.ts'
import momentum from './index.ts'
import { planOf } from './plan.ts'

const BASE = {
  pair: 'SOL/USDC',
  interval: '5m',
  signals: [{ kind: 'ema-cross', name: 'trend' }, { kind: 'atr' }],
  budget: '100 USDC',
  entry: { signals: ['trend'] },
}

async function setUp(change: Record<string, unknown>): Promise<unknown> {
  return momentum.setup(testContext(momentum, { with: { ...BASE, ...change } }).context as never)
}

describe('a configuration that contradicts itself is refused with its field', () => {
  it.each([
    ['interval', { interval: '500ms' }],
    ['budget', { budget: '1 SOL' }],
    ['budget', { budget: '0 USDC' }],
    ['size.amount', { size: { kind: 'fixed', amount: '100.01 USDC' } }],
    ['size.amount', { size: { kind: 'fixed', amount: '1 SOL' } }],
    ['size.signal', { size: { kind: 'risk', signal: 'range', percent: 1, ranges: 2 } }],
    ['size.signal', { size: { kind: 'volatility', signal: 'volatility', target: 20 } }],
    ['entry.signals[1]', { entry: { signals: ['trend', 'ema-cross'] } }],
    ['exit.signals[0]', { exit: { signals: ['rsi'] } }],
    ['exit.range', { exit: { range: 'range', stopRanges: 2 } }],
    ['exit.trailRanges', { exit: { trailRanges: 2 } }],
    ['expires', { expires: '1s' }],
  ])('%s: %j', async (field, change) => {
    await expect(setUp(change)).rejects.toThrow(
      expect.objectContaining({ code: 'PLUGIN_CONFIG_INVALID', context: expect.objectContaining({ field }) }),
    )
  })

  it('and a name that no signal has is told with those that there are', async () => {
    await expect(setUp({ entry: { signals: ['tend'] } })).rejects.toThrow(
      expect.objectContaining({
        message: 'entry.signals[0]: no signal is called "tend"',
        remedy: 'There are trend, atr.',
      }),
    )
  })
})

describe('a budget over the wallet', () => {
  const holding = (units: bigint) => ({
    sellable: async () => units,
    balance: async () => units,
    setAside: () => undefined,
    release: () => undefined,
  })
  const first = { list: () => [] }

  it('is refused with what there is, when nothing was bought yet', async () => {
    const plan = planOf(testContext(momentum, { with: BASE }).context.config as never, testTokens())
    await expect(assertAffordable({ holdings: holding(99_999_999n), orders: first }, plan)).rejects.toMatchObject({
      code: 'PLUGIN_CONFIG_INVALID',
      message: 'budget: 100 USDC is more than the 99.999999 USDC that the wallet has to spend',
      context: { field: 'budget' },
    })
    await assertAffordable({ holdings: holding(100_000_000n), orders: first }, plan)
  })

  it('is no mistake later, when it is in a position', async () => {
    const plan = planOf(testContext(momentum, { with: BASE }).context.config as never, testTokens())
    const later = { list: () => [{} as OrderRecord] }
    await assertAffordable({ holdings: holding(0n), orders: later }, plan)
  })
})
