import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { BacktestRequest } from '../../../core/app/backtest/backtest-request.ts'
import { backtest, checkLookAhead } from '../../../core/app/commands/backtest.ts'
import { packageFile } from '../../../core/app/package-root.ts'
import type { BarSeries } from '../../../core/backtest/bars.ts'
import type { BacktestDocument } from '../../../core/backtest/report/report-document.ts'
import { command } from './command-options.ts'
import { BAR_MS, START_MS, walkOf, writeCandles } from './toys.ts'

const directory = mkdtempSync(join(tmpdir(), 'backtest-pairs-'))
afterAll(() => rmSync(directory, { recursive: true }))

const scaled = (bars: BarSeries, factor: number): BarSeries => {
  const column = (of: Float64Array): Float64Array => of.map(value => value * factor)
  return { ...bars, open: column(bars.open), high: column(bars.high), low: column(bars.low), close: column(bars.close) }
}
const BARS = 288
const sol = walkOf(BARS, 'sol')
const bonkInUsdc = scaled(walkOf(BARS, 'bonk'), 1e-7)
const bonkInSol = scaled(walkOf(BARS, 'bonk in sol'), 1e-9)
const files = {
  'SOL/USDC': writeCandles(join(directory, 'one.csv'), sol),
  'BONK/USDC': writeCandles(join(directory, 'two.csv'), bonkInUsdc),
  'BONK/SOL': writeCandles(join(directory, 'three.csv'), bonkInSol),
}
const DATA = Object.entries(files).map(([pair, path]) => `${pair}=${path}`)
const EXAMPLE = packageFile('configs', 'pipelines', 'three-strategies.yaml')

const asked = (more: Partial<BacktestRequest> = {}) => command(directory, { file: EXAMPLE, data: DATA, ...more })

async function run(more: Partial<BacktestRequest> = {}) {
  const out = join(directory, 'out')
  const { document, text } = await backtest({ ...asked(more), out })
  const [header, ...lines] = readFileSync(join(out, 'trades.csv'), 'utf8').trim().split('\r\n')
  const rows = lines.map(line =>
    Object.fromEntries(line.split(',').map((cell, place) => [header!.split(',')[place]!, cell])),
  )
  return { document: document as BacktestDocument, text, rows, page: readFileSync(join(out, 'report.html'), 'utf8') }
}

describe('a backtest of three strategies of three pairs', () => {
  it('trades each pair on its own candles, and values all of it in one token', async () => {
    const { document, page, rows, text } = await run()
    expect(text).toContain('three-strategies on SOL/USDC, BONK/USDC, BONK/SOL')
    expect(document.quote.symbol).toBe('USDC')
    expect(new Set(rows.map(({ node, pair }) => `${node} ${pair}`))).toEqual(
      new Set(['grid SOL/USDC', 'save BONK/USDC', 'value BONK/SOL']),
    )
    const seriesOf: Record<string, BarSeries> = { 'SOL/USDC': sol, 'BONK/USDC': bonkInUsdc, 'BONK/SOL': bonkInSol }
    for (const { pair, price, time } of rows) {
      const { high, low } = seriesOf[pair!]!
      // Within the candle of its own pair at that time, or the one that has just closed.
      const bar = Math.min(BARS - 1, Math.floor((Date.parse(time!) - START_MS) / BAR_MS))
      const [lowest, highest] = [Math.min(low[bar]!, low[bar - 1] ?? low[0]!), Math.max(high[bar]!, high[bar - 1] ?? 0)]
      expect(Number(price)).toBeGreaterThan(lowest * 0.999)
      expect(Number(price)).toBeLessThan(highest * 1.001)
    }
    // The account at the end, recomputed from its trades: every token at its last price, SOL less the fees.
    const held = { USDC: 1_240, SOL: 2, BONK: 0 }
    for (const { base, fees_lamports, pair, quote, side } of rows) {
      const [of, by] = pair!.split('/') as [keyof typeof held, keyof typeof held]
      const sign = side === 'buy' ? 1 : -1
      held[of] += sign * Number(base)
      held[by] -= sign * Number(quote)
      held.SOL -= Number(fees_lamports) / 1e9
    }
    const last = (bars: BarSeries): number => bars.close[BARS - 1]!
    const worth = held.USDC + held.SOL * last(sol) + held.BONK * last(bonkInUsdc)
    expect(document.equity.end).toBeCloseTo(worth, 6)
    expect(document.equity.start).toBeCloseTo(1_240 + 2 * sol.open[0]!, 9)
    // A trade for SOL is told in USDC at what SOL was worth then.
    const own = rows.filter(({ node }) => node === 'value')
    expect(own.length).toBeGreaterThan(3)
    for (const { quote, worth: inUsdc, time } of own) {
      const bar = Math.min(BARS - 1, Math.floor((Date.parse(time!) - START_MS) / BAR_MS))
      const rate = Number(inUsdc) / Number(quote)
      expect(rate).toBeGreaterThan(Math.min(sol.low[bar]!, sol.low[bar - 1] ?? sol.low[0]!) * 0.999)
      expect(rate).toBeLessThan(Math.max(sol.high[bar]!, sol.high[bar - 1] ?? 0) * 1.001)
    }
    const { pairs } = document
    expect(pairs!.map(({ base, quote, trades }) => [`${base.symbol}/${quote.symbol}`, trades])).toEqual(
      Object.keys(files).map(pair => [pair, rows.filter(row => row['pair'] === pair).length]),
    )
    for (const pair of Object.keys(files)) expect(page).toContain(`<h2>${pair} and trades</h2>`)
    expect(page).toContain('By pair')
  })

  it('gives the same again, whatever the order in which the data are named; with next-open fills too', async () => {
    for (const fill of [asked().request.fill, { model: 'bar', feeBps: 4 } as const]) {
      const once = await run({ fill })
      const again = await run({ fill, data: DATA.toReversed() })
      expect(again.rows).toEqual(once.rows)
      expect(once.rows.length).toBeGreaterThan(20)
    }
  })

  it('shows no strategy what its clock has not reached, of any pair', async () => {
    const { document, ok } = await checkLookAhead(asked())
    expect(ok).toBe(true)
    expect((document as { decisions: number }).decisions).toBeGreaterThan(5)
  })

  it('takes a folder whose files are named by their pairs', async () => {
    const folder = join(directory, 'folder')
    mkdirSync(folder)
    for (const [pair, path] of Object.entries(files)) copyFileSync(path, join(folder, `${pair.replace('/', '-')}.csv`))
    const { document } = await run({ data: [folder] })
    expect(document.pairs).toHaveLength(3)
    expect(document.quote.symbol).toBe('USDC')
    copyFileSync(files['SOL/USDC'], join(folder, 'other.csv'))
    await expect(run({ data: [folder] })).rejects.toMatchObject({
      code: 'CANDLES_INVALID',
      message: expect.stringContaining('other.csv: the other files of the folder are named by their pairs'),
    })
  })

  it('runs over the time that all pairs have, and says what is left out', async () => {
    const short = writeCandles(join(directory, 'short.csv'), {
      ...bonkInSol,
      count: 100,
      close: bonkInSol.close.slice(0, 100),
    })
    const { document } = await run({ data: [...DATA.slice(0, 2), `BONK/SOL=${short}`] })
    expect(document.to).toBe(new Date(START_MS + 100 * BAR_MS).toISOString())
    expect(document.warnings).toContain('188 bars of SOL/USDC are left out: other pairs have none of that time.')
  })
})

