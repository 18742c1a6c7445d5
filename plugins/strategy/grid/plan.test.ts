import { describe, expect, it } from 'vitest'
import { GridWorld } from '../../../test/simulation/strategies/grid-world.ts'
import type { GridConfig } from './config.ts'

const BASE = { lower: '90', upper: '110', levels: 10 }

/** The first price is given: what shows only then is refused then. */
async function begin(change: Partial<Record<keyof GridConfig, unknown>>): Promise<GridWorld> {
  const given = Object.entries({ ...BASE, ...change }).filter(([, value]) => value !== undefined)
  const world = new GridWorld(Object.fromEntries(given) as Partial<GridConfig>)
  await world.run([])
  return world
}

describe('a grid that can not be is refused with its field and the reason', () => {
  it.each([
    ['pair', 'a token for itself', { pair: 'SOL/SOL', budget: '10 SOL' }, 'itself'],
    ['budget', 'a budget in the wrong token', { budget: '10 SOL' }, 'pays in USDC'],
    ['budget', 'a budget of nothing', { budget: '0 USDC' }, 'zero'],
    ['lower', 'a range upside down', { lower: '120' }, 'not below upper'],
    ['upper', 'half a range', { upper: undefined }, 'missing'],
    ['rangePercent', 'two ranges', { rangePercent: 5 }, 'given too'],
    ['stepBps', 'count and step', { stepBps: 50 }, 'given too'],
    ['minimumSize', 'a minimum above the budget', { minimumSize: '2000 USDC' }, 'more than the budget'],
    ['levels', 'levels below the minimum size', { minimumSize: '101 USDC' }, 'At most 9 levels'],
    ['stepBps', 'a step wider than the range', { levels: undefined, stepBps: 5_000 }, 'narrower than one step'],
    ['end', 'an end and a duration', { end: '2025-01-01T00:00:00Z', duration: '1d' }, 'given too'],
    ['end', 'an end that is no time', { end: 'tomorrow' }, 'not a time'],
    ['lower', 'a price outside with stop', { lower: '50', upper: '60', outOfRange: 'stop' }, 'outOfRange is stop'],
    ['networkFee', 'a fee in a token without a price', { networkFee: '1 BONK' }, 'no price'],
  ])('%s: %s', async (field, _what, change, reason) => {
    await expect(begin(change)).rejects.toMatchObject({ code: 'PLUGIN_CONFIG_INVALID', context: { field } })
    await expect(begin(change)).rejects.toSatisfy((error: Error & { remedy?: string }) =>
      `${error.message} ${error.remedy}`.includes(reason),
    )
  })

  it('a step at or below the round-trip cost, with every part of the cost', async () => {
    // 0.3 % apart, while a round trip takes 2 × (5 + 10) bps and the network.
    await expect(begin({ lower: '99', upper: '102', levels: 10 })).rejects.toMatchObject({
      message:
        'levels: 10 levels in 99 USDC to 102 USDC are 29.89 bps apart, which is not above what a round trip costs, 30.2 bps: pool fees and impact 2 × 5 bps (feeBps, assumed), slippage 2 × 10 bps (slippageBps), network fees 2 × 0.00001 SOL (networkFee), 0.2 bps of 100 USDC',
      remedy: 'At most 4 levels make steps of twice the cost in this range; or widen it.',
    })
    expect((await begin({ lower: '99', upper: '102', levels: 9 })).keys()).toEqual(['g1-start'])
  })

  it('what the network costs counts by the size: a budget spread too thin is refused', async () => {
    await expect(begin({ lower: '99', upper: '102', levels: 9, budget: '9 USDC' })).rejects.toThrow(
      /network fees 2 × 0.00001 SOL \(networkFee\), 20.4 bps of 1 USDC/,
    )
  })
})

describe('the number of levels', () => {
  const built = async (change: Partial<GridConfig>): Promise<string> =>
    (await begin({ levels: undefined, ...change })).notices[0]!.title

  it('follows from the step', async () => {
    expect(await built({ lower: '100', upper: '121', stepBps: 1_000, price: '105' } as never)).toMatch(
      /^Grid 1: 2 levels/,
    )
    expect(await built({ spacing: 'arithmetic', stepBps: 200 })).toMatch(/^Grid 1: 10 levels of 100 USDC/)
  })

  it('is the least of what the budget and the range allow when it is left open', async () => {
    expect(await built({ minimumSize: '250 USDC', minimumSpreadBps: 50 })).toMatch(/^Grid 1: 4 levels of 250 USDC/)
    expect(await built({ minimumSize: '1 USDC', minimumSpreadBps: 1_000 })).toMatch(/^Grid 1: 2 levels of 500 USDC/)
    // Without minima: steps of twice the cost at the size where the network takes 10 bps.
    expect(await built({})).toMatch(/^Grid 1: 25 levels of 40 USDC/)
  })
})
