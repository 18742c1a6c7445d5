import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type IntentEvent, sameToken } from '../../../core/index.ts'
import { type GridFate, GridWorld, type Move } from '../../../test/simulation/strategies/grid-world.ts'
import type { Generation } from './books/generation.ts'

const MINUTE = 60_000
const PARTS = 1_000_000n

const move: fc.Arbitrary<Move> = fc.record(
  {
    parts: fc.oneof(fc.integer({ min: -9_000, max: 9_000 }), fc.integer({ min: -60_000, max: 60_000 })),
    after_ms: fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: MINUTE, max: 40 * MINUTE })),
    reachParts: fc.integer({ min: 0, max: 20_000 }),
  },
  { requiredKeys: ['parts', 'after_ms'] },
)

const stretch = fc.record({
  moves: fc.array(move, { minLength: 1, maxLength: 40 }),
  /** One for each intent given, over again. */
  fates: fc.array(fc.constantFrom<GridFate>('fill', 'fill', 'fill', 'fail', 'hang', 'land', 'lose', 'unknown'), {
    minLength: 1,
    maxLength: 7,
  }),
})

const config = fc.record({
  levels: fc.integer({ min: 1, max: 12 }),
  spacing: fc.constantFrom('arithmetic' as const, 'geometric' as const),
  startWith: fc.constantFrom('inventory' as const, 'buys' as const),
  outOfRange: fc.constantFrom('hold' as const, 'recentre' as const),
  recentreAfter: fc.constantFrom('1m', '1h'),
  maxOpenOrders: fc.integer({ min: 1, max: 6 }),
})

async function live(world: GridWorld, stretches: readonly { moves: readonly Move[]; fates: readonly GridFate[] }[]) {
  const generations = new Map<number, Generation>()
  for (const { moves, fates } of stretches) {
    let turn = 0
    await world.run(moves, () => fates[turn++ % fates.length]!)
    const generation = world.state<Generation>('generation')
    if (generation) generations.set(generation.number, generation)
  }
  return generations
}

it('never leaves its budget, never has two orders or cycles of a level open, and never trades an ended order again', async () => {
  await fc.assert(
    fc.asyncProperty(config, fc.array(stretch, { minLength: 1, maxLength: 6 }), async (settings, stretches) => {
      const world = new GridWorld({ ...settings, lower: '80', upper: '125' })
      await live(world, stretches)
      expect(world.broken).toEqual([])
      // Each level buys, sells, buys, …: the journal shows no purchase after a purchase.
      const holding = new Set<string>()
      for (const { key, input } of world.fills) {
        const [, level, side] = /^(g\d+-l\d+)-c\d+-(buy|sell)/.exec(key) ?? []
        if (level === undefined) continue
        expect(sameToken(input.token, side === 'buy' ? world.pair.quote : world.pair.base)).toBe(true)
        if (side === 'buy') expect(holding.has(level)).toBe(false)
        if (side === 'buy') holding.add(level)
        else holding.delete(level)
      }
    }),
    { numRuns: 300 },
  )
})

it('earns at least the step less pool fees and slippage with every cycle it completes', async () => {
  await fc.assert(
    fc.asyncProperty(config, fc.array(stretch, { minLength: 1, maxLength: 6 }), async (settings, stretches) => {
      const world = new GridWorld({ ...settings, lower: '80', upper: '125' })
      const generations = await live(world, stretches)
      const bought = new Map(world.fills.filter(({ key }) => key.includes('buy')).map(fill => [stepOf(fill.key), fill]))
      for (const sale of world.fills.filter(({ key }) => key.includes('sell'))) {
        const purchase = bought.get(stepOf(sale.key).replace('sell', 'buy'))
        const [, number, level] = /^g(\d+)-l(\d+)/.exec(sale.key)!
        const generation = generations.get(Number(number))
        if (!purchase || !generation) continue
        const [line, next] = [generation.lines[Number(level) - 1]!, generation.lines[Number(level)]!]
        const cost = purchase.input.units
        const least = (cost * (next * PARTS - 2n * generation.toleranceParts * line)) / (line * PARTS)
        expect(sale.output.units).toBeGreaterThanOrEqual(least - 2n)
        expect(sale.output.units).toBeGreaterThan(cost)
      }
    }),
    { numRuns: 200 },
  )
})