it.each([
  [
    'one file for several pairs',
    { data: [files['SOL/USDC']] },
    'BACKTEST_PAIR_MISSING',
    /is about several pairs/,
    /--data SOL\/USDC=FILE --data BONK\/SOL=FILE/,
  ],
  [
    'a pair that a strategy trades and there are no data of',
    { data: [DATA[0]!, DATA[2]!] },
    'BACKTEST_PAIR_MISSING',
    /^save trades BONK\/USDC, and the data are of SOL\/USDC, BONK\/SOL$/,
    /--data BONK\/USDC=FILE/,
  ],
  [
    'a pair that a source watches and there are no data of',
    { data: DATA.slice(0, 2) },
    'BACKTEST_PAIR_MISSING',
    /^bonk wants prices of BONK\/SOL/,
    /--data BONK\/SOL=FILE/,
  ],
  [
    'several files of which one names no pair',
    { data: [DATA[0]!, files['BONK/SOL']] },
    'FLAG_INVALID',
    /three\.csv does not say what pair it is of/,
    /names its pair/,
  ],
  [
    'two data of one pair',
    { data: [DATA[0]!, `SOL/USDC=${files['BONK/SOL']}`] },
    'FLAG_INVALID',
    /two data of SOL\/USDC: one\.csv and three\.csv/,
    /one file or folder/,
  ],
  ['a token that there is not', { data: [`SOL/USDX=${files['SOL/USDC']}`] }, 'TOKEN_UNKNOWN', /USDX/, /./],
  [
    'capital that nothing values',
    {
      file: packageFile('configs', 'pipelines', 'two-wallets.yaml'),
      data: [files['SOL/USDC']],
      capital: ['10000 USDC', '1 BONK'],
    },
    'BACKTEST_PAIR_MISSING',
    /capital in BONK, and no data say/,
    /--data BONK\/USDC=FILE/,
  ],
  [
    'a depth in a token that no pair has',
    { fill: { model: 'pool', depth: '200000, 5 USDC', feeBps: 4, latency_slots: 2, priceLag_slots: 1, failRate: 0 } },
    'FLAG_INVALID',
    /--depth is in USDC/,
    /./,
  ],
] as const)('refuses %s, and says what to give', async (_what, more, code, message, remedy) => {
  await expect(run(more as Partial<BacktestRequest>)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
    remedy: expect.stringMatching(remedy),
  })
})

it('refuses pairs that have no time in common', async () => {
  const late = writeCandles(join(directory, 'late.csv'), {
    ...bonkInSol,
    start_ms: bonkInSol.start_ms.map(at => at + 864e5),
  })
  await expect(run({ data: [...DATA.slice(0, 2), `BONK/SOL=${late}`] })).rejects.toMatchObject({
    code: 'BACKTEST_DATA_EMPTY',
    message: expect.stringContaining('BONK/SOL 2024-01-02T00:00 to 2024-01-03T00:00'),
  })
})

it('knows what a strategy without prices trades', async () => {
  const file = join(directory, 'dca.yaml')
  const dca = '{strategy: dca, with: {token: SOL, amount: 10 USDC, interval: 1h, slots: 12}}'
  writeFileSync(file, `pipeline: plain\nnodes:\n  plan: ${dca}\n  swap: {execution: jupiter, from: plan}\n`)
  const { document, text } = await run({ file, data: [files['SOL/USDC']] })
  expect([text.split(',')[0], document.trades.count]).toEqual(['plain on SOL/USDC', 12])
})
