import { describe, expect, it } from 'vitest'
import { MomentumWorld, type OrderFate, type Tick } from '../../../test/simulation/strategies/momentum-world.ts'
import type { MomentumConfig } from './config.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

function config(change: Partial<MomentumConfig> = {}): MomentumConfig {
  return {
    pair: 'SOL/USDC',
    interval: '5m',
    signals: [{ kind: 'ema-cross', name: 'trend' }, { kind: 'atr' }],
    budget: '100 USDC',
    compound: false,
    size: { kind: 'percent', percent: 100 },
    entry: { signals: ['trend'], when: 'all', confirm: 1, again: 'turn' },
    exit: { when: 'any', confirm: 1 },
    cooldown: '0s',
    expires: '2m',
    atEnd: 'close',
    onRestart: 'resume',
    ...change,
  }
}
const exit = (change: Partial<MomentumConfig['exit']>): MomentumConfig['exit'] => ({
  when: 'any',
  confirm: 1,
  ...change,
})

/** What the trend says of the bars that close at 00:05, 00:10 and so on: b, s, n. */
function trend(letters: string, values?: Record<string, number>): Tick[] {
  const meaning = { b: 'buy', s: 'sell', n: 'none' } as const
  return [...letters].map((letter, index) => ({
    at: (index + 1) * 5 * MINUTE,
    say: { trend: meaning[letter as 'b'], ...(values && { atr: 'none' as const }) },
    ...(values && { values }),
  }))
}
const price = (minutes: number, value: number, more: { low?: number; high?: number; open?: number } = {}): Tick => ({
  at: minutes * MINUTE,
  price: value,
  ...more,
})
const sorted = (...ticks: Tick[][]): Tick[] => ticks.flat().sort((a, b) => a.at - b.at)

async function keysOf(settings: MomentumConfig, ticks: Tick[], fate?: (key: string) => OrderFate): Promise<string[]> {
  const world = new MomentumWorld(settings, ticks)
  await world.run(3 * HOUR, ({ key }) => fate?.(key) ?? 'fill')
  return world.keys()
}
const times = (world: MomentumWorld) =>
  world.intents.map(
    ({ key, at, reason }) =>
      `${key.slice(11, 16)} ${key.slice(25)} at ${new Date(at).toISOString().slice(11, 19)} ${reason}`,
  )

describe('entries', () => {
  it('come with the bar on which signals turn, and end with the opposite one', async () => {
    const world = new MomentumWorld(config(), sorted([price(1, 100)], trend('bbsbbsb')))
    await world.run(3 * HOUR)
    expect(times(world)).toEqual([
      '00:20 buy at 00:20:00 trend at 2024-01-01T00:20:00.000Z',
      '00:20 sell at 00:30:00 signal',
      '00:35 buy at 00:35:00 trend at 2024-01-01T00:35:00.000Z',
    ])
    expect(world.notices).toEqual(['position closed, signal'])
  })

  it('come at once, and again after each exit, where holding is enough', async () => {
    const entry: MomentumConfig['entry'] = { signals: ['trend'], when: 'all', confirm: 1, again: 'hold' }
    const ticks = sorted([price(1, 100), price(8, 90), price(9, 100)], trend('bbb'))
    expect(await keysOf(config({ entry, exit: exit({ stopPercent: 5 }) }), ticks)).toEqual([
      '00:05 buy confirmed',
      '00:05 sell confirmed',
      '00:10 buy confirmed',
    ])
  })

  it('wait for bars that confirm', async () => {
    const entry: MomentumConfig['entry'] = { signals: ['trend'], when: 'all', confirm: 3, again: 'turn' }
    expect(await keysOf(config({ entry }), sorted([price(1, 100)], trend('sbbnbbbb')))).toEqual(['00:35 buy confirmed'])
  })

  it('do not come during a cooldown', async () => {
    const ticks = sorted([price(1, 100)], trend('sbsbsb'))
    expect(await keysOf(config({ cooldown: '11m' }), ticks)).toEqual([
      '00:10 buy confirmed',
      '00:10 sell confirmed',
      '00:30 buy confirmed',
    ])
  })

  it('that failed or expired are not tried again with the same bar', async () => {
    const ticks = sorted([price(1, 100)], trend('sbbsb'))
    expect(await keysOf(config(), ticks, key => (key.includes('00:10') ? 'fail' : 'fill'))).toEqual([
      '00:10 buy failed',
      '00:25 buy confirmed',
    ])
  })

  it('wait for every signal, also for those that only say how much', async () => {
    const size = { kind: 'risk', signal: 'atr', percent: 1, ranges: 2 } as const
    expect(await keysOf(config({ size }), sorted([price(1, 100)], trend('sbsb')))).toEqual([])
    const world = new MomentumWorld(config({ size }), sorted([price(1, 100)], trend('sb', { trend: 1, atr: 2 })))
    await world.run(HOUR)
    // Two ranges of 2 are 4 % of 100; one percent at risk is a quarter of the budget.
    expect(world.intents.map(({ amount }) => amount.units)).toEqual([25_000_000n])
  })

  it('take signals of another pair, or twice the same, for nothing', async () => {
    const twice = [...trend('sb'), ...trend('sb')].sort((a, b) => a.at - b.at)
    const entry: MomentumConfig['entry'] = { signals: ['trend'], when: 'all', confirm: 2, again: 'turn' }
    expect(await keysOf(config({ entry }), sorted([price(1, 100)], twice))).toEqual([])
  })
})

