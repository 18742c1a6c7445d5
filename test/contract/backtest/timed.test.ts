import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type BacktestRequest, USUAL_POOL } from '../../../core/app/backtest/backtest-request.ts'
import { prepareBacktest } from '../../../core/app/backtest/prepare-backtest.ts'
import { readData } from '../../../core/app/backtest/read-data.ts'
import { findCluster } from '../../../core/app/network/cluster-choice.ts'
import { packageFile } from '../../../core/app/package-root.ts'
import { runBacktest } from '../../../core/backtest/run-backtest.ts'
import type { BoundPipeline } from '../../../core/config/bound-pipeline.ts'
import type { AnyPlugin } from '../../../core/plugin/contract.ts'
import { encodeValue } from '../../../core/store/value-codec.ts'
import { command } from './command-options.ts'
import { walkOf, writeCandles } from './toys.ts'

const BARS = 1_200
const directory = mkdtempSync(join(tmpdir(), 'timed-'))
afterAll(() => rmSync(directory, { recursive: true }))
const market = writeCandles(join(directory, 'market.csv'), walkOf(BARS, 'timed'))

const GRID = {
  pair: 'SOL/USDC',
  budget: '1000 USDC',
  rangePercent: 6,
  levels: 20,
  feeBps: 5,
  outOfRange: 'recentre',
  atEnd: 'sell',
}
const SLOTS = { pair: 'SOL/USDC', amount: '10 USDC', interval: '25m', slots: 200 }
const POOL_AT_ONCE = { ...USUAL_POOL, latency_slots: 0, priceLag_slots: 0 }
const LANDS_BADLY = { ...USUAL_POOL, failRate: 0.2 }
const BAR = { model: 'bar', feeBps: 4 } as const

/** Its strategies without saying that all they do is set off by timers and calls: then time waits after every price. */
function waitedFor(pipeline: BoundPipeline): BoundPipeline {
  const slow = (plugin: AnyPlugin): AnyPlugin => ({
    ...plugin,
    setup: async context => ({ ...(await plugin.setup(context)), timed: false }),
  })
  const nodes = pipeline.nodes.map(node => (node.kind === 'strategy' ? { ...node, plugin: slow(node.plugin) } : node))
  return { ...pipeline, nodes }
}

/** All that a backtest gives and leaves, and how many turns of the event loop it took. */
async function told(request: BacktestRequest, ways: (pipeline: BoundPipeline) => BoundPipeline) {
  const cluster = findCluster('localnet')
  const data = await readData(request.data, request.rules, (await cluster).tokens)
  const prepared = await prepareBacktest(request, data, command(directory, request).environment, { cluster })
  const events: string[] = []
  const equity: string[] = []
  let [turns, isOver] = [0, false]
  const turn = (): void => {
    turns++
    if (!isOver) setImmediate(turn)
  }
  turn()
  const { orders, run, wallets } = await runBacktest({
    ...prepared,
    pipeline: ways(prepared.pipeline),
    seed: request.seed,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    output: { line: () => {}, status: () => {} },
    onBar: (at, worth) => equity.push(`${at} ${worth}`),
    onFill: fill => events.push(encodeValue(fill)),
    onEvent: (node, event) => {
      if (event.kind !== 'price') events.push(`${node} ${encodeValue(event)}`)
    },
  })
  isOver = true
  return {
    turns,
    ended: run.ended,
    orders: orders.length,
    all: [events, equity, encodeValue(orders), encodeValue(wallets)],
  }
}

describe('a strategy whose time is moved within one call', () => {
  it.each([
    ['grid', { ...GRID, duration: '90h' }, USUAL_POOL, 100],
    ['grid', { ...GRID, outOfRange: 'hold', startWith: 'buys' }, POOL_AT_ONCE, 60],
    ['grid', { ...GRID, quoteFrom: 'jupiter', maxOpenOrders: 2 }, LANDS_BADLY, 60],
    ['grid', { ...GRID, rangePercent: 3, levels: 5, outOfRange: 'stop' }, BAR, 3],
    ['grid', GRID, BAR, 60],
    ['dca', { token: 'SOL', amount: '10 USDC', cron: '*/20 * * * *', budget: '2000 USDC' }, LANDS_BADLY, 200],
    [
      'dca',
      { token: 'SOL', amount: '10 USDC', interval: '7m', catchUp: 'all', start: '2023-12-31T12:00:00Z' },
      USUAL_POOL,
      800,
    ],
    ['dca-dip', { ...SLOTS, reference: '4h', least: 0.2 }, POOL_AT_ONCE, 200],
    ['dca-value', { ...SLOTS, maximum: '40 USDC', sells: true, budget: '500 USDC' }, USUAL_POOL, 50],
    ['dca-value', { ...SLOTS, maximum: '40 USDC' }, BAR, 60],
  ] as const)(
    'trades to the unit as one that is waited for after every price: %s %#',
    async (type, settings, fill, least) => {
      const config = join(directory, `${type}.json`)
      writeFileSync(config, JSON.stringify(settings))
      const file = packageFile('pipelines', 'strategy-run.yaml')
      const { request } = command(directory, { file, data: [market], params: { type, config }, fill })
      const fast = await told(request, pipeline => pipeline)
      const slow = await told(request, waitedFor)
      expect(fast.ended).toBe('completed')
      expect(fast.orders).toBeGreaterThanOrEqual(least)
      expect(fast.all).toEqual(slow.all)
      expect(fast.turns).toBeLessThan(slow.turns / 10)
    },
  )
})
