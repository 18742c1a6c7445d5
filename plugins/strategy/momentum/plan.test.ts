import { describe, expect, it } from 'vitest'
import { testContext } from '../../../core/testing/index.ts'
import momentum from './index.ts'

const BASE = {
  pair: 'SOL/USDC',
  interval: '5m',
  signals: [{ kind: 'ema-cross', name: 'trend' }, { kind: 'atr' }],
  budget: '100 USDC',
  entry: { signals: ['trend'] },
}

function setUp(change: Record<string, unknown>): unknown {
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
  ])('%s: %j', (field, change) => {
    expect(() => setUp(change)).toThrow(
      expect.objectContaining({ code: 'PLUGIN_CONFIG_INVALID', context: expect.objectContaining({ field }) }),
    )
  })

  it('and a name that no signal has is told with those that there are', () => {
    expect(() => setUp({ entry: { signals: ['tend'] } })).toThrow(
      expect.objectContaining({
        message: 'entry.signals[0]: no signal is called "tend"',
        remedy: 'There are trend, atr.',
      }),
    )
  })
})
