import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { live, someLives } from '../../../test/simulation/strategies/dca-lives.ts'
import { type Step, World } from '../../../test/simulation/strategies/dca-world.ts'
import dip from './dip.ts'
import value from './value.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const usdc = (whole: number): bigint => BigInt(Math.round(whole * 1_000_000))
const steps = (...prices: readonly number[]): Step[] =>
  prices.map((price, hour) => ({ after_ms: hour * HOUR - (hour > 0 ? MINUTE : 0), price }))

function valueWorld(prices: readonly Step[], config: object = {}): World {
  const defaults = {
    pair: 'SOL/USDC',
    amount: '10 USDC',
    growthPercent: 0,
    maximum: '40 USDC',
    sells: false,
    grace: '2m',
  }
  return new World({}, { plugin: value, prices, config: { ...defaults, interval: '1h', ...config } })
}

function dipWorld(prices: readonly Step[], config: object = {}): World {
  const defaults = {
    pair: 'SOL/USDC',
    amount: '10 USDC',
    reference: '1h',
    perPercent: 0.2,
    most: 3,
    least: 1,
    catchUp: 'skip',
    grace: '2m',
  }
  return new World({}, { plugin: dip, prices, config: { ...defaults, interval: '1h', ...config } })
}

const units = (world: World): bigint[] => world.bought.map(each => each.units)

describe('value averaging', () => {
  it('buys at each slot what is missing to the target, more after a fall and less after a rise', async () => {
    // Targets 10, 20, 30, 40; 0.1 SOL after the first slot.
    const world = valueWorld(steps(100, 50, 50, 200), { slots: 4 })
    expect(await world.run(DAY)).toBe(true)
    // At 50 it holds 5 of 20: 15 more make 0.4 SOL, worth 20 of 30, then 10 more 0.6 SOL, worth 120 of 40.
    expect(units(world)).toEqual([usdc(10), usdc(15), usdc(10)])
    expect(world.notices).toEqual(['target 40 USDC, held 120 USDC at 200 USDC.'])
  })

  it('buys no more than its maximum at once, and what then lacks at the next slot', async () => {
    const world = valueWorld(steps(100, 1, 1), { slots: 3 })
    await world.run(DAY)
    expect(units(world)).toEqual([usdc(10), usdc(19.9), usdc(10)])
    const bounded = valueWorld(steps(100, 1, 1), { slots: 3, maximum: '12 USDC' })
    await bounded.run(DAY)
    expect(units(bounded)).toEqual([usdc(10), usdc(12), usdc(12)])
  })

  it('sells what is beyond the target only when it is told to', async () => {
    const world = valueWorld(steps(100, 400), { slots: 2, sells: true })
    expect(await world.run(DAY)).toBe(true)
    // 0.1 SOL is worth 40 of 20: half of it goes.
    expect(world.bought.map(({ key, units }) => [key.slice(11, 16), units])).toEqual([
      ['00:00', usdc(10)],
      ['01:00', 50_000_000n],
    ])
  })

  it('decides once about a slot: one that was left out is not bought after a kill, for the price is another by then', async () => {
    const prices = [...steps(100, 300), { after_ms: HOUR + 30_000, price: 10 }]
    const world = valueWorld(prices, { slots: 2 })
    await world.run(HOUR + 20_000)
    expect(world.notices).toHaveLength(1)
    world.pause(20_000)
    expect(await world.run(DAY)).toBe(true)
    expect(world.keys()).toEqual(['00:00'])
    expect(world.notices).toHaveLength(1)
  })

  it('buys nothing at a restart: the slot is done, and a missed one is made up for by the next alone', async () => {
    const world = valueWorld(steps(100, 100, 100, 100, 100), { slots: 5 })
    await world.run(HOUR / 2)
    for (let restarts = 0; restarts < 5; restarts++) await world.run(MINUTE)
    expect(units(world)).toEqual([usdc(10)])
    world.pause(2.5 * HOUR)
    expect(await world.run(DAY)).toBe(true)
    expect(world.keys()).toEqual(['00:00', '04:00'])
    expect(world.total()).toBe(usdc(50))
    expect(world.notices[0]).toContain('made up for by the next one')
  })

  it('waits for a price, and leaves a slot out that none came for', async () => {
    const world = valueWorld([{ after_ms: 90 * MINUTE, price: 100 }], { slots: 2 })
    expect(await world.run(DAY)).toBe(true)
    expect(world.keys()).toEqual(['01:00'])
    expect(world.bought[0]!.at - Date.parse('2024-01-01T01:30:00Z')).toBeLessThan(5_000)
    expect(world.notices[0]).toContain('there was no price to go by')
  })
})

describe('weights by dips', () => {
  it('spend the plain amount until the reference was watched long enough, then more the further the price is below it', async () => {
    const world = dipWorld(steps(100, 100, 100, 90), { slots: 4 })
    expect(await world.run(DAY)).toBe(true)
    const last = units(world).at(-1)!
    expect(units(world).slice(0, 3)).toEqual([usdc(10), usdc(10), usdc(10)])
    // A minute at 90 moved the average of an hour by 0.17: 9.85 % below it, that is 2.97 times.
    expect(last).toBe(usdc(29.7))
  })

  it('stay within their bounds', async () => {
    const world = dipWorld(steps(100, 100, 10, 10_000), { slots: 4, least: 0.5 })
    await world.run(DAY)
    expect(units(world)).toEqual([usdc(10), usdc(10), usdc(30), usdc(5)])
  })

  it('keep their reference over a restart', async () => {
    const prices = steps(100, 100, 100, 90)
    const whole = dipWorld(prices, { slots: 4 })
    await whole.run(DAY)
    const world = dipWorld(prices, { slots: 4 })
    for (let runs = 0; runs < 8; runs++) await world.run(HOUR / 2)
    expect(units(world)).toEqual(units(whole))
  })
})

it('every slot trades at most once and the budget holds, whenever it is stopped and started and whatever the price', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<(prices: readonly Step[], config: object) => World>(valueWorld, dipWorld),
      fc.array(fc.integer({ min: 20, max: 300 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 15 }),
      fc.integer({ min: 10, max: 200 }),
      someLives,
      async (make, prices, slots, budget, lives) => {
        const path = prices.map((price, index) => ({ after_ms: index * 90_000, price }))
        const world = make(path, { interval: '1m', slots, budget: `${budget} USDC`, reference: '2m' })
        await live(world, lives)
        expect(await world.run(DAY)).toBe(true)
        const keys = world.bought.map(({ key }) => key)
        expect(new Set(keys).size).toBe(keys.length)
        expect(world.repeated).toEqual([])
        expect(keys.length).toBeLessThanOrEqual(slots)
        expect(world.total() <= usdc(budget)).toBe(true)
      },
    ),
    { numRuns: 150 },
  )
})
