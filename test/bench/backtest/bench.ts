/**
 * A million bars through the unmodified pipeline of momentum.yaml (prices, candles, crossing averages, momentum with a
 * stop, risk limits, execution; journal in memory, fees, metrics), beside a hand-written loop of the same strategy in the
 * same run, with identical trades. Twice: with averages of 12 and 26 bars, the plugin's own, which on bars of five minutes
 * trade every two hours; and of 96 and 288, eight hours and a day, which trade daily. What memory does as bars grow, reading
 * a million bars, and a sweep on one core and on all of them.
 *
 * Run with `npm run bench:backtest [-- CANDLES.csv]`; the candles are looked for in ../shared/data beside the repository.
 * Rates are by the processor time of the whole process. Even that grows two- to threefold where others share the caches of
 * a core, and what calls much grows more than a loop that stays within them: so the best round is told beside the median.
 * The sweep's two cores are only there where nobody else has them.
 *
 * Half of the loop's rate is not reached, and can not be by nodes that know nothing of each other. The loop spends 35 to
 * 70 ns a bar: it keeps two averages and a few comparisons in registers, and calls nothing but the meter. Five nodes are
 * five events a bar (a price to three of them, a bar, a signal), each an object with the times and prices that any plugin
 * may ask for, given by a call that no compiler can see through: about 0.6 µs where others share the core. A trade costs
 * some 25 µs there: the intent's key taken, an attempt and an end written to the journal, three reports that go back to each
 * node it passed, two states saved, the position by two methods, all amounts as bigint; in the loop it is 1 µs. To come
 * nearer, plugins would have to take columns of bars in place of events, and each of them would have to be written twice.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { EquityMeter } from '../../../core/accounting/equity-meter.ts'
import { tradeOf } from '../../../core/accounting/trade.ts'
import { TradeTally } from '../../../core/accounting/trade-tally.ts'
import { bindPipeline } from '../../../core/app/bind-pipeline.ts'
import { processEnvironment } from '../../../core/app/environment.ts'
import { findCluster } from '../../../core/app/network/cluster-choice.ts'
import { packageFile } from '../../../core/app/package-root.ts'
import type { BarSeries } from '../../../core/backtest/bars.ts'
import { runBacktest } from '../../../core/backtest/run-backtest.ts'
import { type CandleTable, readCandles } from '../../../core/candles/read-candles.ts'
import type { BoundPipeline } from '../../../core/config/bound-pipeline.ts'
import type { TokenDirectory } from '../../../core/money/token.ts'
import { type BareRun, type BareTrade, handLoop } from './hand-loop.ts'

const BARS = 1_000_000
const ROUNDS = 3
const FEE_BPS = 4
const CAPITAL = 1_000_000n * 10n ** 6n
/** Bars of the fast and the slow average. */
const SETTINGS = [
  [12, 26],
  [96, 288],
] as const
const PIPELINE = packageFile('test', 'bench', 'backtest', 'momentum.yaml')

const say = (line: string): boolean => process.stdout.write(`${line}\n`)
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!
const verdict = (isReached: boolean): string => (isReached ? 'reached' : 'MISSED')
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const environment = processEnvironment()

const file = process.argv[2] ?? resolve(packageFile(), '..', 'shared', 'data', 'sol-usdt-5m-2024.csv')
if (existsSync(file)) await bench(await readCandles(file))
else say(`skipped: no candles at ${file}; name a file: npm run bench:backtest -- CANDLES.csv`)

async function bench(table: CandleTable): Promise<void> {
  const { tokens } = await findCluster('localnet')
  const pair = { base: tokens.find('SOL'), quote: tokens.find('USDC') }
  const bars = repeated({ ...table, pair }, BARS)

  let identical = true
  for (const [fast, slow] of SETTINGS) {
    const { pipeline } = await bindPipeline({
      file: PIPELINE,
      params: { fast, slow },
      set: [],
      tokens,
      environment,
    })
    const times = { ours: [] as number[], bare: [] as number[] }
    let count = 0
    for (let round = 0; round <= ROUNDS; round++) {
      const [ourTime, ourRun] = await timed(() => backtest(pipeline, bars, tokens))
      const [bareTime, bareRun] = await timed(() => handLoop(bars, fast, slow, FEE_BPS, CAPITAL))
      identical &&= isSame(ourRun, bareRun)
      count = ourRun.trades.length
      // The first round warms up.
      if (round === 0) continue
      times.ours.push(ourTime)
      times.bare.push(bareTime)
    }
    compare(`averages of ${fast} and ${slow} bars, ${count} trades`, times)
  }
  say(`identical trades and equity: ${identical ? 'yes' : 'NO'}`)

  await remembering(part => repeated({ ...table, pair }, BARS * part), tokens)
  await reading(bars)
  sweeping()
  if (!identical) process.exitCode = 1
}

function compare(what: string, times: { readonly ours: readonly number[]; readonly bare: readonly number[] }): void {
  const rate = (time_ms: number): number => (BARS / time_ms) * 1_000
  const told = (all: readonly number[]): string =>
    [median(all), Math.min(...all)].map(time => Math.round(rate(time)).toLocaleString('en')).join(', at best ')
  const share = Math.min(...times.bare) / Math.min(...times.ours)
  say(`${BARS} bars, ${what}, ${ROUNDS} interleaved rounds, Node ${process.version}, bars/s of processor time`)
  say(
    `  SniperForge        ${told(times.ours)}; target 1,000,000: ${verdict(rate(Math.min(...times.ours)) >= 1_000_000)}`,
  )
  say(`  hand-written loop  ${told(times.bare)}`)
  say(`  share of the loop  ${share.toFixed(3)}; target 0.500: ${verdict(share >= 0.5)}`)
}

