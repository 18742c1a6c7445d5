import { join } from 'node:path'
import { Connection } from '@solana/web3.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../../core/time/random.ts'
import { createRealClock } from '../../core/time/real-clock.ts'
import { newHome, sniperforge, start } from './command.ts'
import { type ForeignRpc, foreignRpc } from './foreign-rpc.ts'
import { journalOnDisk } from './journal-on-disk.ts'
import { type ServedLocalnet, serveLocalnet } from './served-localnet.ts'
import { walletOnChain } from './wallet-on-chain.ts'

const KILLS = 12
const LIFE_MS_MAX = 6_000
const real = createRealClock()
const home = newHome()
let server: ServedLocalnet
let rpc: ForeignRpc
beforeAll(async () => {
  server = await serveLocalnet(home.path)
  rpc = await foreignRpc(server.rpcUrl)
})
afterAll(async () => {
  await rpc.close()
  await server.stop()
  home.remove()
})

test('killed again and again while the chain runs on, it buys nothing twice and forgets nothing', async () => {
  const random = seededRandom('kill remote')
  const dataDir = join(home.path, 'data')
  const calendar = ['--set', 'interval=3s', '--set', 'slots=24', '--rpc-url', rpc.url, '--data-dir', dataDir]
  const args = ['strategy-run', '--type', 'dca', '--config', 'dca.json', ...calendar]
  let killed = 0
  for (let life = 0; life < KILLS; life++) {
    const run = start(home.path, args)
    await real.sleep(random.next() * LIFE_MS_MAX)
    run.kill('SIGKILL')
    if ((await run.ended).signal === 'SIGKILL') killed++
  }
  const last = await sniperforge(home.path, args)
  expect({ code: last.code, stderr: last.stderr }).toEqual({ code: 0, stderr: '' })
  expect(killed).toBeGreaterThan(KILLS / 2)

  const journal = journalOnDisk(dataDir)
  expect(journal).toHaveLength(24)
  expect(new Set(journal.map(order => order.key)).size).toBe(24)
  // What a dead process could not finish before the next slot may expire; it is never made up for by another.
  expect(journal.filter(order => order.state !== 'confirmed' && order.state !== 'expired')).toEqual([])
  const { transactions } = await walletOnChain(new Connection(server.rpcUrl, 'confirmed'), server.wallet)
  const filledBy = journal.filter(order => order.state === 'confirmed').map(order => order.filledBy)
  expect(transactions.map(({ signature }) => signature).sort()).toEqual(filledBy.sort())
  expect(filledBy.length).toBeGreaterThan(12)
})
