import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { RunDocument } from '../../../core/app/run/run-document.ts'
import { marketOf, runInProcess } from '../trading/run-in-process.ts'

/** Linked and divided orders on the embedded chain: real transactions, real journal on the disk. */

const folder = mkdtempSync(join(tmpdir(), 'linked-'))
afterAll(() => rmSync(folder, { recursive: true }))

function pipelineOf(name: string, wish: string, order: string): string {
  const nodes = [
    ...(order.includes('prices') ? ['  prices: {source: pool-price, with: {pair: SOL/USDC}}'] : []),
    `  wish: {strategy: dca, with: {${wish}, interval: 7d, slots: 1}}`,
    `  order: ${order}`,
    '  swap: {execution: jupiter, from: order}',
    '  seen: {sink: console, from: [order, swap], with: {verbose: true}}',
  ]
  return [`pipeline: ${name}`, 'summary: Linked orders.', 'nodes:', ...nodes, ''].join('\n')
}

/** @param killAt ends the run there and then when a line with that text is told */
function run(pipeline: string, market: string, data: string, killAt?: string): Promise<RunDocument> {
  return runInProcess(folder, { pipeline, data, market }, (text, ends) => {
    if (killAt !== undefined && text.includes(killAt)) ends.abort()
  })
}

const inputs = ({ fills }: RunDocument): string[] => fills.map(({ input }) => input.amount)

it('a stop and a target: one trades on the chain, also when the process is killed at the trigger', async () => {
  const oco = '{order: oco, from: [wish, prices], with: {stop: "145", target: "160"}}'
  const pipeline = pipelineOf('oco', 'token: USDC, amount: 1 SOL', oco)
  const market = marketOf(folder, [150, 152, 155, 151, 148, 144, 150, 158, 163, 165])
  const killed = await run(pipeline, market, 'oco', '  triggered  ')
  expect(killed.counts.filled).toBe(0)
  const document = await run(pipeline, market, 'oco')
  expect(document).toMatchObject({ ended: 'completed', left: [] })
  expect(inputs(document)).toEqual(['1000000000'])
})

it('a bracket: what the entry brought is sold once, at the target', async () => {
  const bracket = '{order: bracket, from: [wish, prices], with: {stop: 5%, target: 5%}}'
  const pipeline = pipelineOf('bracket', 'token: SOL, amount: 150 USDC', bracket)
  const document = await run(pipeline, marketOf(folder, [150, 151, 153, 156, 159, 161, 140, 130]), 'bracket')
  expect(document).toMatchObject({ ended: 'completed', left: [] })
  const [entry, exit, ...others] = document.fills
  expect(others).toEqual([])
  expect(exit?.input.amount).toBe(entry?.output.amount)
  expect(BigInt(exit?.output.amount ?? '0')).toBeGreaterThan(150_000_000n)
})

it('slices: as many transactions as slices, together the whole, also over a kill', async () => {
  const twap = '{order: twap, from: wish, with: {duration: 10m, interval: 2m}}'
  const pipeline = pipelineOf('twap', 'token: SOL, amount: 100 USDC', twap)
  const market = marketOf(folder, [150, 151, 152, 151, 150, 149])
  const killed = await run(pipeline, market, 'twap', 'filled')
  const document = await run(pipeline, market, 'twap')
  expect(document).toMatchObject({ ended: 'completed', left: [] })
  const all = [...inputs(killed), ...inputs(document)]
  expect(all.reduce((sum, units) => sum + BigInt(units), 0n)).toBe(100_000_000n)
  expect(all).toHaveLength(5)
})