async function backtest(
  pipeline: BoundPipeline,
  bars: BarSeries,
  tokens: TokenDirectory,
): Promise<BareRun & { readonly peak: number }> {
  const { pair } = bars
  const meter = new EquityMeter()
  const tally = new TradeTally(pair.quote)
  const trades: BareTrade[] = []
  let peak = 0
  await runBacktest({
    pipeline,
    bars,
    tokens,
    fill: { model: 'bar', feeBps: FEE_BPS },
    capital: [{ token: pair.quote, units: CAPITAL }],
    fees_lamports: 10n ** 12n,
    seed: '1',
    log: SILENT,
    output: { line: () => {}, status: () => {} },
    onBar: (at_ms, equity) => meter.observe(at_ms, equity),
    onFill: (fill, intent) => {
      const trade = tradeOf({ fill, node: intent.node, pair })
      tally.apply(trade)
      trades.push({ at: fill.at, side: trade.side, input: fill.input.units, output: fill.output.units })
    },
    onProgress: () => {
      peak = Math.max(peak, process.memoryUsage().heapUsed)
    },
  })
  return { trades, end: meter.summary().end, peak }
}

/** With averages so slow that there is next to no trade: what grows with trades is their journal, which is no bar's. */
async function remembering(barsOf: (part: number) => BarSeries, tokens: TokenDirectory): Promise<void> {
  const params = { fast: 2_000, slow: 5_000 }
  const { pipeline } = await bindPipeline({ file: PIPELINE, params, set: [], tokens, environment })
  for (const part of [0.25, 0.5, 1]) {
    const bars = barsOf(part)
    globalThis.gc?.()
    const before = process.memoryUsage().heapUsed
    const { peak, trades } = await backtest(pipeline, bars, tokens)
    globalThis.gc?.()
    const [high, kept] = [peak - before, process.memoryUsage().heapUsed - before].map(bytes => Math.max(0, bytes) / 1e6)
    say(
      `heap of ${bars.count} bars: ${high!.toFixed(0)} MB at its highest, ${kept!.toFixed(1)} MB after it, ${trades.length} trades`,
    )
  }
}

async function reading(bars: BarSeries): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const path = join(directory, 'million.csv')
    const lines = ['timestamp,open,high,low,close,volume']
    for (let bar = 0; bar < bars.count; bar++) {
      const prices = [bars.open, bars.high, bars.low, bars.close].map(column => column[bar])
      lines.push(`${new Date(bars.start_ms[bar]!).toISOString()},${prices.join(',')},1.5`)
    }
    writeFileSync(path, `${lines.join('\n')}\n`)
    const all: number[] = []
    for (let round = 0; round < 3; round++) all.push((await timed(() => readCandles(path)))[0])
    say(
      `reading a CSV of ${bars.count} bars: ${(Math.min(...all) / 1_000).toFixed(2)} s, target 1 s: ${verdict(Math.min(...all) < 1_000)}`,
    )
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/**
 * By wall time, with the processor time beside it: that is the same on any number of cores, if nothing is lost. One core is
 * one core: one thread alone would have the other core too, where V8 collects and compiles for it (a fifth of the work).
 */
function sweeping(): void {
  const script = packageFile('test', 'bench', 'backtest', 'sweep.ts')
  const sweep = (threads: number, before: readonly string[]): { runs: number; wall_ms: number; work_ms: number } => {
    const words = [...before, process.execPath, script, String(threads), file]
    const { status, stdout, stderr, error } = spawnSync(words[0]!, words.slice(1), { encoding: 'utf8' })
    if (status !== 0) throw error ?? new Error(`the sweep ended with ${status}: ${stderr}`)
    return JSON.parse(stdout)
  }
  const isPinned = process.platform === 'linux' && spawnSync('taskset', ['--version']).status === 0
  const one = sweep(1, isPinned ? ['taskset', '--cpu-list', '0'] : [])
  const two = sweep(2, [])
  const seconds = (time_ms: number): string => `${(time_ms / 1_000).toFixed(1)} s`
  say(
    `a sweep of ${one.runs} runs: ${seconds(one.wall_ms)} on one ${isPinned ? 'core' : 'thread'}, ${seconds(two.wall_ms)} on two, × ${(one.wall_ms / two.wall_ms).toFixed(2)}, target 1.80: ${verdict(one.wall_ms / two.wall_ms >= 1.8)} (processor time ${seconds(one.work_ms)} and ${seconds(two.work_ms)})`,
  )
}

/** Milliseconds of processor time, and what came of it. */
async function timed<T>(work: () => T | Promise<T>): Promise<[number, T]> {
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return [(user + system) / 1_000, result]
}

function isSame(ours: BareRun, bare: BareRun): boolean {
  const text = ({ trades }: BareRun): string =>
    trades.map(({ at, side, input, output }) => `${at} ${side} ${input} ${output}`).join('\n')
  return text(ours) === text(bare) && Math.abs(ours.end - bare.end) < 1e-6
}

/** The same bars again and again, one after the other in time. */
function repeated(bars: BarSeries, count: number): BarSeries {
  const column = (of: Float64Array): Float64Array =>
    Float64Array.from({ length: count }, (_, index) => of[index % bars.count]!)
  return {
    ...bars,
    count,
    start_ms: Float64Array.from({ length: count }, (_, index) => bars.start_ms[0]! + index * bars.interval_ms),
    open: column(bars.open),
    high: column(bars.high),
    low: column(bars.low),
    close: column(bars.close),
  }
}
