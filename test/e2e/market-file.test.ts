import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Connection } from '@solana/web3.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { newHome, ROOT } from './command.ts'
import { DCA, expectFillsToBeTheChange, repeatable, runDocument, sum } from './run-figures.ts'
import { serveLocalnet } from './served-localnet.ts'
import { type WalletOnChain, walletOnChain } from './wallet-on-chain.ts'

/** Real five-minute candles; they lie beside the repository and are no part of it. */
const MARKET = '../shared/data/sol-usdt-5m-2024.csv'
const CANDLE_MS = 300_000
const HOUR_MS = 3_600_000
const START_MS = Date.parse('2024-01-01T00:00:00Z')
/** The cheapest pool's fee; ten dollars in it have no impact to speak of. */
const FEE_BPS = 4
/** The market maker leaves a pool alone that is nearer than this to its price. */
const TOLERANCE_BPS = 0.1
const ROUNDING_BPS = 0.01

const isHere = existsSync(join(ROOT, MARKET))
const title = isHere ? 'twelve purchases along a year of real candles' : `skipped: there is no ${MARKET}`

describe.skipIf(!isHere)(title, () => {
  const home = newHome()
  const dataDir = join(home.path, 'data')
  const args = [...DCA, '--market', MARKET]
  let run: RunDocument
  let chain: WalletOnChain

  beforeAll(async () => {
    run = await runDocument(home.path, [...args, '--data-dir', dataDir])
    const server = await serveLocalnet(home.path, ['--market', MARKET, '--data-dir', dataDir])
    try {
      expect({ genesis: server.genesis, wallet: server.wallet }).toEqual({ genesis: run.genesis, wallet: run.wallet })
      chain = await walletOnChain(new Connection(server.rpcUrl, 'confirmed'), run.wallet)
    } finally {
      expect((await server.stop()).code).toBe(0)
    }
  }, 60_000)
  afterAll(() => home.remove())

  test('happen once an hour, each by a transaction of its own', () => {
    expect(run.counts).toEqual({
      orders: 12,
      sent: 12,
      filled: 12,
      simulated: 0,
      skipped: 0,
      failed: 0,
      expired: 0,
      unresolved: 0,
    })
    expect({ ended: run.ended, left: run.left, fills: run.fills.length }).toEqual({
      ended: 'completed',
      left: [],
      fills: 12,
    })
    expect(run.fills.map(fill => Date.parse(fill.key))).toEqual(
      Array.from({ length: 12 }, (_, slot) => START_MS + slot * HOUR_MS),
    )
    expect(new Set(run.fills.map(fill => fill.signature)).size).toBe(12)
    expect(run.fills.every(fill => fill.input.amount === '10000000' && fill.input.symbol === 'USDC')).toBe(true)
  })

  test("are the chain's balance changes, to the unit", () => {
    expectFillsToBeTheChange(run)
    expect(sum(run.fills.map(fill => fill.input.amount))).toBe(120_000_000n)
  })

  test('are what the kept chain says when a server is started on it and another client asks', () => {
    expect(chain.transactions.map(({ signature, slot, succeeded }) => ({ signature, slot, succeeded }))).toEqual(
      run.fills.map(({ signature, slot }) => ({ signature, slot, succeeded: true })),
    )
    for (const [index, fill] of run.fills.entries()) {
      const { lamports, fee_lamports, tokens } = chain.transactions[index]!
      expect(-(tokens.get(fill.input.mint) ?? 0n)).toBe(BigInt(fill.input.amount))
      expect(lamports + fee_lamports + BigInt(fill.fees.rent_lamports)).toBe(BigInt(fill.output.amount))
      expect(fee_lamports).toBe(BigInt(fill.fees.base_lamports) + BigInt(fill.fees.priority_lamports))
    }
    expect(chain.lamports).toBe(BigInt(run.portfolio.after.sol_lamports))
    expect(Object.fromEntries(chain.tokens)).toEqual(
      Object.fromEntries(run.portfolio.after.tokens.map(({ mint, amount }) => [mint, BigInt(amount)])),
    )
  })

  test("cost the file's close of that hour, but for the pool's fee and impact", () => {
    const candles = readFileSync(join(ROOT, MARKET), 'utf8').split(/\r?\n/, 400).slice(1)
    const column = (row: string, index: number): number => Number(row.split(',')[index])
    const closes = new Map(candles.map(row => [Date.parse(row.split(',')[0] ?? '') + CANDLE_MS, column(row, 4)]))
    closes.set(START_MS, column(candles[0]!, 1))
    for (const fill of run.fills) {
      const close = closes.get(Date.parse(fill.key))!
      const paid = (Number(fill.input.amount) / 1e6 / Number(fill.output.amount)) * 1e9
      const above_bps = (paid / close - 1) * 10_000
      expect(above_bps).toBeGreaterThanOrEqual(FEE_BPS - TOLERANCE_BPS - ROUNDING_BPS)
      expect(above_bps).toBeLessThanOrEqual(FEE_BPS + TOLERANCE_BPS + (fill.priceImpactBps ?? 0) + ROUNDING_BPS)
    }
  })

  test('come out the same another time, but for timing and directory', async () => {
    expect(repeatable(await runDocument(home.path, args))).toEqual(repeatable(run))
  }, 60_000)
})
