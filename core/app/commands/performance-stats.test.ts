import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emptyEnvironment } from '../../../test/empty-environment.ts'
import { plainAttempt } from '../../../test/plain-attempt.ts'
import { isForgeError } from '../../errors/forge-error.ts'
import type { Fill, Report } from '../../events/report.ts'
import type { Amount } from '../../money/amount.ts'
import { SOL_MINT, type Token } from '../../money/token.ts'
import { openStore } from '../../store/store.ts'
import { seededRandom } from '../../time/random.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { performanceStats } from './performance-stats.ts'

const token = (symbol: string, decimals: number, mint = `${symbol}-mint`): Token => ({
  cluster: 'localnet',
  mint,
  symbol,
  decimals,
  program: 'spl-token',
})
const SOL = token('SOL', 9, SOL_MINT)
const USDC = token('USDC', 6)
const BONK = token('BONK', 5)
const T0 = Date.UTC(2024, 0, 1)
const DAY = 86_400_000

const sol = (whole: number): Amount => ({ token: SOL, units: BigInt(Math.round(whole * 1e9)) })
const usdc = (whole: number): Amount => ({ token: USDC, units: BigInt(Math.round(whole * 1e6)) })

let orders = 0
function filled(node: string, at: number, input: Amount, output: Amount): Extract<Report, { state: 'filled' }> {
  const orderId = `order-${++orders}`
  const fill: Fill = {
    orderId,
    key: orderId,
    venue: 'jupiter',
    signature: `signature-${orderId}`,
    slot: 1,
    at,
    input,
    output,
    quotedOutput: output,
    minimumOutput: output,
    fees: { base_lamports: 5_000n, priority_lamports: 1_000n, tip_lamports: 0n, rent_lamports: 2_039_280n },
    computeUnits: 1,
    slippageBps: 0,
  }
  const base = { kind: 'report', at, orderId, key: orderId, node, input: input.token, output: output.token } as const
  return { ...base, state: 'filled', fill, recovered: false }
}

const directory = mkdtempSync(join(tmpdir(), 'performance-'))
const where = { dataDirectory: directory, cluster: 'localnet', environment: emptyEnvironment(directory) }
const NOTHING = { pipeline: undefined, prices: [] }

const DEPLOYMENT = {
  genesisHash: 'genesis',
  wallet: 'wallet',
  nodes: ['grid', 'momentum', 'plan'],
  fingerprint: 'f',
  onChange: 'refuse',
  now: T0,
} as const

beforeAll(() => {
  const store = openStore({
    dataDir: directory,
    clock: createRealClock(),
    random: seededRandom('p'),
  })
  const record = (pipeline: string, reports: readonly Report[]): void => {
    const deployment = store.deploy({ ...DEPLOYMENT, pipeline })
    for (const report of reports) deployment.history.record(report)
    deployment.flush()
  }
  const first = filled('grid', T0, usdc(100), sol(1))
  const part = filled('grid', T0 + DAY, usdc(30), sol(0.3))
  const { state: _, recovered: __, ...partBase } = part
  record('strategies', [
    first,
    // Taken up again after a restart: the same order.
    { ...first, recovered: true },
    filled('grid', T0 + DAY, sol(0.5), usdc(60)),
    // A part landed, and the rest never did.
    { ...partBase, state: 'partly-filled', left: usdc(70) },
    filled('momentum', T0 + 2 * DAY, usdc(200), sol(2)),
    filled('momentum', T0 + 3 * DAY, { token: USDC, units: 5_000_000n }, { token: BONK, units: 10_000_000n }),
  ])
  record('other', [filled('plan', T0, usdc(50), sol(0.5))])
  record('unlucky', [])
  const { journal } = store.deploy({ ...DEPLOYMENT, pipeline: 'unlucky' })
  const { order } = journal.take(
    {
      kind: 'intent',
      at: T0,
      key: 'k',
      node: 'plan',
      input: USDC,
      output: SOL,
      amount: usdc(10),
      exact: 'in',
      reason: 'a test',
    },
    T0,
  )
  const signature = 'lost'
  journal.attempt(plainAttempt({ orderId: order.id, signature, createdAt: T0 }))
  const fees = { base_lamports: 5_000n, priority_lamports: 3_000n, tip_lamports: 0n, rent_lamports: 0n }
  const failed = { signature, slot: 1, at: T0, fees }
  journal.move(order.id, 'failed', { now: T0, cause: 'it failed', reason: { code: 'X', message: 'x' }, failed })
  store.close()
})
afterAll(() => rmSync(directory, { recursive: true }))

