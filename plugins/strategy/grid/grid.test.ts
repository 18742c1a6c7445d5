import { describe, expect, it } from 'vitest'
import { ForgeError, type PriceEvent, parsePrice } from '../../../core/index.ts'
import { testClock } from '../../../core/testing/index.ts'
import { StrategyBooks } from '../../../test/simulation/strategies/books.ts'
import { GridWorld, type Move } from '../../../test/simulation/strategies/grid-world.ts'
import { PAIR } from '../../../test/simulation/strategies/tokens.ts'
import type { GridConfig } from './config.ts'
import grid from './index.ts'

const MINUTE = 60_000
const usdc = (whole: number): bigint => BigInt(Math.round(whole * 1_000_000))

/** From one price to another, in small steps of a minute. */
function way(from: number, to: number, steps = 200): Move[] {
  const ratio = (to / from) ** (1 / steps)
  return Array.from({ length: steps }, () => ({ parts: Math.round((ratio - 1) * 1_000_000), after_ms: MINUTE }))
}

const TEN = { lower: '90', upper: '110', levels: 10, spacing: 'arithmetic' } as const

describe('a grid', () => {
  it('starts with base for the levels above the price, and sells it level by level as the price rises', async () => {
    const world = new GridWorld(TEN)
    await world.run(way(100, 111))
    expect(world.keys()).toEqual(['g1-start', ...[6, 7, 8, 9, 10].map(level => `g1-l${level}-c1-sell`)])
    expect(world.fills[0]!.input.units).toBe(usdc(500))
    expect(world.base).toBe(0n)
    expect(world.quote).toBeGreaterThan(usdc(1_025))
  })

  it('buys at a level, sells one level above, and buys there again: one cycle after the other', async () => {
    const world = new GridWorld({ ...TEN, startWith: 'buys' })
    await world.run([...way(100, 95.9), ...way(95.9, 98.5)])
    await world.run(way(98.5, 95.9))
    expect(world.keys()).toEqual(['g1-l5-c1-buy', 'g1-l4-c1-buy', 'g1-l4-c1-sell', 'g1-l4-c2-buy'])
    expect(world.fills.every(({ input, key }) => !key.endsWith('buy') || input.units === usdc(100))).toBe(true)
  })

  it('without inventory leaves the levels above the price out until the price has been above them', async () => {
    const world = new GridWorld({ ...TEN, startWith: 'buys' })
    await world.run(way(100, 105))
    expect(world.keys()).toEqual([])
    await world.run(way(105, 101.5))
    expect(world.keys()).toEqual(['g1-l8-c1-buy', 'g1-l7-c1-buy'])
  })

  it('takes a level that was only touched by a conflated low or high', async () => {
    const world = new GridWorld({ ...TEN, startWith: 'buys', slippageBps: 600, levels: 1 })
    await world.run([{ parts: -50_000, after_ms: MINUTE, reachParts: 60_000 }])
    expect([...world.orders.keys()]).toEqual(['g1-l1-c1-buy'])
  })

  it('sends the levels nearest to the price first, no more than maxOpenOrders at once', async () => {
    const world = new GridWorld({ ...TEN, startWith: 'buys', maxOpenOrders: 2 })
    await world.run([{ parts: -90_000, after_ms: MINUTE }], () => 'hang')
    expect([...world.orders.keys()]).toEqual(['g1-l2-c1-buy', 'g1-l3-c1-buy'])
  })

  it('tells what each cycle and all of them earned, and what a round trip was taken to cost', async () => {
    const world = new GridWorld(TEN)
    await world.run(way(100, 103))
    expect(world.notices[0]!.title).toBe('Grid 1: 10 levels of 100 USDC from 90 USDC to 110 USDC')
    expect(world.notices[0]!.text).toContain(
      'a round trip costs 30.22 bps: pool fees and impact 2 × 5 bps (feeBps, assumed), slippage 2 × 10 bps (slippageBps), network fees 2 × 0.00001 SOL (networkFee), 0.22 bps of 100 USDC',
    )
    expect(world.notices.at(-1)!.title).toMatch(/^Level 6 earned \+1\.9\d* USDC$/)
    expect(world.notices.at(-1)!.text).toMatch(/1 cycle earned \+1\.9/)
  })
})

describe('when the price leaves the grid', () => {
  it('hold waits for it, says so once, and says when it is back', async () => {
    const world = new GridWorld(TEN)
    await world.run([...way(100, 112), ...Array.from({ length: 50 }, () => ({ parts: 10, after_ms: MINUTE }))])
    const told = world.notices.filter(({ title }) => title.includes('above the grid'))
    expect(told).toHaveLength(1)
    await world.run(way(112, 105))
    expect(world.notices.some(({ title }) => title === 'The price is back in the grid')).toBe(true)
  })

  it('stop sells what is left, tells the sum, and does not begin again', async () => {
    const world = new GridWorld({ ...TEN, outOfRange: 'stop', atEnd: 'sell' })
    expect(await world.run(way(100, 88))).toBe(true)
    expect(world.base).toBe(0n)
    expect(world.fills.at(-1)!.key).toBe('g1-close')
    expect(world.notices.at(-1)!.title).toBe('The grid has ended: the price has left its range')
    expect(world.notices.at(-1)!.text).toContain('in all -')
    const sold = world.fills.length
    expect(await world.run(way(88, 100))).toBe(true)
    expect(world.fills).toHaveLength(sold)
  })

  it('stop keeps what is left when it is told to', async () => {
    const world = new GridWorld({ ...TEN, outOfRange: 'stop', atEnd: 'keep' })
    expect(await world.run(way(100, 88))).toBe(true)
    expect(world.base).toBeGreaterThan(0n)
    expect(world.notices.at(-1)!.text).toMatch(/are kept, worth/)
  })

  it('recentre waits, then builds the grid around the price with what the budget has left', async () => {
    const world = new GridWorld({ ...TEN, outOfRange: 'recentre', recentreAfter: '30m' })
    await world.run([...way(100, 88), ...Array.from({ length: 60 }, () => ({ parts: 0, after_ms: MINUTE }))])
    const built = world.notices.filter(({ title }) => title.startsWith('Grid '))
    expect(built).toHaveLength(2)
    expect(built[1]!.title).toMatch(/^Grid 2: 10 levels of 9\d\.\d+ USDC from 7\d.* to 9\d/)
    expect(world.broken).toEqual([])
    await world.run([...way(88, 80), ...way(80, 90)])
    expect(world.fills.filter(({ key }) => key.startsWith('g2') && key.endsWith('sell')).length).toBeGreaterThan(3)
    expect(world.broken).toEqual([])
  })

  it('waits for a price within its range before it begins', async () => {
    const world = new GridWorld({ ...TEN, price: '120' })
    await world.run(way(120, 112))
    expect(world.keys()).toEqual([])
    expect(world.notices.map(({ title }) => title)).toEqual(['The grid begins when the price is in its range'])
    await world.run([{ parts: -62_500, after_ms: MINUTE }])
    expect(world.keys()).toEqual(['g1-start'])
  })
})

