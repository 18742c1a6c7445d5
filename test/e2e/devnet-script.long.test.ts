import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunFill } from '../../core/app/run/run-document.ts'
import { SOL_MINT } from '../../core/money/token.ts'
import { newHome, ROOT } from './command.ts'
import { type ForeignRpc, foreignRpc } from './foreign-rpc.ts'
import { type Books, differences } from './journal-against-chain.ts'
import { type ServedLocalnet, serveLocalnet } from './served-localnet.ts'

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

test('the script for devnet, on a local server that keeps its own time: twelve purchases and a stop, as the chain has them', async () => {
  const args = ['--cluster', 'localnet', '--rpc-url', rpc.url, '--into', 'USDC', '--interval', '2s']
  const script = spawn(process.execPath, [join(ROOT, 'test/e2e/devnet-script.ts'), ...args], { cwd: ROOT })
  const [stdout, stderr, [code]] = await Promise.all([text(script.stdout), text(script.stderr), once(script, 'close')])
  expect({ code, stderr, differs: stdout.match(/^differs:.*$/gm) ?? [] }).toEqual({ code: 0, stderr: '', differs: [] })
  expect(stdout.match(/^purchase .* 0\.002 SOL .* USDC /gm)).toHaveLength(12)
  expect(stdout.match(/^stop .* 0\.002 SOL .* USDC /gm)).toHaveLength(1)
  expect(stdout).toMatch(/13 orders in the journal, 13 transactions on the chain, equal to the unit/)
})

const fill = {
  key: 'a',
  signature: 's1',
  input: { mint: SOL_MINT, amount: '100' },
  output: { mint: 'usdc', amount: '15' },
  fees: { base_lamports: '5', priority_lamports: '1', tip_lamports: '0', rent_lamports: '2' },
} as RunFill
const transaction = {
  signature: 's1',
  slot: 1,
  succeeded: true,
  fee_lamports: 6n,
  lamports: -108n,
  tokens: new Map([['usdc', 15n]]),
}
const order = {
  fullKey: '',
  key: 'a',
  node: 'plan',
  input: 100n,
  output: 15n,
  state: 'confirmed',
  attempts: ['s1'],
  filledBy: 's1',
}
const books: Books = { fills: [fill], failedLandings: [], journal: [order], chain: { transactions: [transaction] } }

test('what it compares is equal only when all of it is', () => {
  expect(differences(books)).toEqual([])
  const other = { ...transaction, signature: 's2' }
  expect(differences({ ...books, chain: { transactions: [transaction, other] } })).toEqual([
    expect.stringContaining('s2'),
  ])
  expect(differences({ ...books, chain: { transactions: [] } })).toHaveLength(1)
  expect(differences({ ...books, fills: [] })).toHaveLength(2)
  expect(differences({ ...books, chain: { transactions: [{ ...transaction, lamports: -109n }] } })).toEqual([
    'a paid 100, on the chain 101',
  ])
  const failed = { ...transaction, signature: 's0', succeeded: false, lamports: -6n, tokens: new Map() }
  const tried = {
    ...books,
    journal: [{ ...order, attempts: ['s0', 's1'] }],
    chain: { transactions: [failed, transaction] },
  }
  expect(differences(tried)).toEqual(['s0 failed and cost 6, told: nothing'])
  const fees = { ...fill.fees, rent_lamports: '0' }
  const landing = { orderId: 'o', key: 'a', node: 'plan', signature: 's0', slot: 1, time: '', fees }
  expect(differences({ ...tried, failedLandings: [landing] })).toEqual([])
  const short = { ...transaction, tokens: new Map([['usdc', 14n]]) }
  expect(differences({ ...books, chain: { transactions: [short] } })).toEqual(['a received 15, on the chain 14'])
})