interface Told {
  readonly accounts: readonly {
    readonly pipeline: string
    readonly strategies: readonly Record<string, unknown>[]
    readonly totals: readonly Record<string, unknown>[]
  }[]
}

test('each strategy tells its own position and profit, an order once, a part that landed as far as it did', async () => {
  const { document } = (await performanceStats(where, { ...NOTHING, pipeline: 'strategies' })) as { document: object }
  const { accounts } = document as Told
  expect(accounts).toHaveLength(1)
  const [grid, momentum, bonk] = accounts[0]!.strategies
  expect(grid).toMatchObject({
    node: 'grid',
    trades: 3,
    bought: { base: '1300000000', quote: '130000000' },
    sold: { base: '500000000', quote: '60000000' },
    held: '800000000',
    realised: { average: '10000000', fifo: '10000000' },
    price: '100',
    unrealised: { average: '0', fifo: '0' },
  })
  expect(momentum).toMatchObject({ node: 'momentum', trades: 1, held: '2000000000' })
  // 6,000 lamports of three trades at 100, 120 and 100 USDC, each rounded up
  expect(grid!['fees']).toBe('1920')
  expect(bonk).toMatchObject({ node: 'momentum', fees: '0', unvaluedFees_lamports: '6000' })
})

test('what is held is worth the price given, by the pair it is for', async () => {
  const { document } = await performanceStats(where, { pipeline: undefined, prices: ['sol/usdc=150'] })
  const grid = (document as Told).accounts.find(({ pipeline }) => pipeline === 'strategies')!.strategies[0]!
  expect(grid).toMatchObject({ price: '150', value: '120000000', unrealised: { average: '40000000' } })
})

test('a price of a pair that was not traded is refused with those that were', async () => {
  try {
    await performanceStats(where, { pipeline: undefined, prices: ['JUP/USDC=1'] })
    expect.unreachable()
  } catch (thrown) {
    if (!isForgeError(thrown, 'FLAG_INVALID')) throw thrown
    expect(thrown.remedy).toContain('SOL/USDC, BONK/USDC')
  }
  const below = performanceStats(where, { pipeline: undefined, prices: ['SOL/USDC=-1'] })
  await expect(below).rejects.toThrow(/is not a price/)
})

test('what was paid for transactions that failed is told of a pipeline that has traded nothing else', async () => {
  const { text, document } = await performanceStats(where, { ...NOTHING, pipeline: 'unlucky' })
  const [account] = (document as Told).accounts
  expect(account?.strategies).toMatchObject([{ node: 'plan', trades: 0, fees: '0', unvaluedFees_lamports: '8000' }])
  expect(text).toContain('0.000008 SOL of fees that have no value in USDC')
})

test('people read a table, and why a figure is not there', async () => {
  const { text } = await performanceStats(where, NOTHING)
  expect(text).toContain('strategies, wallet wallet, 2024-01-01 to 2024-01-04')
  expect(text).toMatch(/^grid +SOL\/USDC +3 +130\.00 +60\.00 +0\.8000 SOL +100 +\+10\.00 +0\.00 +0\.0019 +\+10\.00$/m)
  expect(text).toContain('N/A: 3 days, 14 are needed')
  expect(text).toContain('0.000006 SOL of fees that have no value in USDC')
  expect((await performanceStats(where, { ...NOTHING, pipeline: 'none' })).text).toContain('Nothing was traded yet')
})