it('is alive after any history: once orders fill again, a sweep through the range lets every level trade', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ levels: fc.integer({ min: 2, max: 8 }), startWith: fc.constantFrom('inventory', 'buys') }),
      fc.array(stretch, { minLength: 1, maxLength: 5 }),
      async (settings, stretches) => {
        const world = new GridWorld({ ...settings, lower: '80', upper: '125', price: '101.3' } as never)
        await live(world, stretches)
        await world.run(sweep(world, 126, 79))
        const before = new Set(world.fills.map(({ key }) => key))
        await world.run(sweep(world, 79, 126))
        const sold = new Set(
          world.fills.filter(({ key }) => !before.has(key)).flatMap(({ key }) => /l\d+(?=-c\d+-sell)/.exec(key) ?? []),
        )
        expect([...sold]).toHaveLength(settings.levels)
        expect(world.broken).toEqual([])
      },
    ),
    { numRuns: 100 },
  )
})

it('whose start did not trade before the price left its range is not laid out beyond it: it waits there, or has ended', async () => {
  const away: Move[] = [
    { parts: 1, after_ms: MINUTE },
    { parts: 300_000, after_ms: MINUTE },
    { parts: 1, after_ms: 40 * MINUTE },
  ]
  const ends = (world: GridWorld): number[] => {
    const { lines } = world.state<Generation>('generation')!
    return [lines[0]!, lines.at(-1)!].map(line => Math.round(Number(line) / 1e12))
  }
  const waiting = new GridWorld({ levels: 3, lower: '80', upper: '125', outOfRange: 'hold' })
  await waiting.run(away, () => 'fail')
  expect(ends(waiting)).toEqual([80, 125])
  expect(waiting.notices.at(-1)?.title).toBe('The price is above the grid')
  await waiting.run([
    { parts: -200_000, after_ms: MINUTE },
    { parts: 1, after_ms: MINUTE },
  ])
  expect(ends(waiting)).toEqual([80, 125])
  expect(waiting.fills.map(({ key }) => key.replace(/^g\d+/, 'g'))).toEqual(['g-start'])
  const stopping = new GridWorld({ levels: 3, lower: '80', upper: '125', outOfRange: 'stop' })
  expect(await stopping.run(away, () => 'fail')).toBe(true)
  expect(stopping.fills).toEqual([])
})

/** To one end of the range and through to the other, slowly. */
function sweep(world: GridWorld, ...ends: readonly number[]): Move[] {
  let at = Number(world.price) / 1e12
  return ends.flatMap(end => {
    const steps = Math.ceil(Math.abs(Math.log(end / at)) / 0.004) + 1
    const parts = Math.round(((end / at) ** (1 / steps) - 1) * 1e6)
    at = end
    return Array.from({ length: steps }, () => ({ parts, after_ms: 20 * MINUTE }))
  })
}

/** A key without the number of its attempt. */
function stepOf(key: string): string {
  return key.replace(/(buy|sell)-\d+$/, '$1')
}

const LEFT = { levels: 4, lower: '90', upper: '110', startWith: 'inventory' } as const

it('started again with onRestart: flatten it sells what base it has, whatever atEnd says, and has ended for good', async () => {
  const world = new GridWorld({ ...LEFT, atEnd: 'keep', onRestart: 'flatten' })
  expect(await world.run([{ parts: 1, after_ms: MINUTE }])).toBe(false)
  expect(world.base).toBeGreaterThan(0n)
  expect(await world.run([{ parts: 1, after_ms: MINUTE }])).toBe(true)
  expect(world.base).toBe(0n)
  const { length } = world.fills
  expect(await world.run([{ parts: -50_000, after_ms: MINUTE }])).toBe(true)
  expect(world.fills).toHaveLength(length)
})