describe('exits', () => {
  const bought = (...ticks: Tick[]) => sorted([price(1, 100)], trend('sb'), ticks)
  const left = async (change: Partial<MomentumConfig['exit']>, ...ticks: Tick[]) => {
    const world = new MomentumWorld(config({ exit: exit(change) }), bought(...ticks))
    await world.run(3 * HOUR)
    return times(world).slice(1)
  }

  it('by a stop, which the low of conflated prices reaches though their last does not', async () => {
    expect(await left({ stopPercent: 2 }, price(12, 99), price(13, 100, { low: 97.9 }))).toEqual([
      '00:10 sell at 00:13:00 stop',
    ])
  })

  it('but not by a low from before the position was open', async () => {
    expect(await left({ stopPercent: 2 }, price(10.001, 100, { low: 90 }), price(13, 99))).toEqual([])
  })

  it('by a target, a trailing stop, and the first of several', async () => {
    expect(await left({ targetPercent: 5 }, price(12, 104), price(13, 105))).toEqual(['00:10 sell at 00:13:00 target'])
    expect(await left({ trailPercent: 3 }, price(12, 110), price(13, 106.7))).toEqual([
      '00:10 sell at 00:13:00 trailing stop',
    ])
    expect(await left({ stopPercent: 2, targetPercent: 2 }, price(12, 100, { low: 97, high: 103 }))).toEqual([
      '00:10 sell at 00:12:00 stop',
    ])
  })

  it('by a level tell which it was, for who fills at it', async () => {
    const world = new MomentumWorld(config({ exit: exit({ stopPercent: 2, targetPercent: 5 }) }), bought(price(13, 97)))
    await world.run(3 * HOUR)
    expect(world.intents[1]?.trigger).toMatchObject({ price: { scaled: 98_000_000_000_000n }, when: 'at-or-below' })
    expect(world.intents[0]?.trigger).toBeUndefined()
    const won = new MomentumWorld(config({ exit: exit({ stopPercent: 2, targetPercent: 5 }) }), bought(price(13, 107)))
    await won.run(3 * HOUR)
    expect(won.intents[1]?.trigger).toMatchObject({ price: { scaled: 105_000_000_000_000n }, when: 'at-or-above' })
  })

  it('by time, although no price and no bar comes any more', async () => {
    expect(await left({ bars: 2 })).toEqual(['00:10 sell at 00:20:02 time is up'])
    expect(await left({ bars: 2, after: '90s' })).toEqual(['00:10 sell at 00:11:32 time is up'])
  })

  it('by signals of their own, confirmed, or by none', async () => {
    const ticks = (letters: string) => sorted([price(1, 100)], trend(letters))
    const confirmed = new MomentumWorld(config({ exit: exit({ confirm: 2 }) }), ticks('sbsbssb'))
    await confirmed.run(HOUR)
    expect(times(confirmed)[1]).toBe('00:10 sell at 00:30:00 signal')
    expect(await keysOf(config({ exit: exit({ signals: [] }) }), ticks('sbsss'))).toEqual(['00:10 buy confirmed'])
  })

  it('in ranges are as far as the range was with the entry', async () => {
    const ticks = sorted(
      [price(1, 100)],
      trend('sb', { trend: 1, atr: 2 }),
      [{ at: 15 * MINUTE, say: { trend: 'buy', atr: 'none' }, values: { atr: 50 } }],
      [price(16, 96.1), price(17, 96)],
    )
    const world = new MomentumWorld(config({ exit: exit({ range: 'atr', stopRanges: 2 }) }), ticks)
    await world.run(HOUR)
    expect(times(world)[1]).toBe('00:10 sell at 00:17:00 stop')
  })
})

