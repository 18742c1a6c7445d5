import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { newHome, ROOT, sniperforge, start } from './command.ts'

const home = newHome()
afterAll(() => home.remove())

test('an order of a person can not spend what a strategy that rests counts on, and can when that has ended', async () => {
  const dataDir = join(home.path, 'data')
  const file = join(home.path, 'resting.yaml')
  const text = readFileSync(join(ROOT, 'configs/pipelines/two-wallets.yaml'), 'utf8').replace('two-wallets', 'resting')
  writeFileSync(file, text)
  const run = start(home.path, ['run', file, '--data-dir', dataDir])
  await run.says('2025-01-01 01:00:00Z  filled')
  run.kill('SIGINT')
  expect((await run.ended).code).toBe(130)

  const order = (size: string, ...more: string[]) =>
    sniperforge(home.path, [
      ...['order-create', '--type', 'market', '--token', 'USDC', '--into', 'SOL', '--size', size],
      ...['--data-dir', dataDir, '--yes', ...more],
    ])
  for (const more of [[], ['--force']]) {
    const refused = await order('9000 USDC', ...more)
    expect(refused.stderr).toMatch(/\[BUDGET_CLAIMED\] the order gives 9000 USDC, and [\d.]+ USDC are free/)
    expect(refused.stderr).toMatch(/belongs to strategies with budgets \(grid of resting [\d.]+ USDC\)/)
    expect(refused.code).toBe(1)
  }
  expect((await order('50 USDC')).code).toBe(0)

  expect((await sniperforge(home.path, ['run', file, '--data-dir', dataDir])).code).toBe(0)
  expect((await order('9000 USDC')).code).toBe(0)
}, 120_000)