it('started again with onRestart: hold it trades nothing and says so; with resume it goes on where it was', async () => {
  const world = new GridWorld({ ...LEFT, onRestart: 'hold' })
  await world.run([{ parts: 1, after_ms: MINUTE }])
  const { base, fills } = world
  const { length } = fills
  expect(await world.run([{ parts: -80_000, after_ms: MINUTE }])).toBe(true)
  expect([world.base, fills.length]).toEqual([base, length])
  expect(world.notices.at(-1)).toMatchObject({
    level: 'warning',
    title: 'The grid trades nothing (onRestart: hold)',
    text: expect.stringContaining('Start it with onRestart: resume and --adopt'),
  })
  world.config.onRestart = 'resume'
  expect(await world.run([{ parts: -80_000, after_ms: MINUTE }])).toBe(false)
  expect(fills.length).toBeGreaterThan(length)
  expect(world.broken).toEqual([])
})

it('goes on as it was laid out, also when it had traded nothing before it was killed', async () => {
  const world = new GridWorld({ rangePercent: 5, levels: 10, startWith: 'buys' })
  await world.run([])
  const laidOut = world.state<Generation>('generation')!
  const [fall, rise] = [-70_000, 40_000]
  await world.run([{ parts: fall, after_ms: MINUTE }])
  expect(world.state<Generation>('generation')?.lines).toEqual(laidOut.lines)
  expect(world.keys().length).toBeGreaterThan(3)
  await world.run([{ parts: rise, after_ms: MINUTE }])
  expect(world.keys().some(key => key.endsWith('-sell'))).toBe(true)
  expect(world.broken).toEqual([])
})

const LEAVES: readonly Move[] = [{ parts: 150_000, after_ms: MINUTE }]
/** Comes back while nobody is there, to where a level would buy. */
const comesBack = (world: GridWorld): void => {
  world.price = 93n * 10n ** 12n
}

it.each([
  ['the price has left its range', { outOfRange: 'stop', atEnd: 'keep' }],
  ['the price has left its range, and what was left is sold', { outOfRange: 'stop', atEnd: 'sell' }],
  ['its time is up', { duration: '2m', atEnd: 'sell' }],
] as const)('that has ended does not trade again, though it was killed before its run was over: %s', async (_, how) => {
  const world = new GridWorld({ ...LEFT, ...how })
  world.diesAtEnd = true
  expect(await world.run([...LEAVES, { parts: 1, after_ms: 5 * MINUTE }])).toBe(true)
  const { length } = world.fills
  expect(length).toBeGreaterThan(0)
  comesBack(world)
  expect(await world.run([{ parts: 1, after_ms: MINUTE }])).toBe(true)
  expect(world.fills).toHaveLength(length)
  expect(world.notices.at(-1)?.title).toBe('This grid has ended before')
})

it.each(['keep', 'sell'] as const)('killed while its end awaits an order it goes on to end: %s', async atEnd => {
  const world = new GridWorld({ ...LEFT, outOfRange: 'stop', atEnd })
  const hangs = ({ key }: IntentEvent): GridFate => (key.endsWith('-start') ? 'fill' : 'hang')
  expect(await world.run(LEAVES, hangs)).toBe(false)
  const under = [...world.orders.values()].filter(({ state }) => state === 'created').map(({ intent }) => intent.key)
  expect(under.length).toBeGreaterThan(0)
  comesBack(world)
  expect(await world.run([{ parts: 1, after_ms: MINUTE }])).toBe(true)
  const later = world.keys().slice(1)
  expect(later.filter(key => !under.includes(key) && !key.includes('close'))).toEqual([])
  expect(world.notices.at(-1)?.title).toBe('The grid has ended: the price has left its range')
  if (atEnd === 'sell') expect(world.base).toBe(0n)
  expect(world.broken).toEqual([])
})
