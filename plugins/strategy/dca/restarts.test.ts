import fc from 'fast-check'
import { expect, it } from 'vitest'
import { live, someLives } from '../../../test/simulation/strategies/dca-lives.ts'
import { World } from '../../../test/simulation/strategies/dca-world.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const calendar = fc.constantFrom({ interval: '1m' }, { interval: '90s' }, { cron: '*/2 * * * *' })

it('buys every slot at most once and never more than the budget, whenever it is stopped and started', async () => {
  await fc.assert(
    fc.asyncProperty(
      calendar,
      fc.constantFrom('skip' as const, 'one' as const, 'spread' as const, 'all' as const),
      fc.integer({ min: 1, max: 15 }),
      fc.option(fc.integer({ min: 10, max: 90 }), { nil: undefined }),
      someLives,
      async (rule, catchUp, slots, budget, lives) => {
        const world = new World({ ...rule, catchUp, slots, ...(budget && { budget: `${budget} USDC` }), grace: '20s' })
        await live(world, lives)
        expect(await world.run(DAY)).toBe(true)
        const keys = world.bought.map(({ key }) => key)
        expect(new Set(keys).size).toBe(keys.length)
        expect(world.repeated).toEqual([])
        expect(keys.length).toBeLessThanOrEqual(slots)
        const promised = BigInt(slots) * 10_000_000n
        const cap = budget === undefined ? promised : BigInt(budget) * 1_000_000n
        expect(world.total() <= (cap < promised ? cap : promised)).toBe(true)
      },
    ),
    { numRuns: 150 },
  )
})

it('buys every slot, once, when each order is filled in the end and catchUp is all', async () => {
  await fc.assert(
    fc.asyncProperty(calendar, fc.integer({ min: 1, max: 12 }), someLives, async (rule, slots, lives) => {
      const world = new World({ ...rule, catchUp: 'all', slots })
      const patient = lives.map(life => ({
        ...life,
        fates: life.fates.map(fate => (fate === 'fail' ? 'hang' : fate)),
      }))
      await live(world, patient)
      await world.run(DAY)
      // What the last run lost before the journal had it is made good by the next.
      await world.run(DAY)
      expect(world.bought).toHaveLength(slots)
      expect(world.total()).toBe(BigInt(slots) * 10_000_000n)
    }),
    { numRuns: 100 },
  )
})

it('spends what spread promises, to the unit, when the last slot is not missed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 4, max: 20 }), fc.array(fc.nat(6), { maxLength: 4 }), async (slots, gaps) => {
      const world = new World({ interval: '1m', catchUp: 'spread', slots, amount: '1.000003 USDC' })
      let passed = 0
      for (const gap of gaps) {
        if (passed + gap + 1 >= slots - 1) break
        await world.run(MINUTE / 2)
        world.pause(gap * MINUTE + MINUTE / 2)
        passed += gap + 1
      }
      expect(await world.run(DAY)).toBe(true)
      expect(world.total()).toBe(BigInt(slots) * 1_000_003n)
    }),
    { numRuns: 60 },
  )
})

it('makes up for a slot that passed while it was dead, though it was killed before its first', async () => {
  const world = new World({ cron: '*/10 * * * *', catchUp: 'all', slots: 2 })
  world.pause(MINUTE)
  await world.run(MINUTE)
  world.pause(10 * MINUTE)
  expect(await world.run(DAY)).toBe(true)
  expect(world.keys()).toEqual(['00:10', '00:20'])
})
