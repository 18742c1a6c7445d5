import { chmodSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { newHome, sniperforge } from './command.ts'

const home = newHome()
afterAll(() => home.remove())

const ONCE = ['strategy-run', '--type', 'dca', '--config', 'dca.json', '--set', 'slots=1', '--json']

async function newWallet(name: string, ...args: string[]): Promise<{ file: string; address: string; phrase?: string }> {
  const file = join(home.path, name)
  const { code, stdout } = await sniperforge(home.path, ['wallet', 'new', file, '--json', ...args])
  expect(code).toBe(0)
  return JSON.parse(stdout) as { file: string; address: string; phrase?: string }
}

test('a new wallet is for its owner alone, is funded on localnet, and is never overwritten', async () => {
  const wallet = await newWallet('mine.json')
  expect(statSync(wallet.file).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(wallet.file, 'utf8'))).toHaveLength(64)
  const run = await sniperforge(home.path, [...ONCE, '--wallet', wallet.file])
  expect(JSON.parse(run.stdout)).toMatchObject({ wallet: wallet.address, counts: { filled: 1 } })
  const again = await sniperforge(home.path, ['wallet', 'new', wallet.file])
  expect(again.code).toBe(1)
  expect(again.stderr).toContain('WALLET_FILE_EXISTS')
}, 60_000)

test('a wallet file that others may read is refused unless told', async () => {
  const { file, address } = await newWallet('open.json')
  chmodSync(file, 0o644)
  const refused = await sniperforge(home.path, [...ONCE, '--wallet', file])
  expect(refused.code).toBe(78)
  expect(refused.stdout).toContain('WALLET_FILE_EXPOSED')
  const told = await sniperforge(home.path, [...ONCE, '--wallet', file, '--exposed-wallet'])
  expect(JSON.parse(told.stdout)).toMatchObject({ wallet: address })
}, 60_000)

test('a secret comes from the environment or from standard input, and stays out of what is printed', async () => {
  const { address, phrase } = await newWallet('phrase.json', '--phrase')
  expect(phrase?.split(' ')).toHaveLength(24)
  const fromEnvironment = await sniperforge(home.path, ONCE, { env: { SNIPERFORGE_WALLET_SECRET: phrase! } })
  expect(JSON.parse(fromEnvironment.stdout)).toMatchObject({ wallet: address })
  const fromInput = await sniperforge(home.path, [...ONCE, '--wallet', '-'], { input: `${phrase}\n` })
  expect(JSON.parse(fromInput.stdout)).toMatchObject({ wallet: address })
  for (const { stdout, stderr } of [fromEnvironment, fromInput]) expect(stdout + stderr).not.toContain(phrase)
  const wrong = await sniperforge(home.path, ONCE, { env: { SNIPERFORGE_WALLET_SECRET: 'open sesame please' } })
  expect(wrong.code).toBe(78)
  expect(wrong.stdout).toContain('WALLET_SECRET_INVALID')
  expect(wrong.stdout).not.toContain('sesame')
}, 60_000)
