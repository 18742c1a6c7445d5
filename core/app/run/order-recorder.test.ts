import { expect, test } from 'vitest'
import type { Fill, Report } from '../../events/report.ts'
import type { Token } from '../../money/token.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { OrderRecorder } from './order-recorder.ts'

const token = (symbol: string, decimals: number): Token => ({
  cluster: 'localnet',
  mint: `mint of ${symbol}`,
  symbol,
  decimals,
  program: 'spl-token',
})
const USDC = token('USDC', 6)
const SOL = token('SOL', 9)
const AT = Date.parse('2024-01-01T00:00:00Z')

const fill: Fill = {
  orderId: 'a',
  key: 'first',
  venue: 'jupiter',
  signature: 'sig',
  slot: 7,
  at: AT + 400,
  input: { token: USDC, units: 10_000_000n },
  output: { token: SOL, units: 66_000_000n },
  quotedOutput: { token: SOL, units: 66_100_000n },
  minimumOutput: { token: SOL, units: 65_000_000n },
  fees: { base_lamports: 5_000n, priority_lamports: 260n, tip_lamports: 0n, rent_lamports: 2_039_280n },
  computeUnits: 40_000,
  slippageBps: 15.12,
}

const base = (orderId: string): Omit<Extract<Report, { state: 'accepted' }>, 'state'> => ({
  kind: 'report',
  at: AT,
  orderId,
  key: `key of ${orderId}`,
  node: 'plan',
  input: USDC,
  output: SOL,
})

function recorder(): { recorder: OrderRecorder; pass: (duration_ms: number) => void } {
  let wall = 0
  return {
    recorder: new OrderRecorder({ wall_ms: () => wall }),
    pass: duration_ms => {
      wall += duration_ms
    },
  }
}

test('an order is followed from the journal to its fill, and its costs are summed without the deposit', () => {
  const { recorder: orders, pass } = recorder()
  orders.see({ ...base('a'), state: 'accepted' })
  orders.see({ ...base('a'), state: 'sent', signature: 'sig', attempt: 1 })
  pass(25)
  orders.see({ ...base('a'), state: 'filled', fill, recovered: false })
  expect(orders.summary()).toMatchObject({
    counts: { orders: 1, sent: 1, filled: 1, failed: 0 },
    orders: [{ id: 'a', state: 'filled', signature: 'sig' }],
    fills: [
      {
        orderId: 'a',
        time: '2024-01-01T00:00:00.400Z',
        input: { amount: '10000000', symbol: 'USDC' },
        recovered: false,
      },
    ],
    costs: { total_lamports: '5260', rent_lamports: '2039280' },
    left: [],
  })
  expect(orders.latencies()).toEqual({ count: 1, p50: 25, p90: 25, p99: 25, max: 25 })
})

test('of an order in parts every part that landed is paid for, also when the rest is left; the whole takes their place', () => {
  const { recorder: orders } = recorder()
  const parts = ['one', 'two'].map(signature => ({ ...fill, signature }))
  const left = { token: USDC, units: 5n }
  const heard = (part: Fill): Report => ({ ...base('a'), state: 'partly-filled', fill: part, left })
  orders.see(heard(parts[0]!))
  orders.see(heard(parts[0]!))
  expect(orders.progress(AT)).toContain('0 orders done, 1 on the way')
  orders.see(heard(parts[1]!))
  const summary = orders.summary()
  expect(summary).toMatchObject({
    counts: { orders: 1, filled: 0 },
    orders: [{ state: 'partly-filled', signature: 'two' }],
    fills: [{ signature: 'two', input: { amount: '20000000' }, parts: [{ signature: 'one' }, { signature: 'two' }] }],
    costs: { base_lamports: '10000' },
    left: ['a'],
  })
  const reason = { code: 'ORDER_PARTLY_FILLED', message: '5 units were not traded' }
  orders.see({ ...base('a'), state: 'filled', fill, recovered: false, reason })
  expect(orders.summary()).toMatchObject({
    counts: { filled: 1 },
    orders: [{ state: 'filled', reason }],
    fills: [{ signature: fill.signature }],
    left: [],
  })
})

test('what is heard twice, or after the end, counts once', () => {
  const { recorder: orders } = recorder()
  const filled: Report = { ...base('a'), state: 'filled', fill, recovered: true }
  orders.see(filled)
  orders.see(filled)
  orders.see({ ...base('a'), state: 'accepted' })
  expect(orders.summary().counts).toMatchObject({ orders: 1, filled: 1 })
  expect(orders.summary().fills).toHaveLength(1)
})

