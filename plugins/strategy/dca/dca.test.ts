import { describe, expect, it } from 'vitest'
import { World } from '../../../test/simulation/strategies/dca-world.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
const DAY = 24 * HOUR
const usdc = (whole: number): bigint => BigInt(Math.round(whole * 1_000_000))

describe('a calendar', () => {
  it('buys at the start and then every interval, as often as there are slots', async () => {
    const world = new World({ interval: '1h', slots: 4 })
    expect(await world.run(DAY)).toBe(true)
    expect(world.keys()).toEqual(['00:00', '01:00', '02:00', '03:00'])
    expect(world.total()).toBe(usdc(40))
  })

  it('buys by cron in UTC, at the first match after the start', async () => {
    const world = new World({ cron: '30 9,17 * * *', slots: 3 })
    expect(await world.run(3 * DAY)).toBe(true)
    expect(world.bought.map(({ key }) => key)).toEqual([
      '2024-01-01T09:30:00.000Z',
      '2024-01-01T17:30:00.000Z',
      '2024-01-02T09:30:00.000Z',
    ])
  })

  it('waits for a start in the future and makes no purchase after the end', async () => {
    const world = new World({ interval: '1h', start: '2024-01-01T05:30:00Z', end: '2024-01-01T07:30:00Z' })
    expect(await world.run(DAY)).toBe(true)
    expect(world.keys()).toEqual(['05:30', '06:30', '07:30'])
  })

  it('goes on for ever without slots, budget and end', async () => {
    const world = new World({ interval: '1h' })
    expect(await world.run(100.5 * HOUR)).toBe(false)
    expect(world.bought).toHaveLength(101)
  })

  it('ends at once when it is started again after its last slot', async () => {
    const world = new World({ interval: '1h', slots: 2 })
    await world.run(DAY)
    const ended_ms = world.now
    world.pause(DAY)
    expect(await world.run(DAY)).toBe(true)
    expect(world.now).toBe(ended_ms + DAY)
    expect(world.bought).toHaveLength(2)
  })
})

describe('a start in the past', () => {
  it('makes the slots since then missed ones', async () => {
    const world = new World({ interval: '1h', slots: 5, start: '2023-12-31T22:30:00Z', catchUp: 'one' })
    expect(await world.run(DAY)).toBe(true)
    expect(world.keys()).toEqual(['23:30', '00:30', '01:30', '02:30'])
  })

  it('is refused when it is so long ago that it must be a mistake', async () => {
    const world = new World({ interval: '1s', start: '2003-01-01T00:00:00Z' })
    await expect(world.run(DAY)).rejects.toMatchObject({ code: 'PLUGIN_CONFIG_INVALID', context: { field: 'start' } })
  })
})

describe('a budget', () => {
  it('ends with a purchase of what is left of it', async () => {
    const world = new World({ interval: '1h', budget: '35 USDC' })
    expect(await world.run(DAY)).toBe(true)
    expect(world.bought.map(({ units }) => units)).toEqual([usdc(10), usdc(10), usdc(10), usdc(5)])
  })

  it('takes back what a failed purchase did not spend, and buys later instead', async () => {
    const world = new World({ interval: '1h', budget: '30 USDC' })
    expect(await world.run(DAY, intent => (intent.key.includes('T01') ? 'fail' : 'fill'))).toBe(true)
    expect(world.keys()).toEqual(['00:00', '02:00', '03:00'])
    expect(world.total()).toBe(usdc(30))
  })

  it('counts an order that is never heard of again as spent', async () => {
    const world = new World({ interval: '1h', budget: '30 USDC' })
    expect(await world.run(DAY, intent => (intent.key.includes('T01') ? 'hang' : 'fill'))).toBe(true)
    expect(world.total()).toBe(usdc(20))
  })
})

describe('slots that passed while nothing ran', () => {
  const missThree = async (catchUp: 'skip' | 'one' | 'spread' | 'all'): Promise<World> => {
    const world = new World({ interval: '1h', slots: 8, catchUp })
    await world.run(1.5 * HOUR)
    world.pause(3 * HOUR)
    expect(await world.run(DAY)).toBe(true)
    return world
  }

  it('are left out with skip', async () => {
    const world = await missThree('skip')
    expect(world.keys()).toEqual(['00:00', '01:00', '05:00', '06:00', '07:00'])
    expect(world.notices).toEqual([
      'The 3 slots from 2024-01-01T02:00:00.000Z to 2024-01-01T04:00:00.000Z passed without a purchase: left out (catchUp: skip).',
    ])
  })

  it('make one purchase together with one', async () => {
    const world = await missThree('one')
    expect(world.keys()).toEqual(['00:00', '01:00', '04:00', '05:00', '06:00', '07:00'])
    expect(world.total()).toBe(usdc(60))
  })

  it('are not made up for a second time when the process dies right after', async () => {
    const world = new World({ interval: '1h', slots: 8, catchUp: 'one' })
    await world.run(1.5 * HOUR)
    world.pause(3 * HOUR)
    await world.run(3_000)
    expect(world.keys()).toEqual(['00:00', '01:00', '04:00'])
    expect(await world.run(DAY)).toBe(true)
    expect(world.keys()).toEqual(['00:00', '01:00', '04:00', '05:00', '06:00', '07:00'])
  })

  it('are added evenly to those that remain with spread', async () => {
    const world = await missThree('spread')
    expect(world.keys()).toEqual(['00:00', '01:00', '05:00', '06:00', '07:00'])
    expect(world.bought.map(({ units }) => units)).toEqual([10, 10, 20, 20, 20].map(usdc))
  })

  it('are bought one by one with all', async () => {
    const world = await missThree('all')
    expect(world.keys()).toEqual(['00:00', '01:00', '02:00', '03:00', '04:00', '05:00', '06:00', '07:00'])
    expect(world.total()).toBe(usdc(80))
  })

  it('do not include the one of the very moment of a restart', async () => {
    const world = new World({ interval: '1h', slots: 3 })
    await world.run(0.5 * HOUR)
    world.pause(0.5 * HOUR + MINUTE)
    expect(await world.run(DAY)).toBe(true)
    expect(world.keys()).toEqual(['00:00', '01:00', '02:00'])
    expect(world.notices).toEqual([])
  })

  it('are spread over the slots that remain also when a second stop comes between', async () => {
    const world = new World({ interval: '1h', slots: 8, catchUp: 'spread' })
    await world.run(1.5 * HOUR)
    world.pause(3 * HOUR)
    await world.run(1 * HOUR)
    world.pause(1 * HOUR)
    expect(await world.run(DAY)).toBe(true)
    expect(world.keys()).toEqual(['00:00', '01:00', '05:00', '07:00'])
    expect(world.total()).toBe(usdc(80))
  })
})

describe('an order that was under way when the process died', () => {
  it('is given again with the same key and is no missed slot', async () => {
    const world = new World({ interval: '1h', slots: 2 })
    await world.run(HOUR / 2, () => 'hang')
    world.pause(5 * MINUTE)
    expect(world.bought).toEqual([])
    expect(await world.run(DAY)).toBe(true)
    expect(world.keys()).toEqual(['00:00', '01:00'])
    expect(world.notices).toEqual([])
  })
})
