import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, it } from 'vitest'
import type { RunDocument } from '../../../core/app/run/run-document.ts'
import { journalOnDisk } from '../../e2e/journal-on-disk.ts'
import { type Ends, runInProcess } from '../trading/run-in-process.ts'

/** A budget as large as the wallet, on the embedded chain, ended as `kill -9` ends it and started again. */

const folder = mkdtempSync(join(tmpdir(), 'budgets-'))
afterAll(() => rmSync(folder, { recursive: true }))

const GRID = 'pair: SOL/USDC, budget: 10000 USDC, lower: "100", upper: "200", levels: 10, startWith: buys, feeBps: 4'
const PIPELINE = `pipeline: all-of-it
summary: A grid with all that the wallet has.
nodes:
  prices: {source: pool-price, with: {pair: SOL/USDC}}
  grid:   {strategy: grid, from: prices, with: {${GRID}, slippageBps: 100, duration: 25m}}
  swap:   {execution: localnet, from: grid, with: {concurrency: 10}}
  seen:   {sink: console, from: [grid, swap], with: {verbose: true}}
`

/** Five-minute candles: down through every level, and up again. */
function market(): string {
  const rows = [199, 95, 199, 199, 199, 199].map((close, index, closes) => {
    const open = closes[index - 1] ?? close
    const time = new Date(Date.parse('2024-01-01T00:00:00Z') + index * 300_000).toISOString()
    return [time, open, Math.max(open, close), Math.min(open, close), close, 1_000].join(',')
  })
  const file = join(folder, 'market.csv')
  writeFileSync(file, ['timestamp,open,high,low,close,volume', ...rows, ''].join('\n'))
  return file
}

const run = (data: string, onLine?: (text: string, ends: Ends) => void): Promise<RunDocument> =>
  runInProcess(folder, { pipeline: PIPELINE, data, market: market() }, onLine)

const isTold = (text: string, state: string, side: string): boolean =>
  text.includes(`  ${state}  `) && text.includes(`-${side}]`)

it.each(['buy', 'sell'])('ended before any of many orders to %s has landed, it goes on', async side => {
  const killed = await run(`${side}-unsent`, (text, ends) => {
    if (isTold(text, 'sent', side)) ends.abort()
  })
  expect(killed.left.length).toBeGreaterThan(1)
  expectBalanced(await run(`${side}-unsent`), `${side}-unsent`)
})

it.each(['buy', 'sell'])(
  'ended when orders to %s have landed and the journal does not know, it goes on',
  async side => {
    const data = `${side}-landed`
    const journal = join(folder, data, 'sniperforge.db')
    const earlier = join(folder, `${data}.db`)
    await run(data, (text, ends) => {
      if (isTold(text, 'sent', side)) copyJournal(journal, earlier)
      if (isTold(text, 'filled', side)) ends.abort()
    })
    rmSync(`${journal}-wal`, { force: true })
    renameSync(earlier, journal)
    const restarted = await run(data)
    expectBalanced(restarted, data)
    expect(restarted.fills.filter(({ recovered }) => recovered).length).toBeGreaterThan(0)
  },
)

/** The wallet has what it had, and what the journal says of it, to the unit. */
function expectBalanced(document: RunDocument, data: string): void {
  expect(document).toMatchObject({ ended: 'completed', left: [], warnings: [] })
  const orders = journalOnDisk(join(folder, data))
  const net = orders.reduce((sum, { key, input, output }) => sum + (key.includes('buy') ? -input : output), 0n)
  const held = document.portfolio.after.tokens.find(({ symbol }) => symbol === 'USDC')
  expect(BigInt(held?.amount ?? 0)).toBe(10_000_000_000n + net)
}

/** As it is now, left by a process that is gone. */
function copyJournal(from: string, to: string): void {
  rmSync(to, { force: true })
  const db = new DatabaseSync(from)
  db.exec(`VACUUM INTO '${to}'`)
  db.close()
  const copy = new DatabaseSync(to)
  copy.exec('DELETE FROM lease')
  copy.close()
}
