import { join } from 'node:path'
import { Connection } from '@solana/web3.js'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { createRealClock } from '../../core/time/real-clock.ts'
import { newHome, sniperforge, start } from './command.ts'
import { type ForeignRpc, foreignRpc } from './foreign-rpc.ts'
import { journalOnDisk } from './journal-on-disk.ts'
import { walletInKeptChain } from './kept-chain.ts'
import { type ServedLocalnet, serveLocalnet } from './served-localnet.ts'
import { type WalletOnChain, walletOnChain } from './wallet-on-chain.ts'

const DCA = ['strategy-run', '--type', 'dca', '--config', 'dca.json']
/** As long as a lease outlives its last renewal, and a little. */
const BEYOND_LEASE_MS = 17_000
const real = createRealClock()
const home = newHome()
afterAll(() => home.remove())

/** Every order of the journal was bought once, by the transaction the journal names, and nothing else was bought. */
function expectEachOnce(dataDir: string, chain: WalletOnChain, purchases: number): void {
  const journal = journalOnDisk(dataDir)
  expect(journal).toHaveLength(purchases)
  expect(new Set(journal.map(order => order.key)).size).toBe(purchases)
  expect(journal.every(order => order.state === 'confirmed')).toBe(true)
  // Several are under way at once: in which order they land within a slot is nobody's to say.
  expect(chain.transactions.map(({ signature }) => signature).toSorted()).toEqual(
    journal.map(({ filledBy }) => filledBy).toSorted(),
  )
  expect(chain.transactions.every(({ succeeded }) => succeeded)).toBe(true)
}

/** What was bought is what the journal says was, and nothing else; what was not has ended and has its reason. */
function expectNothingTwice(dataDir: string, chain: WalletOnChain, keys: number): { bought: number; missed: number } {
  const journal = journalOnDisk(dataDir)
  expect(new Set(journal.map(order => order.key)).size).toBe(journal.length)
  expect(journal).toHaveLength(keys)
  const confirmed = journal.filter(order => order.state === 'confirmed')
  const succeeded = chain.transactions.filter(transaction => transaction.succeeded)
  expect(succeeded.map(({ signature }) => signature).toSorted()).toEqual(
    confirmed.map(({ filledBy }) => filledBy).toSorted(),
  )
  const missed = journal.filter(order => ['failed', 'expired', 'cancelled'].includes(order.state))
  return { bought: confirmed.length, missed: missed.length }
}

describe('two processes on one directory with the embedded chain', () => {
  test('one trades, the other says why not; after the first is killed the other goes on', async () => {
    const dataDir = join(home.path, 'embedded')
    const first = start(home.path, [...DCA, '--speed', '3600', '--data-dir', dataDir])
    await first.says('2025-01-01T01:00:00.000Z')
    const second = await sniperforge(home.path, [...DCA, '--data-dir', dataDir, '--json'])
    const { error, exitCode } = JSON.parse(second.stdout) as { error: { code: string }; exitCode: number }
    expect(['LOCALNET_IN_USE', 'STORE_LEASED']).toContain(error.code)
    expect(second.code).toBe(exitCode)
    expect(second.code).not.toBe(0)
    first.kill('SIGKILL')
    const killed = await first.ended
    expect(killed.signal).toBe('SIGKILL')
    const made = killed.stdout.split('\n').filter(line => line.includes('  filled  ')).length
    expect(made).toBeGreaterThanOrEqual(2)
    const third = await sniperforge(home.path, [...DCA, '--data-dir', dataDir, '--json'])
    expect(third.code).toBe(0)
    const run = JSON.parse(third.stdout) as RunDocument
    expect(run.counts.filled).toBeLessThan(12)
    expectEachOnce(dataDir, await walletInKeptChain(dataDir, run.wallet), 12)
  })
})

describe('two processes on one directory with a chain that runs by itself', () => {
  let server: ServedLocalnet
  let rpc: ForeignRpc
  let args: string[]
  beforeEach(async () => {
    server = await serveLocalnet(home.path)
    rpc = await foreignRpc(server.rpcUrl)
    args = [...DCA, '--set', 'interval=2s', '--rpc-url', rpc.url]
  })
  afterEach(async () => {
    await rpc.close()
    await server.stop()
  })
  const onChain = (): Promise<WalletOnChain> => walletOnChain(new Connection(server.rpcUrl, 'confirmed'), server.wallet)

  test('the second names the process that has the directory, and takes over once that is killed', async () => {
    const dataDir = join(home.path, 'leased')
    const started = [...args, '--set', 'slots=8', '--data-dir', dataDir]
    const first = start(home.path, started)
    await first.says('  filled  ')
    const second = await sniperforge(home.path, started)
    expect(second.code).toBe(1)
    expect(second.stderr).toContain('error[STORE_LEASED]')
    expect(second.stderr).toContain(`process ${first.pid} `)
    expect(second.stderr).toContain('remedy')
    first.kill('SIGKILL')
    await first.ended
    const third = await sniperforge(home.path, started)
    expect({ code: third.code, stderr: third.stderr }).toEqual({ code: 0, stderr: '' })
    expectEachOnce(dataDir, await onChain(), 8)
  })

  test('a process that was stopped beyond its lease can send nothing when it goes on', async () => {
    const dataDir = join(home.path, 'stopped')
    const started = [...args, '--set', 'slots=20', '--data-dir', dataDir]
    const first = start(home.path, started)
    await first.says('  filled  ')
    first.kill('SIGSTOP')
    await real.sleep(BEYOND_LEASE_MS)
    // Only now: what it wrote before it was stopped may still have been on its way through the pipe.
    const before = first.stdout()
    const second = start(home.path, started)
    await second.says('  filled  ')
    first.kill('SIGCONT')
    const { code, stdout, stderr } = await first.ended
    expect(code).toBe(1)
    expect(stderr).toContain('error[STORE_LEASE_LOST]')
    expect(stderr).toContain(`process ${second.pid} `)
    const bought = (text: string): number => text.split('\n').filter(line => line.includes('  filled  ')).length
    expect(bought(stdout)).toBe(bought(before))
    // This chain's time waits for nobody: a slot may be missed on a busy machine, and is then told; none is bought twice.
    const { stdout: told } = await second.ended
    const { bought: confirmed, missed } = expectNothingTwice(dataDir, await onChain(), 20)
    expect(confirmed + missed).toBe(20)
    if (missed > 0) expect(told).toMatch(/ {2}(failed|expired|skipped) {2}/)
  })
})
