import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { packageFile } from '../../../core/app/package-root.ts'
import type { BarSeries } from '../../../core/backtest/bars.ts'
import { readCandles } from '../../../core/candles/read-candles.ts'
import { ParityWorld } from './parity-world.ts'
import { walkOf } from './toys.ts'

const GRID = {
  pair: 'SOL/USDC',
  budget: '1000 USDC',
  rangePercent: 5,
  levels: 20,
  feeBps: 5,
  outOfRange: 'recentre',
  duration: '12h',
  atEnd: 'sell',
}
const MOMENTUM = {
  pair: 'SOL/USDC',
  interval: '5m',
  signals: [{ kind: 'ema-cross', name: 'trend', fast: 5, slow: 13 }, { kind: 'atr' }],
  budget: '2000 USDC',
  size: { kind: 'risk', signal: 'atr', percent: 1, ranges: 3 },
  entry: { signals: ['trend'] },
  exit: { signals: ['trend'], range: 'atr', trailRanges: 3 },
  duration: '12h',
}
const BARS = 150
/** Beside the repository, where there are any. */
const REAL = resolve(packageFile(), '..', 'shared', 'data', 'sol-usdt-5m-2024.csv')

const worlds: ParityWorld[] = []
afterAll(() => {
  for (const world of worlds) world.remove()
})

async function sameTrades(type: string, settings: Readonly<Record<string, unknown>>, bars: Omit<BarSeries, 'pair'>) {
  const world = new ParityWorld(type, settings, bars)
  worlds.push(world)
  const run = await world.run()
  expect(run.ended).toBe('completed')
  await world.proveSame(run.counts.filled)
  return run.counts.filled
}

/** So many real bars from the `first` on. */
async function realBars(first: number): Promise<Omit<BarSeries, 'pair'>> {
  const table = await readCandles(REAL)
  const cut = (column: Float64Array): Float64Array => column.slice(first, first + BARS)
  const [start_ms, open, high, low, close] = [table.start_ms, table.open, table.high, table.low, table.close].map(cut)
  return { ...table, count: BARS, start_ms: start_ms!, open: open!, high: high!, low: low!, close: close! }
}

/** As `configs/strategies/` has them, so that nobody's numbers but ours are tried. */
function shipped(type: string): Readonly<Record<string, unknown>> {
  const { $schema: _, ...settings } = JSON.parse(
    readFileSync(packageFile('configs', 'strategies', `${type}.json`), 'utf8'),
  )
  return settings
}

describe('a backtest with the pool model trades as the run with real transactions did', () => {
  it('with a grid, which has many orders on the way at once', async () => {
    expect(await sameTrades('grid', GRID, walkOf(BARS, 'grid parity'))).toBeGreaterThan(20)
  }, 120_000)

  it.each([
    ['dca', 12, 150],
    ['dca-value', 6, 150],
    ['dca-dip', 12, 150],
    ['grid', 40, 300],
    ['momentum', 10, 1_450],
  ] as const)(
    'with the settings that %s is shipped with',
    async (type, least, bars) => {
      expect(await sameTrades(type, shipped(type), walkOf(bars, `shipped ${type}`))).toBeGreaterThanOrEqual(least)
    },
    120_000,
  )

  it('with a grid that asks the venue what a trade costs, and has as many levels as that allows', async () => {
    const { levels: _, feeBps: _assumed, ...settings } = GRID
    const asking = { ...settings, quoteFrom: 'jupiter', spacing: 'arithmetic' }
    expect(await sameTrades('grid', asking, walkOf(BARS, 'asking grid'))).toBeGreaterThan(20)
  }, 120_000)

  it('with a grid that asks a venue which there is not, and takes its own assumption', async () => {
    const { levels: _, ...settings } = GRID
    const asking = { ...settings, feeBps: 20, quoteFrom: 'best-route' }
    expect(await sameTrades('grid', asking, walkOf(BARS, 'assuming grid'))).toBeGreaterThan(8)
  }, 120_000)

  it.skipIf(!existsSync(REAL)).each([
    ['grid', GRID, 20_000],
    ['momentum', MOMENTUM, 40_000],
  ] as const)(
    'over real candles with %s',
    async (type, settings, first) => {
      expect(await sameTrades(type, settings, await realBars(first))).toBeGreaterThan(8)
    },
    120_000,
  )
})
