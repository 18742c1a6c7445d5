import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { base58 } from '@scure/base'
import { afterAll, expect, it } from 'vitest'
import type { RunDocument } from '../../../core/app/run/run-document.ts'
import { createKeypairFile } from '../../../core/chain/wallet/keypair-file.ts'
import { Wallet } from '../../../core/chain/wallet/wallet.ts'
import { journalOnDisk } from '../../e2e/journal-on-disk.ts'
import { type Ends, marketOf, runInProcess } from '../trading/run-in-process.ts'

/** Two wallets in one pipeline, ended while both have a transaction on its way. */

const folder = mkdtempSync(join(tmpdir(), 'wallets-'))
afterAll(() => rmSync(folder, { recursive: true }))

const pipelineWith = (savings: string): string => `pipeline: two
summary: Purchases in two wallets.
wallets:
  savings: ${savings}
nodes:
  plan: {strategy: dca, with: {token: SOL, amount: 10 USDC, interval: 1h, slots: 3, budget: 30 USDC}}
  save: {strategy: dca, with: {token: SOL, amount: 20 USDC, interval: 1h, slots: 3, budget: 10000 USDC}}
  swap:  {execution: jupiter, from: plan}
  swap2: {execution: jupiter, from: save, wallet: savings}
  seen:  {sink: console, from: [swap, swap2], with: {verbose: true}}
`
const PIPELINE = pipelineWith('{}')

/** Ends when both have sent. */
function whenBothAreSent(): (text: string, ends: Ends) => void {
  let sent = 0
  return (text, ends) => {
    if (text.includes('  sent  ') && ++sent === 2) ends.abort()
  }
}

function usdcOf({ portfolio }: Pick<RunDocument, 'portfolio'>): bigint {
  return BigInt(portfolio.after.tokens.find(({ symbol }) => symbol === 'USDC')?.amount ?? 0)
}

it('both are settled before anything is traded, each by its own trader, and told by name', async () => {
  const killed = await runInProcess(folder, { pipeline: PIPELINE, data: 'killed' }, whenBothAreSent())
  expect(killed.left).toHaveLength(2)
  const lines: string[] = []
  const restarted = await runInProcess(folder, { pipeline: PIPELINE, data: 'killed' }, text => lines.push(text))
  expect(restarted).toMatchObject({ ended: 'completed', left: [], counts: { filled: 6, failed: 0 } })
  const recovered = restarted.fills.filter(fill => fill.recovered)
  expect(recovered.map(({ node, wallet }) => [node, wallet])).toEqual([
    ['plan', undefined],
    ['save', 'savings'],
  ])
  expect(lines.filter(line => line.includes('the chain has it')).map(line => line.split(' ')[0])).toEqual([
    'order',
    'savings:',
  ])
  expect(usdcOf(restarted)).toBe(10_000_000_000n - 30_000_000n)
  expect(usdcOf(restarted.wallets![0]!)).toBe(10_000_000_000n - 60_000_000n)
  // Two wallets want the same at the same slots: each key is taken for each of them.
  const keys = journalOnDisk(join(folder, 'killed')).map(({ fullKey }) => JSON.parse(fullKey) as string[])
  expect(new Set(keys.map(([, wallet]) => wallet))).toEqual(new Set([restarted.wallet, restarted.wallets![0]!.address]))
})

it('a budget is held against the wallet it is traded with, and no other', async () => {
  const tooMuch = PIPELINE.replace('budget: 10000 USDC', 'budget: 10001 USDC')
  await expect(runInProcess(folder, { pipeline: tooMuch, data: 'too-much' })).rejects.toMatchObject({
    code: 'BUDGET_OVER_WALLET',
    message: 'save: the budgets want 10001 USDC (save 10001 USDC), and the wallet has 10000 USDC',
  })
})

it('while a transaction of a wallet may land, that wallet can not be exchanged for another', async () => {
  await runInProcess(folder, { pipeline: PIPELINE, data: 'exchanged' }, whenBothAreSent())
  const file = join(folder, 'other.json')
  createKeypairFile(file)
  const other = { pipeline: pipelineWith(`{file: ${file}}`), data: 'exchanged' }
  await expect(runInProcess(folder, other)).rejects.toMatchObject({ code: 'STORE_DEPLOYMENT_CHANGED' })
  await expect(runInProcess(folder, { ...other, onChange: 'adopt' })).rejects.toMatchObject({
    code: 'STORE_WALLET_ABSENT',
  })
  const back = await runInProcess(folder, { pipeline: PIPELINE, data: 'exchanged', onChange: 'adopt' })
  expect(back).toMatchObject({ ended: 'completed', counts: { filled: 6 } })
})

