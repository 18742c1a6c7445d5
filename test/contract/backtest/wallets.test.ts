import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { BacktestRequest } from '../../../core/app/backtest/backtest-request.ts'
import { backtest } from '../../../core/app/commands/backtest.ts'
import { packageFile } from '../../../core/app/package-root.ts'
import type { BacktestDocument } from '../../../core/backtest/report/report-document.ts'
import { command } from './command-options.ts'
import { walkOf, writeCandles } from './toys.ts'

const directory = mkdtempSync(join(tmpdir(), 'backtest-wallets-'))
afterAll(() => rmSync(directory, { recursive: true }))
const data = writeCandles(join(directory, 'walk.csv'), walkOf(288))
const EXAMPLE = packageFile('configs', 'pipelines', 'two-wallets.yaml')

async function run(file: string, more: Partial<BacktestRequest> = {}) {
  const out = join(directory, 'out')
  const { document, text } = await backtest({ ...command(directory, { file, data: [data], ...more }), out })
  const [header, ...lines] = readFileSync(join(out, 'trades.csv'), 'utf8').trim().split('\r\n')
  const rows = lines.map(line =>
    Object.fromEntries(line.split(',').map((cell, place) => [header!.split(',')[place]!, cell])),
  )
  return { document: document as BacktestDocument, text, rows, page: readFileSync(join(out, 'report.html'), 'utf8') }
}

const usdcOf = (held: readonly { readonly symbol: string; readonly amount: string }[]): number =>
  Number(held.find(({ symbol }) => symbol === 'USDC')?.amount ?? 0) / 1e6

describe('a backtest of a pipeline with a wallet of its own for its savings', () => {
  it('gives each wallet its balances and its trades, and tells of each', async () => {
    const { document, page, rows, text } = await run(EXAMPLE)
    const [own, savings] = document.wallets!
    expect([usdcOf(own!.before), savings!.name, usdcOf(savings!.before)]).toEqual([10_000, 'savings', 6_000])
    const walletsOf = Map.groupBy(rows, ({ node }) => node!)
    expect(new Set(walletsOf.get('save')!.map(({ wallet }) => wallet))).toEqual(new Set(['savings']))
    for (const node of ['grid', 'extra'])
      expect(new Set(walletsOf.get(node)!.map(({ wallet }) => wallet))).toEqual(new Set(['']))
    // Each wallet's money is what its own trades made of it, to the unit.
    for (const { name, before, after } of document.wallets!) {
      const moved = rows
        .filter(({ wallet }) => wallet === (name ?? ''))
        .reduce((sum, { side, quote }) => sum + (side === 'buy' ? -1 : 1) * Math.round(Number(quote) * 1e6), 0)
      expect(Math.round(usdcOf(after) * 1e6)).toBe(Math.round(usdcOf(before) * 1e6) + moved)
    }
    const sum = (of: 'start' | 'end'): number => document.wallets!.reduce((total, wallet) => total + wallet[of], 0)
    expect(sum('start')).toBeCloseTo(document.equity.start, 9)
    expect(sum('end')).toBeCloseTo(document.equity.end, 9)
    expect(text).toMatch(/^wallet savings {3}6,000\.00 → /m)
    expect(text).toMatch(/^save {3}SOL\/USDC/m)
    expect(page).toContain('By wallet')
  })

  it('takes the capital of each by its name', async () => {
    const { document } = await run(EXAMPLE, { capital: ['savings=7000 USDC', 'savings=3 SOL', '12000 USDC'] })
    const [own, savings] = document.wallets!
    expect([usdcOf(own!.before), usdcOf(savings!.before)]).toEqual([12_000, 7_000])
    expect(savings!.before).toContainEqual(expect.objectContaining({ symbol: 'SOL', amount: '3000000000' }))
  })

  it.each([
    [
      'saving=7000 USDC',
      'FLAG_INVALID',
      /a wallet "saving", which the pipeline does not name/,
      /Did you mean "savings"/,
    ],
    [
      'savings=5000 USDC',
      'BACKTEST_CAPITAL_SHORT',
      /5000 USDC of the wallet "savings"/,
      /--capital "savings=6000 USDC"/,
    ],
    ['9000 USDC', 'BACKTEST_CAPITAL_SHORT', /the 9000 USDC of the wallet$/, /--capital "9800 USDC"/],
  ])('refuses --capital "%s"', async (text, code, message, remedy) => {
    await expect(run(EXAMPLE, { capital: [text] })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    })
  })

  it('refuses a strategy without a budget what the budget of another claims, as a live run does', async () => {
    const file = join(directory, 'claimed.yaml')
    writeFileSync(file, readFileSync(EXAMPLE, 'utf8').replace('budget: 9800 USDC', 'budget: 9990 USDC'))
    const { document, rows } = await run(file)
    expect(document.warnings).toContainEqual(expect.stringMatching(/^\d+ orders? of extra not filled: BUDGET_CLAIMED$/))
    expect(rows.filter(({ node }) => node === 'extra')).toEqual([])
    expect(document.orders['failed']).toBe(6)
  })
})

it('what a strategy with a budget has bought, no other sells; a person who has some of his own may', async () => {
  const file = join(directory, 'base.yaml')
  const save = 'strategy: dca, with: {token: SOL, amount: 1000 USDC, interval: 1h, slots: 2, budget: 2000 USDC}'
  const nodes = (sold: string) => `pipeline: base
nodes:
  prices: {source: pool-price, with: {pair: SOL/USDC}}
  save: {${save}}
  sale: {strategy: single, with: {spend: ${sold} SOL, into: USDC, slices: 4, over: 4h, jitter: 0}}
  swap: {execution: jupiter, from: [save, sale]}
  out:  {sink: console, from: prices}
`
  writeFileSync(file, nodes('8'))
  const refused = await run(file, { capital: ['10000 USDC'] })
  expect(refused.rows.filter(({ node }) => node === 'sale')).toEqual([])
  expect(refused.document.warnings.join()).toMatch(/of sale not filled: BUDGET_CLAIMED/)
  const own = await run(file, { capital: ['10000 USDC', '8 SOL'] })
  expect(own.rows.filter(({ node }) => node === 'sale')).toHaveLength(4)
})
