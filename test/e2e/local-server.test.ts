import { join } from 'node:path'
import { Connection, PublicKey } from '@solana/web3.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ServerDocument } from '../../core/app/commands/local-server.ts'
import { newHome, type Started, sniperforge, start } from './command.ts'

const home = newHome()
let server: Started
let listening: ServerDocument

beforeAll(async () => {
  server = start(home.path, ['localnet', 'start', '--port', '0', '--json'])
  await server.says('"wallet"')
  listening = JSON.parse(server.stdout()) as ServerDocument
})
afterAll(async () => {
  server.kill('SIGTERM')
  expect((await server.ended).code).toBe(0)
  home.remove()
})

test('its wallet can be looked at and given SOL', async () => {
  const held = async (): Promise<bigint> => {
    const { stdout } = await sniperforge(home.path, ['wallet', 'show', '--rpc-url', listening.rpcUrl, '--json'])
    return BigInt((JSON.parse(stdout) as { sol_lamports: string }).sol_lamports)
  }
  const before = await held()
  expect((await sniperforge(home.path, ['wallet', 'airdrop', '2.5', '--rpc-url', listening.rpcUrl])).code).toBe(0)
  expect((await held()) - before).toBe(2_500_000_000n)
})

test('accounts and programs are cloned from one server into another', async () => {
  const folder = join(home.path, 'cloned')
  const { code, stdout } = await sniperforge(home.path, [
    'localnet',
    'clone',
    listening.wallet,
    '--from',
    listening.rpcUrl,
    '--to',
    folder,
  ])
  expect(code).toBe(0)
  expect(stdout).toContain(`${listening.wallet}.json`)
  const other = start(home.path, ['localnet', 'start', '--port', '0', '--seed', '9', '--load', folder, '--json'])
  await other.says('"wallet"')
  const there = JSON.parse(other.stdout()) as ServerDocument
  const balanceAt = ({ rpcUrl }: ServerDocument): Promise<number> =>
    new Connection(rpcUrl, 'confirmed').getBalance(new PublicKey(listening.wallet))
  const [original, copy] = [await balanceAt(listening), await balanceAt(there)]
  other.kill('SIGTERM')
  await other.ended
  expect(copy).toBe(original)
})
