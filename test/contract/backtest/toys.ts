import { writeFileSync } from 'node:fs'
import { Type } from 'typebox'
import type { BarSeries } from '../../../core/backtest/bars.ts'
import type { FillChoice } from '../../../core/backtest/fills/create-fill-model.ts'
import { type BacktestOptions, type BacktestResult, runBacktest } from '../../../core/backtest/run-backtest.ts'
import type { BoundNode, BoundPipeline } from '../../../core/config/bound-pipeline.ts'
import type { ForgeEvent, IntentEvent } from '../../../core/events/event.ts'
import type { Fill } from '../../../core/events/report.ts'
import { type AnyPlugin, definePlugin, type PluginContext } from '../../../core/plugin/contract.ts'
import { SWAP_FIELDS } from '../../../core/plugin/swap-execution.ts'
import { testTokens } from '../../../core/testing/mocks/test-tokens.ts'
import { seededRandom } from '../../../core/time/random.ts'

const TOKENS = testTokens()
export const SOL = TOKENS.find('SOL')
const USDC = TOKENS.find('USDC')
export const PAIR = { base: SOL, quote: USDC }
export const START_MS = Date.UTC(2024, 0, 1)
export const BAR_MS = 300_000

/** `open high low close` of each bar. */
export function barsOf(rows: readonly (readonly [number, number, number, number])[], start_ms = START_MS): BarSeries {
  const column = (of: (row: readonly [number, number, number, number], index: number) => number): Float64Array =>
    Float64Array.from(rows, of)
  return {
    name: 'test bars',
    pair: PAIR,
    interval_ms: BAR_MS,
    count: rows.length,
    start_ms: column((_row, index) => start_ms + index * BAR_MS),
    open: column(row => row[0]),
    high: column(row => row[1]),
    low: column(row => row[2]),
    close: column(row => row[3]),
  }
}

/** A seeded walk with gaps between bars. */
export function walkOf(count: number, seed = 'walk'): BarSeries {
  const random = seededRandom(seed)
  const cents = (value: number): number => Math.round(value * 100) / 100
  let price = 100
  return barsOf(
    Array.from({ length: count }, () => {
      const open = cents(price * (1 + (random.next() - 0.5) * 0.002))
      const close = cents(open * (1 + (random.next() - 0.5) * 0.02))
      const high = cents(Math.max(open, close) * (1 + random.next() * 0.005))
      const low = cents(Math.min(open, close) * (1 - random.next() * 0.005))
      price = close
      return [open, high, low, close] as const
    }),
  )
}

/** Bars as a candle file. @returns its path */
export function writeCandles(path: string, bars: BarSeries): string {
  const rows = Array.from(bars.close, (close, index) =>
    [bars.start_ms[index], bars.open[index], bars.high[index], bars.low[index], close, 1].join(','),
  )
  writeFileSync(path, `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`)
  return path
}

const source = definePlugin({
  kind: 'source',
  name: 'live-price',
  api: 1,
  summary: 'A price from outside.',
  config: Type.Object({ pair: Type.Optional(Type.String()) }),
  takes: [],
  gives: ['price', 'notice'],
  needs: ['http'],
  examples: [],
  setup: () => {
    throw new Error('a backtest must not set a live source up')
  },
})

const swap = definePlugin({
  kind: 'execution',
  name: 'exchange',
  api: 1,
  summary: 'An exchange that is far away.',
  config: Type.Object(SWAP_FIELDS),
  takes: ['intent'],
  gives: ['report'],
  needs: ['trader', 'http'],
  examples: [],
  venue: async () => {
    throw new Error('a backtest must not open a venue')
  },
  setup: () => {
    throw new Error('a backtest must not open a venue')
  },
})

export interface ToyNode {
  readonly id: string
  readonly plugin: AnyPlugin
  readonly from?: readonly string[]
  readonly config?: unknown
}

/** A strategy of a test, as a plugin. */
export function strategyOf(
  setup: (context: PluginContext) => ReturnType<AnyPlugin['setup']>,
  more: Partial<AnyPlugin> = {},
): AnyPlugin {
  return {
    kind: 'strategy',
    name: 'toy',
    api: 1,
    summary: 'A strategy of a test.',
    config: Type.Object({}),
    takes: ['price'],
    gives: ['intent', 'notice'],
    needs: ['tokens', 'orders'],
    examples: [],
    setup,
    ...more,
  }
}

/** Prices into a strategy, its intents into an exchange. */
export function pipelineOf(strategy: AnyPlugin, middle: readonly ToyNode[] = [], onlyCalendar = false): BoundPipeline {
  const specs: ToyNode[] = [
    ...(onlyCalendar ? [] : [{ id: 'price', plugin: source, config: { pair: 'SOL/USDC' } }]),
    { id: 'plan', plugin: strategy, from: onlyCalendar ? [] : ['price'] },
    ...middle,
    {
      id: 'swap',
      plugin: swap,
      from: [middle.at(-1)?.id ?? 'plan'],
      config: { slippageBps: 50, priorityFee: 10_000, concurrency: 4 },
    },
  ]
  const nodes = specs.map(
    ({ id, plugin, from = [], config = {} }, index): BoundNode => ({
      id,
      kind: plugin.kind,
      plugin,
      config,
      from,
      onError: { action: 'stop' },
      place: { file: 'test', line: index + 1, column: 1 },
    }),
  )
  return { name: 'test', summary: 'A test.', file: 'test.yaml', params: {}, nodes }
}

export const NEXT_OPEN: FillChoice = { model: 'bar', feeBps: 0 }
export const POOL: FillChoice = {
  model: 'pool',
  feeBps: 4,
  depth_units: 200_000n * 10n ** 9n,
  latency_slots: 0,
  priceLag_slots: 0,
  failRate: 0,
}
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

export interface ToyRun {
  readonly result: BacktestResult
  readonly fills: readonly { readonly fill: Fill; readonly intent: IntentEvent }[]
  /** `at equity` of each bar. */
  readonly equity: readonly (readonly [number, number])[]
  readonly events: readonly { readonly node: string; readonly event: ForgeEvent }[]
}

export async function backtest(
  pipeline: BoundPipeline,
  bars: BarSeries,
  more: Partial<BacktestOptions> = {},
): Promise<ToyRun> {
  const fills: ToyRun['fills'][number][] = []
  const equity: ToyRun['equity'][number][] = []
  const events: ToyRun['events'][number][] = []
  const result = await runBacktest({
    pipeline,
    bars,
    tokens: TOKENS,
    fill: NEXT_OPEN,
    capital: [{ token: USDC, units: 10_000_000_000n }],
    fees_lamports: 10n ** 9n,
    seed: '1',
    log: SILENT,
    output: { line: () => {}, status: () => {} },
    onBar: (at, worth) => equity.push([at, worth]),
    onFill: (fill, intent) => fills.push({ fill, intent }),
    onEvent: (node, event) => events.push({ node, event }),
    ...more,
  })
  return { result, fills, equity, events }
}

export function buy(at: number, key: string, usdc: bigint, more: Partial<IntentEvent> = {}): IntentEvent {
  const amount = { token: USDC, units: usdc * 10n ** 6n }
  return {
    kind: 'intent',
    at,
    key,
    node: 'plan',
    input: USDC,
    output: SOL,
    amount,
    exact: 'in',
    reason: 'a test',
    ...more,
  }
}

/** Sells base units of SOL. */
export function sell(at: number, key: string, units: bigint, more: Partial<IntentEvent> = {}): IntentEvent {
  return { ...buy(at, key, 0n), input: SOL, output: USDC, amount: { token: SOL, units }, ...more }
}
