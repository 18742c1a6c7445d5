import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MomentumWorld, type OrderFate, type Tick } from '../../../test/simulation/strategies/momentum-world.ts'
import type { MomentumConfig } from './config.ts'

const MINUTE = 60_000
const BUDGET = 100_000_000n

const config = fc.record({
  confirm: fc.integer({ min: 1, max: 2 }),
  again: fc.constantFrom('turn' as const, 'hold' as const),
  stopPercent: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
  trailPercent: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
  bars: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  percent: fc.integer({ min: 10, max: 100 }),
})

const minutes = fc.array(
  fc.record({
    price: fc.integer({ min: 80, max: 120 }),
    trend: fc.constantFrom('buy' as const, 'buy' as const, 'sell' as const, 'none' as const),
  }),
  { minLength: 30, maxLength: 90 },
)

const stretches = fc.array(
  fc.record({
    run_ms: fc.oneof(fc.integer({ min: 0, max: 20 * MINUTE }), fc.integer({ min: 0, max: 5_000 })),
    fates: fc.array(fc.constantFrom<OrderFate>('fill', 'fill', 'fill', 'half', 'fail', 'expire', 'hang', 'lose'), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  { minLength: 1, maxLength: 6 },
)

it('trades each bar and side once, sells what it bought and never more, and keeps to its budget, whenever it is killed', async () => {
  await fc.assert(
    fc.asyncProperty(config, minutes, stretches, async (settings, path, runs) => {
      const { confirm, again, stopPercent, trailPercent, bars, percent } = settings
      const plan: MomentumConfig = {
        pair: 'SOL/USDC',
        interval: '1m',
        signals: [{ kind: 'ema-cross', name: 'trend' }],
        budget: '100 USDC',
        compound: false,
        size: { kind: 'percent', percent },
        entry: { signals: ['trend'], when: 'all', confirm, again },
        exit: {
          when: 'any',
          confirm: 1,
          ...(stopPercent && { stopPercent }),
          ...(trailPercent && { trailPercent }),
          ...(bars && { bars }),
        },
        cooldown: '0s',
        expires: '2m',
        duration: '3h',
        atEnd: 'close',
        onRestart: 'resume',
      }
      const ticks = path.flatMap(({ price, trend }, index): Tick[] => [
        { at: index * MINUTE + 30_000, price },
        { at: (index + 1) * MINUTE, say: { trend } },
      ])
      const world = new MomentumWorld(plan, ticks)
      for (const { run_ms, fates } of runs) {
        let turn = 0
        await world.run(run_ms, () => fates[turn++ % fates.length]!)
        expect(world.held).toBeGreaterThanOrEqual(0n)
      }
      // Left alone, it comes to its end with nothing in hand.
      expect(await world.run(24 * 60 * MINUTE)).toBe(true)
      expect(world.held).toBe(0n)
      expect(world.repeated).toEqual([])
      expect(world.mostInvested).toBeLessThanOrEqual(BUDGET)
      const buys = [...world.orders.values()].filter(({ intent }) => intent.key.endsWith('-buy'))
      expect(new Set(buys.map(({ intent }) => intent.key)).size).toBe(buys.length)
      for (const { intent } of buys) expect(intent.amount.units).toBeLessThanOrEqual(BUDGET)
    }),
    { numRuns: 150 },
  )
})

const TRAILING: MomentumConfig = {
  pair: 'SOL/USDC',
  interval: '1m',
  signals: [{ kind: 'ema-cross', name: 'trend' }],
  budget: '100 USDC',
  compound: false,
  size: { kind: 'percent', percent: 100 },
  entry: { signals: ['trend'], when: 'all', confirm: 1, again: 'turn' },
  exit: { signals: [], when: 'any', confirm: 1, trailPercent: 5 },
  cooldown: '0s',
  expires: '2m',
  atEnd: 'close',
  onRestart: 'resume',
}

it('goes on trailing from the highest price, and never from below what was paid', async () => {
  const ticks: Tick[] = [
    { at: 30_000, price: 100 },
    { at: MINUTE, say: { trend: 'sell' } },
    { at: 2 * MINUTE, say: { trend: 'buy' } },
    { at: 3 * MINUTE, price: 98 },
    { at: 10 * MINUTE, price: 96 },
    { at: 11 * MINUTE, price: 95 },
  ]
  const world = new MomentumWorld(TRAILING, ticks)
  await world.run(5 * MINUTE)
  await world.run(60 * MINUTE)
  expect(world.keys()).toEqual(['00:02 buy confirmed', '00:02 sell confirmed'])
  expect(world.intents.at(-1)).toMatchObject({ at: Date.parse('2024-01-01T00:11:00Z'), reason: 'trailing stop' })
})

it('goes on trailing from a price that no order came after, before it was killed', async () => {
  const world = new MomentumWorld(TRAILING, [
    { at: 30_000, price: 100 },
    { at: MINUTE, say: { trend: 'sell' } },
    { at: 2 * MINUTE, say: { trend: 'buy' } },
    { at: 2 * MINUTE + 30_000, price: 120 },
    { at: 10 * MINUTE, price: 115 },
    { at: 11 * MINUTE, price: 113 },
  ])
  // Killed within the very bar in which the price was highest.
  await world.run(2 * MINUTE + 40_000)
  await world.run(60 * MINUTE)
  expect(world.intents.at(-1)).toMatchObject({ at: Date.parse('2024-01-01T00:11:00Z'), reason: 'trailing stop' })
})

it('counts its duration from its first run, though it was killed before it had traded', async () => {
  const world = new MomentumWorld({ ...TRAILING, duration: '1h' }, [])
  expect(await world.run(40 * MINUTE)).toBe(false)
  expect(await world.run(60 * MINUTE)).toBe(true)
  expect(world.now).toBeLessThan(Date.parse('2024-01-01T01:00:10Z'))
})

describe('what becomes at a restart of a position', () => {
  const ticks: Tick[] = [
    { at: 30_000, price: 100 },
    { at: MINUTE, say: { trend: 'sell' } },
    { at: 2 * MINUTE, say: { trend: 'buy' } },
    { at: 20 * MINUTE, price: 50 },
    { at: 29 * MINUTE, say: { trend: 'sell' } },
    { at: 30 * MINUTE, say: { trend: 'buy' } },
  ]

  it('flatten: it is sold before any price has come, and the strategy goes on flat', async () => {
    const world = new MomentumWorld({ ...TRAILING, onRestart: 'flatten' }, ticks)
    await world.run(5 * MINUTE)
    expect(await world.run(60 * MINUTE)).toBe(false)
    expect(world.keys()).toEqual(['00:02 buy confirmed', '00:02 sell confirmed', '00:30 buy confirmed'])
    expect(world.intents[1]).toMatchObject({
      at: Date.parse('2024-01-01T00:05:00Z'),
      reason: 'sold at the start (onRestart: flatten)',
    })
  })

  it('flatten: what had only begun to be bought is sold when it is there', async () => {
    const world = new MomentumWorld({ ...TRAILING, onRestart: 'flatten' }, ticks.slice(0, 3))
    await world.run(2 * MINUTE + 1_000, () => 'hang')
    await world.run(60 * MINUTE)
    expect(world.keys().at(-1)).toBe('00:02 sell confirmed')
    expect(world.held).toBe(0n)
  })

  it('hold: it is left alone, which is told, and the strategy ends until it is told otherwise', async () => {
    const world = new MomentumWorld({ ...TRAILING, onRestart: 'hold' }, ticks)
    await world.run(5 * MINUTE)
    const { held } = world
    expect(held).toBeGreaterThan(0n)
    expect(await world.run(60 * MINUTE)).toBe(true)
    expect(world.keys()).toEqual(['00:02 buy confirmed'])
    expect(world.held).toBe(held)
    expect(world.notices.at(-1)).toBe('nothing is traded (onRestart: hold)')
  })

  it('hold: nothing was left, so nothing is held back', async () => {
    const world = new MomentumWorld({ ...TRAILING, onRestart: 'hold' }, ticks)
    await world.run(MINUTE)
    await world.run(10 * MINUTE)
    expect(world.keys()).toEqual(['00:02 buy confirmed'])
  })
})
