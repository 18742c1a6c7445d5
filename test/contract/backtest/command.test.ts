import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BacktestRequest } from '../../../core/app/backtest/backtest-request.ts'
import { combinationsOf } from '../../../core/app/backtest/sweep/combinations.ts'
import { type BacktestCommand, backtest, checkLookAhead } from '../../../core/app/commands/backtest.ts'
import { backtestSweep } from '../../../core/app/commands/backtest-sweep.ts'
import { packageFile } from '../../../core/app/package-root.ts'
import { toJson } from '../../../core/events/serialize.ts'
import { command as options } from './command-options.ts'
import { walkOf, writeCandles } from './toys.ts'

const directory = mkdtempSync(join(tmpdir(), 'backtest-'))
const data = join(directory, 'walk.csv')
const config = join(directory, 'dca.json')
const DAYS = 20

beforeAll(() => {
  writeCandles(data, walkOf(DAYS * 288))
  writeFileSync(config, JSON.stringify({ token: 'SOL', amount: '10 USDC', interval: '12h', budget: '300 USDC' }))
})
afterAll(() => rmSync(directory, { recursive: true }))

const command = (more: Partial<BacktestRequest> = {}, out?: string): BacktestCommand => {
  const file = packageFile('pipelines', 'strategy-run.yaml')
  return {
    ...options(directory, { file, params: { type: 'dca', config }, data: [data], pair: 'SOL/USDC', ...more }),
    out,
  }
}

interface Document {
  readonly trades: { readonly count: number }
  readonly equity: { readonly start: number; readonly end: number }
  readonly timing?: unknown
}

