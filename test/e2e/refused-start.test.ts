import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { newHome, sniperforge } from './command.ts'

const home = newHome()
afterAll(() => home.remove())

test('a start that is refused changes nothing about what has come to its end: run again, it has nothing left to buy', async () => {
  const file = join(home.path, 'saves.yaml')
  const write = (budget: string): void =>
    writeFileSync(
      file,
      `pipeline: saves
nodes:
  save: {strategy: dca, with: {token: SOL, amount: 10 USDC, interval: 1h, slots: 2, budget: ${budget}}}
  swap: {execution: jupiter, from: save}
`,
    )
  const run = () => sniperforge(home.path, ['run', file, '--data-dir', join(home.path, 'data'), '--json'])
  write('20 USDC')
  const first = JSON.parse((await run()).stdout) as RunDocument
  expect(first.orders).toHaveLength(2)

  write('900000 USDC')
  const refused = await run()
  expect(refused.stderr + refused.stdout).toContain('BUDGET_OVER_WALLET')
  expect(refused.code).not.toBe(0)

  write('20 USDC')
  const again = await run()
  expect(again.code).toBe(0)
  expect((JSON.parse(again.stdout) as RunDocument).orders).toEqual([])
}, 120_000)
