import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { RunDocument } from '../../../core/app/run/run-document.ts'
import { runPipeline } from '../../../core/app/run-pipeline.ts'

/** Linked and divided orders on the embedded chain: real transactions, real journal on the disk. */

const ROOT = new URL('../../../', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'linked-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Five-minute candles that open at one close after the other. */
function marketOf(closes: readonly number[]): string {
  const rows = closes.map((close, index) => {
    const open = closes[index - 1] ?? close
    const time = new Date(Date.parse('2024-01-01T00:00:00Z') + index * 300_000).toISOString()
    return [time, open, Math.max(open, close), Math.min(open, close), close, 1_000].join(',')
  })
  const file = join(folder, `market-${closes.join('-')}.csv`)
  writeFileSync(file, ['timestamp,open,high,low,close,volume', ...rows, ''].join('\n'))
  return file
}

function pipelineOf(name: string, wish: string, order: string): string {
  const file = join(folder, `${name}.yaml`)
  const nodes = [
    ...(order.includes('prices') ? ['  prices: {source: pool-price, with: {pair: SOL/USDC}}'] : []),
    `  wish: {strategy: dca, with: {${wish}, interval: 7d, slots: 1}}`,
    `  order: ${order}`,
    '  swap: {execution: jupiter, from: order}',
    '  seen: {sink: console, from: [order, swap], with: {verbose: true}}',
  ]
  writeFileSync(file, [`pipeline: ${name}`, 'summary: Linked orders.', 'nodes:', ...nodes, ''].join('\n'))
  return file
}

async function run(file: string, market: string, data: string, killAt?: string): Promise<RunDocument> {
  const abort = new AbortController()
  return runPipeline({
    file,
    params: {},
    set: [],
    cluster: 'localnet',
    rpcUrl: undefined,
    walletFile: undefined,
    allowExposedWallet: false,
    dryRun: false,
    dataDirectory: join(folder, data),
    seed: '1',
    marketFile: market,
    speed: 'max',
    onChange: 'refuse',
    confirmRealMoney: () => Promise.reject(new Error('no real money here')),
    output: {
      line: text => {
        if (killAt !== undefined && text.includes(killAt)) abort.abort('the test says so')
      },
      status: () => undefined,
    },
    logLevel: 'error',
    writeLog: () => undefined,
    environment: {
      variables: {},
      walletSecret: undefined,
      walletDerivation: undefined,
      stateDirectory: join(folder, 'state'),
      workingDirectory: ROOT,
    },
    drain: new AbortController().signal,
    abort: abort.signal,
  })
}

const inputs = ({ fills }: RunDocument): string[] => fills.map(({ input }) => input.amount)

it('a stop and a target: one trades on the chain, also when the process is killed at the trigger', async () => {
  const oco = '{order: oco, from: [wish, prices], with: {stop: "145", target: "160"}}'
  const file = pipelineOf('oco', 'token: USDC, amount: 1 SOL', oco)
  const market = marketOf([150, 152, 155, 151, 148, 144, 150, 158, 163, 165])
  const killed = await run(file, market, 'oco', '  triggered  ')
  expect(killed.counts.filled).toBe(0)
  const document = await run(file, market, 'oco')
  expect(document).toMatchObject({ ended: 'completed', left: [] })
  expect(inputs(document)).toEqual(['1000000000'])
})

it('a bracket: what the entry brought is sold once, at the target', async () => {
  const bracket = '{order: bracket, from: [wish, prices], with: {stop: 5%, target: 5%}}'
  const file = pipelineOf('bracket', 'token: SOL, amount: 150 USDC', bracket)
  const document = await run(file, marketOf([150, 151, 153, 156, 159, 161, 140, 130]), 'bracket')
  expect(document).toMatchObject({ ended: 'completed', left: [] })
  const [entry, exit, ...others] = document.fills
  expect(others).toEqual([])
  expect(exit?.input.amount).toBe(entry?.output.amount)
  expect(BigInt(exit?.output.amount ?? '0')).toBeGreaterThan(150_000_000n)
})

it('slices: as many transactions as slices, together the whole, also over a kill', async () => {
  const twap = '{order: twap, from: wish, with: {duration: 10m, interval: 2m}}'
  const file = pipelineOf('twap', 'token: SOL, amount: 100 USDC', twap)
  const market = marketOf([150, 151, 152, 151, 150, 149])
  const killed = await run(file, market, 'twap', 'filled')
  const document = await run(file, market, 'twap')
  expect(document).toMatchObject({ ended: 'completed', left: [] })
  const all = [...inputs(killed), ...inputs(document)]
  expect(all.reduce((sum, units) => sum + BigInt(units), 0n)).toBe(100_000_000n)
  expect(all).toHaveLength(5)
})
