import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Connection } from '@solana/web3.js'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { newHome, ROOT, sniperforge } from './command.ts'
import { type ForeignRpc, foreignRpc } from './foreign-rpc.ts'
import { DCA, expectFillsToBeTheChange, lamportsChange, runDocument, tokenChange } from './run-figures.ts'
import { type ServedLocalnet, serveLocalnet } from './served-localnet.ts'
import { walletOnChain } from './wallet-on-chain.ts'

/** Real candles where they are at hand, else the seeded walk: the same world on both sides. */
const CANDLES = '../shared/data/sol-usdt-5m-2024.csv'
const WORLD = existsSync(join(ROOT, CANDLES))
  ? { args: ['--market', CANDLES], start_ms: Date.parse('2024-01-01T00:00:00Z') }
  : { args: [], start_ms: Date.parse('2025-01-01T00:00:00Z') }
const HOUR_MS = 3_600_000

const home = newHome()
let server: ServedLocalnet
beforeEach(async () => {
  server = await serveLocalnet(home.path, WORLD.args)
})
afterEach(async () => {
  expect((await server.stop()).code).toBe(0)
})
afterAll(() => home.remove())

describe('a local server started apart', () => {
  const remote = (): string[] => [...DCA, '--rpc-url', server.rpcUrl]

  test('has its time driven: twelve hourly purchases take seconds, and the chain has them all', async () => {
    const run = await runDocument(home.path, remote())
    expect(run.counts).toMatchObject({ orders: 12, sent: 12, filled: 12, failed: 0 })
    expect(run.timing.wall_ms).toBeLessThan(60_000)
    expect(Date.parse(run.finished) - Date.parse(run.started)).toBeGreaterThanOrEqual(11 * HOUR_MS)
    expectFillsToBeTheChange(run)
    const chain = await walletOnChain(new Connection(server.rpcUrl, 'confirmed'), run.wallet)
    expect(chain.transactions.map(({ signature, succeeded }) => ({ signature, succeeded }))).toEqual(
      run.fills.map(({ signature }) => ({ signature, succeeded: true })),
    )
    expect(chain.lamports).toBe(BigInt(run.portfolio.after.sol_lamports))
  }, 120_000)

  test('gives the very amounts of the embedded chain for the same slots', async () => {
    // Its time runs between its start and ours: a calendar that begins with the run would begin a little later there.
    const start = new Date(WORLD.start_ms + HOUR_MS).toISOString()
    const calendar = ['--set', `start=${start}`]
    const served = await runDocument(home.path, [...remote(), ...calendar])
    const embedded = await runDocument(home.path, [...DCA, ...WORLD.args, ...calendar])
    const what = ({ fills }: RunDocument): object[] =>
      fills.map(({ key, input, output, quotedOutput, fees }) => ({ key, input, output, quotedOutput, fees }))
    expect(served.genesis).toBe(embedded.genesis)
    expect(embedded.fills).toHaveLength(12)
    expect(what(served)).toEqual(what(embedded))
    expect(served.portfolio.after.sol_lamports).toBe(embedded.portfolio.after.sol_lamports)
  }, 120_000)

  test('sees nothing of a dry run but questions', async () => {
    const connection = new Connection(server.rpcUrl, 'confirmed')
    const before = await walletOnChain(connection, server.wallet)
    const run = await runDocument(home.path, [...remote(), '--dry-run'])
    expect(run.counts).toMatchObject({ orders: 12, sent: 0, filled: 0, simulated: 12 })
    expect([lamportsChange(run), tokenChange(run, 'USDC')]).toEqual([0n, 0n])
    expect(run.simulated.every(({ output }) => BigInt(output.amount) > 0n)).toBe(true)
    expect(await walletOnChain(connection, server.wallet)).toEqual(before)
  }, 120_000)
})

describe("somebody else's RPC", () => {
  let rpc: ForeignRpc
  const remote = (): string[] => [...DCA, '--set', 'interval=2s', '--set', 'slots=3', '--rpc-url', rpc.url]
  beforeEach(async () => {
    rpc = await foreignRpc(server.rpcUrl)
  })
  afterEach(() => rpc.close())

  test('keeps its own time: three purchases two seconds apart take as long', async () => {
    const run = await runDocument(home.path, remote())
    expect(run.counts).toMatchObject({ orders: 3, sent: 3, filled: 3 })
    expect(run.timing.wall_ms).toBeGreaterThan(4_000)
    expect(Math.abs(Date.parse(run.finished) - Date.now())).toBeLessThan(30_000)
    const slots = run.fills.map(fill => Date.parse(fill.key))
    expect([slots[1]! - slots[0]!, slots[2]! - slots[1]!]).toEqual([2_000, 2_000])
    expectFillsToBeTheChange(run)
    expect(rpc.calls('sniperforge_clock')).toBe(1)
    expect(rpc.calls('sendTransaction')).toBeGreaterThanOrEqual(3)
  }, 120_000)

  test('sees no transaction of a dry run', async () => {
    const run = await runDocument(home.path, [...remote(), '--dry-run'])
    expect(run.counts).toMatchObject({ orders: 3, sent: 0, simulated: 3 })
    expect([lamportsChange(run), tokenChange(run, 'USDC')]).toEqual([0n, 0n])
    expect(rpc.calls('sendTransaction')).toBe(0)
  }, 120_000)

  test.each(['max', '10'])('refuses --speed %s, because its time is not ours', async speed => {
    const { code, stdout, stderr } = await sniperforge(home.path, [...remote(), '--speed', speed])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('error[SPEED_REFUSED]')
    expect(rpc.calls('sendTransaction')).toBe(0)
  })
})
