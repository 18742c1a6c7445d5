import { expect, test } from 'vitest'
import type { RunDocument, RunFill } from '../../app/run/run-document.ts'
import { summaryOf } from './summary.ts'

const SOL = { mint: 'sol', symbol: 'SOL', decimals: 9 }
const USDC = { mint: 'usdc', symbol: 'USDC', decimals: 6 }
const FEES = { base_lamports: '5000', priority_lamports: '0', tip_lamports: '0', rent_lamports: '0' }

const fill = (input: RunFill['input'], output: RunFill['output'], slippageBps = 0): RunFill => ({
  orderId: 'a',
  key: 'k',
  node: 'plan',
  venue: 'jupiter',
  signature: 's',
  slot: 1,
  time: '2024-01-01T00:00:00.000Z',
  input,
  output,
  quotedOutput: output.amount,
  minimumOutput: '0',
  fees: FEES,
  computeUnits: 1,
  slippageBps,
  recovered: false,
})

const run = (more: Partial<RunDocument>): RunDocument => ({
  document: 'run',
  version: 1,
  pipeline: 'p',
  cluster: 'localnet',
  genesis: 'g',
  wallet: 'w',
  mode: 'live',
  params: {},
  ended: 'completed',
  started: '2024-01-01T00:00:00.000Z',
  finished: '2024-01-01T00:00:00.000Z',
  counts: { orders: 0, sent: 0, filled: 0, simulated: 0, skipped: 0, failed: 0, expired: 0, unresolved: 0 },
  nodes: [],
  orders: [],
  fills: [],
  simulated: [],
  portfolio: { before: { slot: 0, sol_lamports: '0', tokens: [] }, after: { slot: 0, sol_lamports: '0', tokens: [] } },
  strategies: [],
  costs: { ...FEES, total_lamports: '10000' },
  left: [],
  warnings: [],
  timing: { wall_ms: 1, orderLatency_ms: { count: 0, p50: 0, p90: 0, p99: 0, max: 0 }, endpoints: [] },
  ...more,
})

test('purchases are summed, with the average price that was really paid', () => {
  const fills = [
    fill({ ...USDC, amount: '10000000' }, { ...SOL, amount: '100000000' }, 2),
    fill({ ...USDC, amount: '10000000' }, { ...SOL, amount: '50000000' }, 4),
  ]
  const counts = { ...run({}).counts, orders: 2, filled: 2 }
  expect(summaryOf(run({ fills, counts, dataDirectory: '/data' }))).toEqual([
    'Done: 2 orders, 2 filled.',
    '  spent          20 USDC',
    '  received       0.15 SOL',
    '  average price  133.333333 USDC per SOL',
    '  costs          0.00001 SOL in fees',
    '  slippage       3.00 bps against the quotes',
    '  kept in        /data',
  ])
})

test('what failed on the chain has cost something, also where nothing was traded', () => {
  const failed = { orderId: 'a', key: 'k', node: 'plan', signature: 's', slot: 1, time: run({}).started, fees: FEES }
  const costs = { ...FEES, failed_lamports: '10000', total_lamports: '10000' }
  expect(summaryOf(run({ failedLandings: [failed], costs }))).toContain(
    '  costs  0.00001 SOL in fees, of it 0.00001 SOL for transactions that failed',
  )
})

test('a sale has its price in dollars as well', () => {
  const fills = [fill({ ...SOL, amount: '2000000000' }, { ...USDC, amount: '300000000' })]
  expect(summaryOf(run({ fills }))).toContain('  average price  150 USDC per SOL')
})

test('what was left open, and why orders failed, is said', () => {
  const reason = { code: 'FUNDS_INSUFFICIENT', message: 'no money', remedy: 'Earn some.' }
  const order = { id: 'a', key: 'k', node: 'plan', state: 'failed' as const, at: '2024-01-01T00:00:00.000Z', reason }
  const lines = summaryOf(
    run({
      ended: 'interrupted',
      orders: [order, { ...order, id: 'b' }],
      left: ['c'],
      warnings: ['the candles have ended'],
    }),
  )
  expect(lines).toEqual([
    'Interrupted: 0 orders.',
    '  failed: no money (2 orders)',
    '    Earn some.',
    '  left open: order c; a start on the same --data-dir takes it up',
    '  warning: the candles have ended',
  ])
})

test('of orders that people made it says which wait, and how many besides', () => {
  const order = { key: 'k', node: 'ask', state: 'armed' as const, at: '2024-01-01T00:00:00.000Z' }
  const left = ['a', 'b', 'c']
  const lines = summaryOf(run({ pipeline: 'orders', orders: [{ ...order, id: 'c' }], left, dataDirectory: '/data' }))
  expect(lines.slice(2)).toEqual([
    '  still armed: order c',
    '  2 more as before: sniperforge orders list --open --data-dir /data',
    '  to go on watching: sniperforge orders watch --data-dir /data',
    '    with the --seed, --market and --rpc-url of this run',
  ])
})

test('a strategy that bought and sold tells its profit, net of fees', () => {
  const both = { average: '1500000', fifo: '1500000' }
  const strategy: RunDocument['strategies'][number] = {
    node: 'plan',
    base: SOL,
    quote: USDC,
    trades: 2,
    bought: { base: '200000000', quote: '20000000' },
    sold: { base: '100000000', quote: '11500000' },
    held: '100000000',
    cost: { average: '10000000', fifo: '10000000' },
    price: '115',
    value: '11500000',
    realised: both,
    unrealised: both,
    fees: '1725',
    unvaluedFees_lamports: '0',
    net: '2998275',
  }
  const lines = (strategies: RunDocument['strategies']): string[] =>
    summaryOf(run({ strategies })).filter(line => line.includes('profit'))
  expect(lines([strategy])).toEqual([
    '  profit  plan 2.998275 USDC: closed 1.5 USDC, open 1.5 USDC, fees 0.001725 USDC',
  ])
  expect(lines([{ ...strategy, sold: { base: '0', quote: '0' } }])).toEqual([])
})

test('what ended the run is not told as the reason of an order too: it follows by itself', () => {
  const reason = { code: 'STORE_WRITE_FAILED', message: 'x.db: the disk is full', remedy: 'Free space.' }
  const other = { code: 'ROUTE_NOT_FOUND', message: 'no route' }
  const order = { key: 'k', node: 'swap', state: 'failed' as const, at: '2024-01-01T00:00:00.000Z' }
  const orders = [
    { ...order, id: 'a', reason },
    { ...order, id: 'b', reason: other },
  ]
  const text = summaryOf(run({ ended: 'failed', orders, error: reason })).join('\n')
  expect(text).not.toContain('the disk is full')
  expect(text).toContain('failed: no route')
})