it('two names of one key are one wallet, with one trader and one count of its money', async () => {
  const file = join(folder, 'shared.json')
  const { publicKey } = createKeypairFile(file)
  const run = { pipeline: pipelineWith(`{file: ${file}}`), data: 'shared', walletFile: file }
  await expect(runInProcess(folder, run)).rejects.toMatchObject({ code: 'BUDGET_OVER_WALLET' })
  const pipeline = run.pipeline.replace('budget: 10000 USDC', 'budget: 9970 USDC')
  const document = await runInProcess(folder, { ...run, pipeline })
  expect(document).toMatchObject({ ended: 'completed', wallet: publicKey, counts: { filled: 6 } })
  expect(document.wallets).toBeUndefined()
  expect(document.fills.every(({ wallet }) => wallet === undefined)).toBe(true)
  expect(usdcOf(document)).toBe(10_000_000_000n - 90_000_000n)
})

it('a secret is taken from the environment, opens its wallet, and is printed nowhere', async () => {
  const seed = new Uint8Array(32).fill(9)
  const wallet = Wallet.fromSeed(seed)
  const secret = base58.encode(wallet.exportKeypair())
  const pipeline = pipelineWith('{secret: "${secret.SAVINGS_KEY}"}')
  const environment = {
    variables: { SAVINGS_KEY: secret },
    walletSecret: undefined,
    walletDerivation: undefined,
    stateDirectory: join(folder, 'state'),
    workingDirectory: folder,
  }
  const lines: string[] = []
  const run = { pipeline, data: 'secret', environment }
  const document = await runInProcess(folder, run, text => lines.push(text))
  expect(document).toMatchObject({ ended: 'completed', wallets: [{ name: 'savings', address: wallet.publicKey }] })
  expect(JSON.stringify(document) + lines.join('\n')).not.toContain(secret)
  const wrong = { ...run, environment: { ...environment, variables: { SAVINGS_KEY: 'open sesame please' } } }
  const refused = await runInProcess(folder, wrong).catch((thrown: Error) => thrown)
  expect(refused).toMatchObject({ code: 'WALLET_SECRET_INVALID' })
  expect(String(refused)).toMatch(/wallet "savings": /)
  expect(String(refused)).not.toContain('sesame')
})

it('a key file that others may read is refused by the name of its wallet, unless told', async () => {
  const file = join(folder, 'exposed.json')
  createKeypairFile(file)
  chmodSync(file, 0o644)
  const run = { pipeline: pipelineWith(`{file: ${file}}`), data: 'exposed' }
  await expect(runInProcess(folder, run)).rejects.toMatchObject({
    code: 'WALLET_FILE_EXPOSED',
    message: expect.stringMatching(/^wallet "savings": other users/),
  })
  expect(await runInProcess(folder, { ...run, allowExposedWallet: true })).toMatchObject({ ended: 'completed' })
})

it('an order that waits keeps its wallet over a restart, and trades with it when its trigger holds', async () => {
  const pipeline = `pipeline: waits
summary: Waits in two wallets.
wallets: {savings: {}}
nodes:
  prices: {source: pool-price, with: {pair: SOL/USDC}}
  plan:   {strategy: dca, with: {token: USDC, amount: 1 SOL, interval: 7d, slots: 1}}
  save:   {strategy: dca, with: {token: USDC, amount: 2 SOL, interval: 7d, slots: 1}}
  stop:   {order: stop-loss, from: [plan, prices], with: {trigger: "145"}}
  stop2:  {order: stop-loss, from: [save, prices], with: {trigger: "145"}}
  swap:   {execution: jupiter, from: stop}
  swap2:  {execution: jupiter, from: stop2, wallet: savings}
  seen:   {sink: console, from: [stop, stop2, swap, swap2], with: {verbose: true}}
`
  const market = marketOf(folder, [150, 152, 151, 144, 143, 142])
  const run = { pipeline, data: 'waits', market }
  let armed = 0
  const killed = await runInProcess(folder, run, (text, ends) => {
    if (text.includes('  armed  ') && ++armed === 2) ends.abort()
  })
  expect(killed.left).toHaveLength(2)
  const document = await runInProcess(folder, run)
  expect(document).toMatchObject({ ended: 'completed', left: [], counts: { filled: 2 } })
  expect(document.fills.map(({ input, wallet }) => [wallet, input.amount]).toSorted()).toEqual([
    [undefined, '1000000000'],
    ['savings', '2000000000'],
  ])
})

it('on a chain that is older than the name of a wallet, it is told that the wallet has nothing', async () => {
  const withoutSavings = PIPELINE.split('\n').filter(line => !/sav|swap2/.test(line) || line.startsWith('  seen'))
  const older = withoutSavings
    .join('\n')
    .replace('wallets:\n', '')
    .replace('[swap, swap2]', 'swap')
    .replace(': two', ': one')
  await runInProcess(folder, { pipeline: older, data: 'older' })
  const document = await runInProcess(folder, { pipeline: PIPELINE.replace(', budget: 10000 USDC', ''), data: 'older' })
  expect(document.warnings).toContainEqual(
    expect.stringMatching(/^savings: .* has nothing for it: take a fresh --data-dir/),
  )
  expect(document.counts).toMatchObject({ filled: 3, failed: 3 })
})