describe('an end', () => {
  it('comes after the duration counted from the first run, whatever was in between', async () => {
    const world = new GridWorld({ ...TEN, duration: '3h', atEnd: 'sell' })
    expect(await world.run(way(100, 101, 100))).toBe(false)
    expect(await world.run(way(101, 99, 300))).toBe(true)
    expect(world.now - Date.parse('2024-01-01T00:00:00Z')).toBeLessThan(3 * 60 * MINUTE + 10_000)
    expect(world.base).toBe(0n)
  })

  it('comes at its time too when the price was never in the range, and a restart in between changes nothing', async () => {
    const world = new GridWorld({ ...TEN, price: '120', duration: '3h' })
    expect(await world.run(way(120, 120, 100))).toBe(false)
    expect(await world.run(way(120, 120, 100))).toBe(true)
    expect(world.keys()).toEqual([])
    expect(world.notices.at(-1)!.title).toBe('The grid has ended: its time is up')
  })

  it('is tried again when the sale does not trade, and tells so', async () => {
    const world = new GridWorld({ ...TEN, outOfRange: 'stop', atEnd: 'sell' })
    const fail = (key: string): boolean => key === 'g1-close' || key === 'g1-close-2'
    expect(await world.run(way(100, 85), ({ key }) => (fail(key) ? 'fail' : 'fill'))).toBe(true)
    expect(world.fills.at(-1)!.key).toBe('g1-close-3')
    expect(world.notices.filter(({ title }) => title === 'The end of the grid did not trade')).toHaveLength(2)
  })
})

describe('an order that does not trade', () => {
  it('is given again under another key after a rest, and told when it happens again and again', async () => {
    const world = new GridWorld({ ...TEN, startWith: 'buys' })
    const still = Array.from({ length: 30 }, () => ({ parts: 0, after_ms: MINUTE }))
    await world.run([{ parts: -25_000, after_ms: MINUTE }, ...still], ({ key }) =>
      key.endsWith('-4') ? 'fill' : 'fail',
    )
    expect([...world.orders.keys()]).toEqual(['', '-2', '-3', '-4'].map(attempt => `g1-l5-c1-buy${attempt}`))
    expect(world.notices.some(({ title }) => title === 'Level 5 can not buy')).toBe(true)
  })

  it('as the first of a grid lets the grid be built where the price is by then', async () => {
    const world = new GridWorld(TEN)
    await world.run(way(100, 103, 60), ({ key }) => (key === 'g1-start' ? 'fail' : 'fill'))
    expect(world.fills[0]!.key).toBe('g2-start')
    expect(world.broken).toEqual([])
  })

  it('or of which nobody knows keeps its level at rest, and no other', async () => {
    const world = new GridWorld({ ...TEN, startWith: 'buys' })
    await world.run(way(100, 93), ({ key }) => (key.startsWith('g1-l4') ? 'unknown' : 'fill'))
    expect(world.notices.filter(({ level }) => level === 'critical').map(({ title }) => title)).toEqual([
      'Level 4 rests: nobody knows whether its order traded',
    ])
    await world.run(way(93, 99))
    expect(world.keys()).toContain('g1-l4-c1-sell')
    expect(world.broken).toEqual([])
  })

  it('that the disk refuses to keep is an error of its node, and comes when it is asked again', async () => {
    const { config, now } = new GridWorld({ ...TEN, price: '120', duration: '3h' })
    const clock = testClock(now)
    const context = new StrategyBooks().context<GridConfig>({ id: 'plan.grid', config, clock, staged: new Map() })
    let isFull = false
    const flush = (): void => {
      if (isFull) throw new ForgeError('STORE_WRITE_FAILED', { message: 'the disk is full' })
    }
    const instance = await grid.setup({ ...context, state: { ...context.state, flush } })
    await instance.process?.(priceOf('120', now))
    const told = await instance.pull?.()
    expect(told).toMatchObject({ title: 'The grid begins when the price is in its range' })
    isFull = true
    const next = Promise.resolve(instance.pull?.())
    await expect(clock.run(next)).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' })
    isFull = false
    expect(await instance.pull?.()).toMatchObject({ title: 'The grid has ended: its time is up' })
    expect(await instance.pull?.()).toBeUndefined()
  })
})

function priceOf(price: string, at: number): PriceEvent {
  return { kind: 'price', at, price: parsePrice(price, PAIR), origin: 'test' }
}
