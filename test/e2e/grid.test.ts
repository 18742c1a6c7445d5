import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { newHome, sniperforge, start } from './command.ts'
import { journalOnDisk } from './journal-on-disk.ts'
import { lamportsChange, runDocument, sum, tokenChange } from './run-figures.ts'

const GRID = ['strategy-run', '--type', 'grid', '--config', 'grid.json', '--set', 'duration=8h'] as const
const home = newHome()
afterAll(() => home.remove())

describe('a grid with the settings that are shipped', () => {
  let run: RunDocument
  beforeAll(async () => {
    run = await runDocument(home.path, GRID)
  }, 60_000)

  test('trades both ways, ends by itself, and has nothing left', () => {
    expect(run.ended).toBe('completed')
    expect(run.counts).toMatchObject({ failed: 0, expired: 0, unresolved: 0, skipped: 0 })
    expect(run.fills.filter(({ key }) => key.endsWith('-sell')).length).toBeGreaterThan(5)
    expect(run.fills.map(({ key }) => key).filter(key => !key.includes('-l'))).toEqual(['g1-start', 'g1-close'])
    expect(run.left).toEqual([])
  })

  test("its fills are the wallet's change, to the unit, and its profit is what came back", () => {
    const isPurchase = ({ input }: RunDocument['fills'][number]): boolean => input.symbol === 'USDC'
    const [bought, sold] = [run.fills.filter(isPurchase), run.fills.filter(fill => !isPurchase(fill))]
    const net = sum(sold.map(({ output }) => output.amount)) - sum(bought.map(({ input }) => input.amount))
    expect(tokenChange(run, 'USDC')).toBe(net)
    expect(net).toBeGreaterThan(0n)
    const base = sum(bought.map(({ output }) => output.amount)) - sum(sold.map(({ input }) => input.amount))
    expect(base).toBe(0n)
    expect(lamportsChange(run)).toBe(-BigInt(run.costs.total_lamports) - BigInt(run.costs.rent_lamports))
    expect(run.strategies.map(({ node }) => node)).toEqual(['plan.grid'])
  })

  test('killed in the middle of it and started again, it has traded the same in the end', async () => {
    const dataDir = join(home.path, 'killed')
    for (const text of ['[g1-start]', '-c2-buy]']) {
      const process = start(home.path, [...GRID, '--data-dir', dataDir])
      await process.says(text)
      process.kill('SIGKILL')
      expect((await process.ended).signal).toBe('SIGKILL')
    }
    const { code } = await sniperforge(home.path, [...GRID, '--data-dir', dataDir, '--quiet'])
    expect(code).toBe(0)
    const traded = journalOnDisk(dataDir).filter(({ state }) => state === 'confirmed')
    expect(traded.map(({ key }) => key).sort()).toEqual(run.fills.map(({ key }) => key).sort())
    for (const { key, output } of traded) {
      const wanted = BigInt(run.fills.find(fill => fill.key === key)!.output.amount)
      // What was on its way may have been quoted anew a moment later.
      expect((output * 100n) / wanted).toBeGreaterThanOrEqual(99n)
    }
  })

  test('a budget that the wallet does not have is refused before anything is traded', async () => {
    const { code, stderr } = await sniperforge(home.path, [...GRID, '--set', 'budget=20000 USDC'])
    expect(code).toBe(78)
    expect(stderr).toContain('the budgets want 20000 USDC (plan.grid 20000 USDC), and the wallet has 10000 USDC')
  })
})
