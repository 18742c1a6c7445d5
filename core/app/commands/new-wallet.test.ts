import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newWallet } from './new-wallet.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wallet-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('a new wallet makes the folders that lead to it', async () => {
  const file = join(root, 'keys', 'deep', 'w.json')
  await newWallet(file, { phrase: false })
  expect(existsSync(file)).toBe(true)
})

test.each([
  ['below /proc, where no folder can be made', () => '/proc/sniperforge/w.json'],
  [
    'below a file',
    () => {
      writeFileSync(join(root, 'file'), '')
      return join(root, 'file', 'w.json')
    },
  ],
])('a new wallet %s is refused with its path', async (_where, pathOf) => {
  const file = pathOf()
  await expect(newWallet(file, { phrase: false })).rejects.toMatchObject({
    code: 'WALLET_FILE_INVALID',
    message: expect.stringContaining(file),
  })
})
