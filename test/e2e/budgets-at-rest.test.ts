import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
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

  // Nor can another pipeline, which is told so before it trades.
  const other = join(home.path, 'other.yaml')
  const plan = (budget: string) => `pipeline: other
nodes:
  save: {strategy: dca, with: {token: SOL, amount: 10 USDC, interval: 1h, slots: 1, budget: ${budget}}}
  swap: {execution: jupiter, from: save}
`
  writeFileSync(other, plan('9000 USDC'))
  const over = await sniperforge(home.path, ['run', other, '--data-dir', dataDir])
  expect(over.stderr).toMatch(/\[BUDGET_OVER_WALLET\] .*\(grid of resting [\d.]+ USDC, save 9000 USDC\)/)
  expect(over.stderr).toContain('start the strategy that rests once with --new')
  writeFileSync(other, plan('10 USDC'))
  expect((await sniperforge(home.path, ['run', other, '--data-dir', dataDir])).code).toBe(0)

  expect((await sniperforge(home.path, ['run', file, '--data-dir', dataDir])).code).toBe(0)
  expect((await order('9000 USDC')).code).toBe(0)
}, 120_000)

test('what a strategy with a budget has bought, no other sells, also one of another run', async () => {
  const dataDir = join(home.path, 'bought')
  const write = (name: string, nodes: string): string => {
    const file = join(home.path, `${name}.yaml`)
    writeFileSync(file, `pipeline: ${name}\nnodes:\n${nodes}`)
    return file
  }
  const save =
    '  save: {strategy: dca, with: {token: BONK, amount: 100 USDC, interval: 10s, slots: 1000, budget: 5000 USDC}}\n'
  const sell = (units: string) => `  sale: {strategy: single, with: {spend: ${units} BONK, into: USDC}}\n`
  const swap = (from: string) => `  swap: {execution: jupiter, from: [${from}]}\n  out: {sink: console, from: swap}\n`
  const run = start(home.path, ['run', write('saves', save + swap('save')), '--data-dir', dataDir])
  await run.says('  filled  ')
  run.kill('SIGINT')
  expect((await run.ended).code).toBe(130)

  const refused = await sniperforge(home.path, [
    ...['run', write('sells', sell('2000000') + swap('sale')), '--data-dir', dataDir, '--json'],
  ])
  const { orders } = JSON.parse(refused.stdout) as RunDocument
  expect(orders).toMatchObject([{ node: 'sale', state: 'failed', reason: { code: 'BUDGET_CLAIMED' } }])
  expect(orders[0]!.reason?.message).toMatch(/belongs to strategies with budgets \(save of saves [\d.]+ BONK\)/)

  // A person may.
  const sold = await sniperforge(home.path, [
    ...['order-create', '--type', 'market', '--token', 'BONK', '--into', 'USDC', '--size', '2000000 BONK'],
    ...['--data-dir', dataDir, '--yes'],
  ])
  expect({ code: sold.code, stderr: sold.stderr }).toEqual({ code: 0, stderr: '' })
}, 120_000)
