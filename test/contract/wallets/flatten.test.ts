import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { base58 } from '@scure/base'
import { afterAll, expect, it } from 'vitest'
import type { Asked } from '../../../core/app/commands/ask-holder.ts'
import { sellAll } from '../../../core/app/orders/panic.ts'
import { createKeypairFile } from '../../../core/chain/wallet/keypair-file.ts'
import { Wallet } from '../../../core/chain/wallet/wallet.ts'
import { optionsOf, runInProcess } from '../trading/run-in-process.ts'

/** All is sold while nothing runs: also what wallets hold that only a pipeline named. */

const folder = mkdtempSync(join(tmpdir(), 'flatten-'))
afterAll(() => rmSync(folder, { recursive: true }))

const keyFile = join(folder, 'file.json')
const SECRET = base58.encode(new Uint8Array(32).fill(9))
const PIPELINE = `pipeline: four
summary: Purchases in four wallets.
wallets:
  seeded: {}
  kept: {file: file.json}
  hidden: {secret: "\${secret.HIDDEN_KEY}"}
nodes:
  own:  {strategy: single, with: {spend: 10 USDC, into: SOL}}
  one:  {strategy: single, with: {spend: 20 USDC, into: SOL}}
  two:  {strategy: single, with: {spend: 30 USDC, into: SOL}}
  three: {strategy: single, with: {spend: 40 USDC, into: SOL}}
  swap:  {execution: jupiter, from: own}
  swap1: {execution: jupiter, from: one, wallet: seeded}
  swap2: {execution: jupiter, from: two, wallet: kept}
  swap3: {execution: jupiter, from: three, wallet: hidden}
  seen: {sink: console, from: [swap, swap1, swap2, swap3]}
`

const untouchedOf = ({ document }: Asked): unknown => (document as { readonly untouched?: unknown }).untouched

it('every wallet is sold whose key is where the run had it; of the others it is told what they hold, and the command', async () => {
  createKeypairFile(keyFile)
  const options = optionsOf(folder, 'four')
  const environment = { ...options.environment, variables: { HIDDEN_KEY: SECRET } }
  const run = await runInProcess(folder, { pipeline: PIPELINE, data: 'four', environment })
  expect(run.counts).toMatchObject({ filled: 4 })
  const addressOf = (name: string): string => run.wallets!.find(each => each.name === name)!.address
  expect(addressOf('hidden')).toBe(Wallet.fromSeed(new Uint8Array(32).fill(9)).publicKey)
  const stored = new DatabaseSync(join(folder, 'four', 'sniperforge.db')).prepare('SELECT place FROM key_places').all()
  expect(JSON.stringify(stored)).toContain('HIDDEN_KEY')
  expect(JSON.stringify(stored)).not.toContain(SECRET)

  // The variable is not set in this shell, and the file is another one.
  rmSync(keyFile)
  const before = await sellAll({ ...options, into: 'USDC' })
  expect(before.done).toBe(false)
  expect(untouchedOf(before)).toEqual([addressOf('kept'), addressOf('hidden')].sort())
  expect(before.text).toMatch(/^sold 100\.\d+ SOL for \d+\.\d+ USDC$/m)
  expect(before.text).toMatch(/^seeded: sold 100\.\d+ SOL for \d+\.\d+ USDC$/m)
  const command = `sniperforge panic --flatten --into USDC --wallet FILE --data-dir ${join(folder, 'four')}`
  const told = (name: string) => before.text.split('\n').find(line => line.startsWith(addressOf(name)))
  expect(told('hidden')).toMatch(/still holds 100\.\d+ SOL: the environment variable HIDDEN_KEY, .* is not set/)
  expect(told('kept')).toMatch(/still holds 100\.\d+ SOL: its key can not be read: /)
  for (const name of ['kept', 'hidden']) expect(told(name)).toMatch(new RegExp(`\\. With its key in FILE: ${command}$`))

  const after = await sellAll({ ...options, into: 'USDC', environment })
  expect(after.text).toMatch(/^hidden: sold 100\.\d+ SOL/m)
  expect(untouchedOf(after)).toEqual([addressOf('kept')])
})
