import { afterAll, describe, expect, it } from 'vitest'
import { compareWithRecord } from '../../../core/app/commands/backtest-compare.ts'
import { ParityWorld } from './parity-world.ts'
import { BAR_MS, walkOf } from './toys.ts'

const MOMENTUM = {
  pair: 'SOL/USDC',
  interval: '5m',
  signals: [{ kind: 'ema-cross', name: 'trend', fast: 3, slow: 8 }],
  budget: '2000 USDC',
  size: { kind: 'fixed', amount: '500 USDC' },
  entry: { signals: ['trend'] },
}
/** Every candle opens up to 10 bps from the close before it, one slot later: who lands late there trades at another price. */
const BARS = 150
const worlds: ParityWorld[] = []
afterAll(() => {
  for (const world of worlds) world.remove()
})

describe('at the instant at which one candle ends and the next begins, a backtest trades at the price of the chain', () => {
  it.each([
    ['dca', 'slots', { token: 'SOL', amount: '10 USDC', interval: '5m', slots: 40 }, 40],
    ['dca', 'slots of a cron calendar', { token: 'SOL', amount: '10 USDC', cron: '*/15 * * * *', slots: 20 }, 20],
    [
      'dca-dip',
      'slots that look at the price',
      { pair: 'SOL/USDC', amount: '10 USDC', reference: '1h', least: 0.2, interval: '10m', slots: 30 },
      30,
    ],
    [
      'dca-value',
      'slots that also sell',
      { pair: 'SOL/USDC', amount: '10 USDC', maximum: '50 USDC', sells: true, interval: '10m', slots: 30 },
      20,
    ],
    [
      'grid',
      'its end',
      { pair: 'SOL/USDC', budget: '1000 USDC', rangePercent: 8, levels: 8, duration: '4h', atEnd: 'sell' },
      1,
    ],
    ['momentum', 'the age of its positions', { ...MOMENTUM, exit: { signals: [], bars: 3 }, bars: 140 }, 3],
    ['momentum', 'its end', { ...MOMENTUM, exit: { signals: [] }, duration: '8h' }, 1],
  ] as const)(
    '%s: %s',
    async (type, _what, settings, least) => {
      const world = new ParityWorld(type, settings, walkOf(BARS, `instants of ${type}`))
      worlds.push(world)
      const run = await world.run()
      expect(run.ended).toBe('completed')
      const atBoundary = run.fills.filter(({ time }) => Date.parse(time) % BAR_MS === 0)
      expect(atBoundary.length).toBeGreaterThanOrEqual(least)
      const text = await world.proveSame(run.counts.filled)
      expect(text).toContain('as long after its quote as in the run: 0 slots')
      // Landed two slots later, the same trades have another price: the next candle has opened by then.
      const late = await compareWithRecord({ ...world.command(), record: world.record, maxBps: 1, landsAsAsked: true })
      expect(late.comparison.isSame).toBe(true)
      expect(late.comparison.worstBps).toBeGreaterThan(1)
      expect(late.ok).toBe(false)
      const [worst] = late.comparison.fills.toSorted((a, b) => Math.abs(b.bps) - Math.abs(a.bps))
      expect(late.text).toContain(`Further apart: ${worst!.node} ${worst!.key} (${worst!.bps.toFixed(3)} bps)`)
    },
    120_000,
  )
})
