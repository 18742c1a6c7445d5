import { describe, expect, it } from 'vitest'
import { TOKENS } from '../../../test/simulation/strategies/tokens.ts'
import type { DcaConfig } from './config.ts'
import { planOf } from './plan.ts'

const BASE: DcaConfig = { token: 'SOL', amount: '10 USDC', interval: '1h', catchUp: 'skip', grace: '2m' }

/** Without the fields that `with` sets to undefined. */
function planWith(change: { readonly [Field in keyof DcaConfig]?: DcaConfig[Field] | undefined }): unknown {
  const config = Object.fromEntries(Object.entries({ ...BASE, ...change }).filter(([, value]) => value !== undefined))
  return planOf(config as DcaConfig, TOKENS)
}

describe('a configuration that contradicts itself is refused with its field', () => {
  it.each([
    ['interval', 'an interval of zero', { interval: '0s' }],
    ['interval', 'neither interval nor cron', { interval: undefined }],
    ['cron', 'both interval and cron', { cron: '0 * * * *' }],
    ['cron', 'a cron pattern that never comes', { interval: undefined, cron: '0 0 30 2 *' }],
    ['cron', 'a cron pattern with seconds', { interval: undefined, cron: '0 0 * * * *' }],
    ['end', 'an end before the start', { start: '2024-01-02T00:00:00Z', end: '2024-01-01T00:00:00Z' }],
    ['start', 'a start that is no time', { start: 'tomorrow' }],
    ['budget', 'a budget below one slot', { budget: '9.99 USDC' }],
    ['budget', 'a budget in another token', { budget: '9 SOL' }],
    ['amount', 'an amount of nothing', { amount: '0 USDC' }],
    ['token', 'a token bought with itself', { token: 'USDC' }],
    ['minPrice', 'a lower bound above the upper', { minPrice: '200', maxPrice: '100' }],
    ['catchUp', 'spread over an endless calendar', { catchUp: 'spread' as const }],
  ])('%s: %s', (field, _what, change) => {
    expect(() => planWith(change)).toThrow(
      expect.objectContaining({ code: 'PLUGIN_CONFIG_INVALID', context: expect.objectContaining({ field }) }),
    )
  })

  it('takes an endless calendar, a single bound, and a leap day', () => {
    expect(planWith({})).toMatchObject({ slots: undefined, bounds: undefined })
    expect(planWith({ maxPrice: '200' })).toMatchObject({ bounds: { max: { scaled: 200_000_000_000_000n } } })
    expect(planWith({ interval: undefined, cron: '0 0 29 2 *' })).toBeDefined()
  })
})