describe('a backtest of a shipped pipeline', () => {
  it('gives a document and files, the same for the same seed and data but for its times', async () => {
    const out = join(directory, 'report')
    const { document, text } = await backtest(command({}, out))
    const { timing, ...rest } = document as Document
    expect(rest.trades.count).toBe(30)
    // What its budget is.
    expect(rest.equity.start).toBe(300)
    expect(timing).toMatchObject({ barsPerSecond: expect.any(Number) })
    expect(text).toContain('30 trades')
    expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toEqual(JSON.parse(toJson(rest)))
    const trades = readFileSync(join(out, 'trades.csv'), 'utf8').trim().split('\r\n')
    expect(trades).toHaveLength(31)
    const again = (await backtest(command())).document as Document
    expect(toJson({ ...again, timing: undefined })).toBe(toJson({ ...rest, timing: undefined }))
  })

  it('has a line in trades.csv for each transaction that landed and failed, with its fees', async () => {
    const out = join(directory, 'failing')
    const fill = { ...command().request.fill, failRate: 0.4 } as BacktestRequest['fill']
    const { document } = await backtest(command({ fill }, out))
    const { costs, refused, trades, strategies } = document as {
      readonly strategies: readonly { readonly fees: string }[]
      readonly refused: number
      readonly trades: { readonly count: number }
      readonly costs: Readonly<Record<string, string>>
    }
    const [header, ...lines] = readFileSync(join(out, 'trades.csv'), 'utf8').trim().split('\r\n')
    const columns = header!.split(',')
    const rows = lines.map(line => Object.fromEntries(line.split(',').map((cell, place) => [columns[place]!, cell])))
    const failed = rows.filter(({ side }) => side === 'failed')
    expect(failed.length).toBeGreaterThan(3)
    expect([rows.length, failed.length]).toEqual([trades.count + refused, refused])
    const sum = failed.reduce((fees, row) => fees + BigInt(row['fees_lamports']!), 0n)
    expect(sum.toString()).toBe(costs['refused_lamports'])
    // They are the strategies' costs as well: nobody's profit is without them.
    const all = ['base', 'priority', 'tip', 'refused'].reduce((total, name) => total + BigInt(costs[name]!), 0n)
    expect(strategies.reduce((total, { fees }) => total + BigInt(fees), 0n)).toBe(all)
    expect(failed.every(row => row['failure'] === 'LANDING_FAILED' && Number(row['baseFee']) > 0)).toBe(true)
    expect(rows.map(row => row['time']!)).toEqual(rows.map(row => row['time']!).toSorted())
  })

  it('takes the shipped settings of a strategy where none are given, and says so', async () => {
    const { text } = await backtest(command({ params: { type: 'momentum' }, pair: undefined }))
    expect(text).toContain('these are the settings of configs/strategies/momentum.json')
    expect(text).toContain('on SOL/USDC')
  })

  const momentum = (more: Partial<BacktestRequest>, out: string) =>
    backtest(command({ params: { type: 'momentum' }, pair: undefined, ...more }, out))
  const lastTradeOf = (out: string): number =>
    Date.parse(readFileSync(join(out, 'trades.csv'), 'utf8').trim().split('\r\n').at(-1)!.split(',')[0]!)

  it('trades to the end of the data with settings that nobody gave, whatever ends them live, and says so', async () => {
    const out = join(directory, 'whole')
    const { text } = await momentum({ set: ['cooldown=0s'] }, out)
    expect(text).toContain('without the duration that ends them live (plan.momentum: 5d)')
    expect(text).not.toContain('ended by its own settings')
    expect(lastTradeOf(out)).toBeGreaterThan(Date.UTC(2024, 0, DAYS - 2))
  })

  it.each([
    ['that is set', { set: ['duration=5d'] }],
    ['of settings that are given', { params: { type: 'momentum', config: 'momentum.json' } }],
  ])('keeps to a duration %s, and says when it ended', async (_what, more) => {
    const out = join(directory, 'five-days')
    const { text } = await momentum(more, out)
    expect(text).toContain('It ended by its own settings at 2024-01-06 00:00 UTC: of 20 d the last 15 d')
    expect(lastTradeOf(out)).toBeLessThanOrEqual(Date.UTC(2024, 0, 6))
  })

  it('only runs over the time that is asked for', async () => {
    const from_ms = Date.UTC(2024, 0, 5)
    const { document } = await backtest(command({ rules: { from_ms, to_ms: Date.UTC(2024, 0, 8) } }))
    expect(document).toMatchObject({
      from: '2024-01-05T00:00:00.000Z',
      to: '2024-01-08T00:00:00.000Z',
      // Every twelve hours, the slot at the very end included.
      trades: { count: 7 },
    })
  })

  it.each([
    [
      'budgets that the wallet has not',
      { capital: ['200 USDC'] },
      'BACKTEST_CAPITAL_SHORT',
      '300 USDC (plan: 300 USDC)',
    ],
    [
      'signals that look back further than the data go',
      { params: { type: 'momentum' }, pair: undefined, rules: { to_ms: Date.UTC(2024, 0, 1, 1) } },
      'BACKTEST_DATA_SHORT',
      'until it says anything, and walk.csv has',
    ],
    ['a pair that is none', { pair: 'SOL' }, 'FLAG_INVALID', '--pair'],
    [
      'a depth in the wrong token',
      { fill: { model: 'pool', depth: '5 USDC', feeBps: 4, latency_slots: 0, priceLag_slots: 1, failRate: 0 } },
      'FLAG_INVALID',
      '--depth is in USDC',
    ],
    ['settings that are wrong', { set: ['interval=soon'] }, 'CONFIG_INVALID', 'an error in'],
    ['data that are not there', { data: ['nowhere.csv'] }, 'CANDLES_INVALID', 'nowhere.csv'],
  ] as const)('refuses %s, before anything is run', async (_what, more, code, message) => {
    await expect(backtest(command(more as Partial<BacktestRequest>))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
  })

  it('is shown to look at no future', async () => {
    const { ok, document } = await checkLookAhead(command())
    expect(ok).toBe(true)
    expect((document as { decisions: number }).decisions).toBeGreaterThan(10)
  })
})

describe('a sweep', () => {
  const combinations = combinationsOf(['interval=12h,1d,2d', 'amount=5 USDC,10 USDC'], [])
  const sweep = (out: string | undefined, threads: number, signal = new AbortController().signal) =>
    backtestSweep({ ...command({}, out), signal, combinations, threads })

  it('runs every combination, the best first, and gives the same when it goes on after an interrupt', async () => {
    const out = join(directory, 'sweep')
    const first = await sweep(out, 2)
    const whole = first.document as { rows: { label: string; trades: number }[]; timing: { resumed: number } }
    expect(whole.rows).toHaveLength(6)
    expect(whole.timing.resumed).toBe(0)
    const trades = Object.fromEntries(whole.rows.map(row => [row.label, row.trades]))
    expect(trades).toMatchObject({ 'interval=12h amount=10 USDC': 30, 'interval=1d amount=5 USDC': 21 })
    // As a stop leaves it: two rows done, the third cut off in its middle.
    const file = join(out, 'sweep.jsonl')
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    expect(lines).toHaveLength(6)
    writeFileSync(file, `${lines.slice(0, 2).join('\n')}\n${lines[2]!.slice(0, 90)}`)
    const second = (await sweep(out, 2)).document as typeof whole
    expect(second.timing.resumed).toBe(2)
    expect(toJson({ ...second, timing: 0 })).toBe(toJson({ ...whole, timing: 0 }))
    appendFileSync(file, 'not a row\n')
    expect((await sweep(out, 1)).document).toMatchObject({ timing: { resumed: 6 } })
  })

  it('tells settings that can not be run with their reason, and runs the others', async () => {
    const given = combinationsOf(['budget=100 USDC,20000 USDC,5 USDC'], [])
    const { document, text } = await backtestSweep({
      ...command({ capital: ['10000 USDC'] }),
      combinations: given,
      threads: 1,
    })
    const { rows } = document as { rows: { label: string; kind: string; code?: string }[] }
    expect(rows.map(({ kind }) => kind)).toEqual(['done', 'refused', 'refused'])
    expect(text).toContain('not run: budget=20000 USDC: BACKTEST_CAPITAL_SHORT')
  })

  it('of which none can be run says why, and ends like a single run of them', async () => {
    const all = { ...command({ capital: ['10000 USDC'] }), threads: 1 }
    const wrong = backtestSweep({ ...all, combinations: combinationsOf(['intervall=1d,2d'], []) })
    await expect(wrong).rejects.toMatchObject({
      code: 'CONFIG_FIELD_UNKNOWN',
      message: expect.stringMatching(
        /none of the 2 runs can be made; intervall=1d: unknown field "intervall" \(did you/,
      ),
    })
  })

  it('stops with its signal', async () => {
    const stop = new AbortController()
    stop.abort(new Error('enough'))
    await expect(sweep(undefined, 1, stop.signal)).rejects.toThrow('enough')
  })

  it('takes params by their type, settings as texts, the last varying fastest', () => {
    const params = [{ name: 'slices', schema: { type: 'integer' }, description: undefined, required: false }]
    const all = combinationsOf(['slices=1,2', 'amount=5 USDC,10 USDC', 'token=SOL'], params)
    expect(all.map(({ label }) => label)).toEqual([
      'slices=1 amount=5 USDC',
      'slices=1 amount=10 USDC',
      'slices=2 amount=5 USDC',
      'slices=2 amount=10 USDC',
    ])
    expect(all[3]).toMatchObject({ index: 3, params: { slices: 2 }, set: ['amount=10 USDC', 'token=SOL'] })
    expect(combinationsOf([], [])).toEqual([{ index: 0, label: '', params: {}, set: [] }])
    for (const text of ['slices', '=1', 'slices=', 'slices=1,,2', 'slices=1,1', 'slices=two']) {
      expect(() => combinationsOf([text], params)).toThrow(expect.objectContaining({ code: 'FLAG_INVALID' }))
    }
    expect(() => combinationsOf(['a=1', 'a=2'], params)).toThrow('given twice')
  })
})