test('an order without an end is left, and progress says that it is on the way', () => {
  const { recorder: orders } = recorder()
  orders.see({ ...base('a'), state: 'filled', fill, recovered: false })
  orders.see({ ...base('b'), state: 'accepted' })
  expect(orders.summary().left).toEqual(['b'])
  expect(orders.progress(AT)).toBe('2024-01-01 00:00:00  1 order done, 1 on the way')
})

test('a transaction that landed and failed is a cost of the run and of its strategy, heard of once or twice', () => {
  const { recorder: orders } = recorder()
  const fees = { base_lamports: 5_000n, priority_lamports: 1_000n, tip_lamports: 0n, rent_lamports: 0n }
  const failedLandings = [{ signature: 'lost', slot: 8, at: AT, fees }]
  const reason = { code: 'SLIPPAGE_EXCEEDED', message: 'the price moved' }
  orders.see({ ...base('a'), state: 'accepted' })
  // It waits for its trigger again, and is filled then.
  orders.see({ ...base('a'), state: 'armed', waitsFor: 'the price', failedLandings })
  orders.see({ ...base('a'), state: 'filled', fill, recovered: false, failedLandings })
  orders.see({ ...base('b'), state: 'accepted' })
  orders.see({ ...base('b'), state: 'failed', reason, failedLandings: [{ ...failedLandings[0]!, signature: 'too' }] })
  expect(orders.summary()).toMatchObject({
    costs: { base_lamports: '15000', failed_lamports: '12000', total_lamports: '17260' },
    failedLandings: [
      { orderId: 'a', node: 'plan', signature: 'lost', slot: 8, fees: { priority_lamports: '1000' } },
      { orderId: 'b', signature: 'too' },
    ],
    // SOL is told apart by its mint, which this token has not.
    strategies: [{ node: 'plan', trades: 1, unvaluedFees_lamports: '17260' }],
  })
})

test('what failed on the chain in an earlier run is a cost of that run, and what failed since is one of this', () => {
  const { recorder: orders } = recorder()
  const fees = { base_lamports: 5_000n, priority_lamports: 1_000n, tip_lamports: 0n, rent_lamports: 0n }
  const [before, now] = ['before', 'now'].map(signature => ({ signature, slot: 8, at: AT, fees }))
  const earlier = { attempts: [{ failed: before }, {}] } as unknown as OrderRecord
  orders.recall([earlier])
  const waits = { ...base('a'), state: 'armed', waitsFor: 'the price' } as const
  orders.see({ ...waits, failedLandings: [before!] })
  expect(orders.summary().costs.total_lamports).toBe('0')
  orders.see({ ...waits, failedLandings: [before!, now!] })
  const { costs, failedLandings } = orders.summary()
  expect(costs).toMatchObject({ total_lamports: '6000', failed_lamports: '6000' })
  expect(failedLandings?.map(({ signature }) => signature)).toEqual(['now'])
})

test('a dry run has its would-be costs and no fill', () => {
  const { recorder: orders } = recorder()
  orders.see({ ...base('a'), state: 'simulated', fill })
  expect(orders.summary()).toMatchObject({
    counts: { filled: 0, simulated: 1, sent: 0 },
    fills: [],
    costs: { total_lamports: '5260' },
  })
})

test('an order that others were made of is listed, and counted by these', () => {
  const { recorder: orders } = recorder()
  const part = (key: string): ReturnType<typeof base> => ({ ...base(key), key })
  orders.see({ ...part('a'), state: 'armed', waitsFor: 'its parts' })
  orders.see({ ...part('a/stop'), state: 'armed', waitsFor: 'a price' })
  orders.see({ ...part('a/target'), state: 'filled', fill, recovered: false })
  orders.see({ ...part('a/stop'), state: 'skipped', reason: { code: 'ORDER_CANCELLED', message: 'the other traded' } })
  orders.see({ ...part('a'), state: 'filled', fill, recovered: false, isSum: true })
  const { counts, fills, left, orders: listed } = orders.summary()
  expect(counts).toMatchObject({ orders: 2, filled: 1, skipped: 1 })
  expect(fills).toHaveLength(1)
  expect(left).toEqual([])
  expect(listed.map(({ key, state, isWhole }) => `${key} ${state}${isWhole ? ', a whole' : ''}`)).toEqual([
    'a filled, a whole',
    'a/stop skipped',
    'a/target filled',
  ])
})