describe('orders that do not end as hoped', () => {
  const ticks = sorted([price(1, 100), price(12, 90), price(30, 90)], trend('sbbbbbbbbbbbb'))
  const stopped = config({ exit: exit({ stopPercent: 5 }) })

  it('a sale that fails is tried again, each under a key of its own, more slowly each time', async () => {
    const world = new MomentumWorld(stopped, ticks)
    await world.run(HOUR, ({ key }) => (/sell(-2)?$/.test(key) ? 'fail' : 'fill'))
    expect(times(world)).toEqual([
      '00:10 buy at 00:10:00 trend at 2024-01-01T00:10:00.000Z',
      '00:10 sell at 00:12:00 stop',
      '00:10 sell-2 at 00:12:07 stop',
      '00:10 sell-3 at 00:12:19 stop',
    ])
    expect(world.notices).toEqual([
      'the position could not be sold',
      'the position could not be sold',
      'position closed, stop',
    ])
    expect(world.held).toBe(0n)
  })

  it('what is half filled is half held, and the rest of a sale is sold at once', async () => {
    const world = new MomentumWorld(stopped, ticks)
    await world.run(HOUR, ({ key }) => (/buy$|sell$/.test(key) ? 'half' : 'fill'))
    expect(times(world)).toEqual([
      '00:10 buy at 00:10:00 trend at 2024-01-01T00:10:00.000Z',
      '00:10 sell at 00:12:00 stop',
      '00:10 sell-2 at 00:12:02 stop',
    ])
    expect([world.held, world.intents[1]!.amount.units]).toEqual([0n, 500_000_000n])
  })

  it.each(['buy', 'sell'])('a %s of which nobody knows stops all trading, now and after a restart', async side => {
    const world = new MomentumWorld(stopped, sorted([...ticks], trend('sbsbsb')))
    await world.run(15 * MINUTE, ({ key }) => (key.endsWith(side) ? 'unresolved' : 'fill'))
    const given = world.intents.length
    expect(world.notices).toEqual(["an order's outcome is not known"])
    await world.run(HOUR)
    expect(world.intents).toHaveLength(given)
    expect(world.notices).toHaveLength(2)
  })
})

describe('the budget', () => {
  it('shrinks by what is lost, and what is won is put aside or added', async () => {
    const run = async (compound: boolean, second: number) => {
      const ticks = sorted([price(1, 100), price(12, second), price(17, 100)], trend('sbsbsb'))
      const world = new MomentumWorld(config({ compound }), ticks)
      await world.run(HOUR)
      return world.intents.filter(({ key }) => key.endsWith('buy')).map(({ amount }) => Number(amount.units) / 1e6)
    }
    expect(await run(false, 90)).toEqual([100, 90, 90])
    expect(await run(false, 120)).toEqual([100, 100, 100])
    expect(await run(true, 120)).toEqual([100, 120, 120])
  })

  it('that is used up ends the strategy', async () => {
    const ticks = sorted([price(1, 1_000_000), price(12, 0.000001)], trend('sbsbsb'))
    const world = new MomentumWorld(config({ exit: exit({ stopPercent: 50 }) }), ticks)
    expect(await world.run(3 * HOUR)).toBe(true)
    expect(world.notices.slice(-2)).toEqual(['the budget is used up', 'over'])
  })
})

describe('the end', () => {
  const ticks = sorted([price(1, 100)], trend('sbbbbbbbbbb'))

  it('sells what there is, and is the end', async () => {
    const world = new MomentumWorld(config({ duration: '31m' }), ticks)
    expect(await world.run(3 * HOUR)).toBe(true)
    expect(times(world)[1]).toBe('00:10 sell at 00:31:00 the end')
    expect(world.notices).toEqual(['position closed, the end', 'over'])
  })

  it('or keeps it', async () => {
    const world = new MomentumWorld(config({ end: '2024-01-01T00:31:00Z', atEnd: 'keep' }), ticks)
    expect(await world.run(3 * HOUR)).toBe(true)
    expect([world.keys(), world.notices]).toEqual([['00:10 buy confirmed'], ['over']])
    expect(world.held).toBe(1_000_000_000n)
  })

  it('after so many bars lets the last of them have its say', async () => {
    const world = new MomentumWorld(config({ bars: 2, atEnd: 'keep' }), ticks)
    expect(await world.run(3 * HOUR)).toBe(true)
    expect(world.keys()).toEqual(['00:10 buy confirmed'])
  })

  it('is counted from the first run, whenever later ones begin', async () => {
    const world = new MomentumWorld(config({ duration: '31m' }), ticks)
    expect(await world.run(15 * MINUTE)).toBe(false)
    expect(await world.run(3 * HOUR)).toBe(true)
    expect(times(world)[1]).toBe('00:10 sell at 00:31:00 the end')
  })
})
