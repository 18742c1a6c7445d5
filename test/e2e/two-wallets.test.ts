import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { newHome, ROOT, sniperforge, start } from './command.ts'
import { foreignRpc } from './foreign-rpc.ts'
import { type JournalledOrder, journalOnDisk } from './journal-on-disk.ts'
import { walletInKeptChain } from './kept-chain.ts'
import { runDocument, sum } from './run-figures.ts'
import { serveLocalnet } from './served-localnet.ts'
import type { WalletOnChain } from './wallet-on-chain.ts'

const EXAMPLE = join(ROOT, 'configs/pipelines/two-wallets.yaml')
const FUNDED_USDC = 10_000_000_000n
const home = newHome()
afterAll(() => home.remove())

describe('two strategies on one wallet and one on another, killed once in the middle', () => {
  const dataDir = join(home.path, 'killed')
  let last: RunDocument
  let [own, savings] = ['', '']
  let journal: readonly JournalledOrder[]
  const walletOf = ({ fullKey }: JournalledOrder): string => (JSON.parse(fullKey) as string[])[1]!
  beforeAll(async () => {
    const run = start(home.path, ['run', EXAMPLE, '--data-dir', dataDir])
    await run.says('2025-01-01 03:00:00Z  filled')
    run.kill('SIGKILL')
    expect((await run.ended).signal).toBe('SIGKILL')
    last = await runDocument(home.path, ['run', EXAMPLE, '--data-dir', dataDir])
    own = last.wallet
    savings = last.wallets![0]!.address
    journal = journalOnDisk(dataDir)
  }, 120_000)

  test('each order is in the journal under the key of its wallet', () => {
    expect(last).toMatchObject({ ended: 'completed', left: [], wallets: [{ name: 'savings' }] })
    const wallets = Map.groupBy(journal, walletOf)
    expect([...wallets.keys()].sort()).toEqual([own, savings].sort())
    expect(new Set(wallets.get(savings)!.map(({ node }) => node))).toEqual(new Set(['save']))
    expect(new Set(wallets.get(own)!.map(({ node }) => node))).toEqual(new Set(['grid', 'extra']))
    for (const { node, wallet } of last.fills)
      expect([node, wallet]).toEqual([node, node === 'save' ? 'savings' : undefined])
  })

  test.each(['own', 'savings'])(
    "the journal of the wallet '%s' is what the chain has of it, to the unit",
    async which => {
      const wallet = which === 'own' ? own : savings
      const orders = journal.filter(order => walletOf(order) === wallet && order.state === 'confirmed')
      const chain: WalletOnChain = await walletInKeptChain(dataDir, own, wallet)
      const landed = chain.transactions.filter(({ succeeded }) => succeeded).map(({ signature }) => signature)
      expect(landed.sort()).toEqual(orders.map(({ filledBy }) => filledBy!).sort())
      const isSale = ({ key }: JournalledOrder): boolean => key.endsWith('-sell')
      const net = sum(orders.map(order => (isSale(order) ? order.output : -order.input)))
      const document = which === 'own' ? last.portfolio : last.wallets![0]!.portfolio
      const usdc = document.after.tokens.find(({ symbol }) => symbol === 'USDC')!
      expect(BigInt(usdc.amount)).toBe(FUNDED_USDC + net)
      expect(chain.tokens.get(usdc.mint)).toBe(BigInt(usdc.amount))
      expect(chain.lamports).toBe(BigInt(document.after.sol_lamports))
    },
  )

  test('positions, performance and the story of an order tell them apart', async () => {
    const shown = async (...args: string[]): Promise<string> => {
      const { code, stdout } = await sniperforge(home.path, [...args, '--data-dir', dataDir])
      expect(code).toBe(0)
      return stdout
    }
    const positions = JSON.parse(await shown('positions', '--json')) as {
      address: string
      others: { address: string; positions: { trades: number }[] }[]
    }
    expect(positions).toMatchObject({ address: own, others: [{ address: savings, positions: [{ trades: 12 }] }] })
    expect(await shown('performance-stats')).toContain(`wallet ${savings}`)
    const order = last.orders.find(({ node }) => node === 'save')!
    expect(await shown('orders', 'show', order.id)).toContain(`wallet    ${savings}`)
  })
})

test('what the budget of one claims is refused to a strategy without one, with whose it is', async () => {
  const file = join(home.path, 'claimed.yaml')
  writeFileSync(file, readFileSync(EXAMPLE, 'utf8').replace('budget: 9800 USDC', 'budget: 9990 USDC'))
  const { stdout } = await sniperforge(home.path, ['run', file, '--json'])
  const { orders } = JSON.parse(stdout) as RunDocument
  const refused = orders.filter(({ state }) => state === 'failed')
  expect(refused.length).toBeGreaterThan(0)
  for (const { node, reason } of refused) {
    expect([node, reason?.code]).toEqual(['extra', 'BUDGET_CLAIMED'])
    expect(reason?.message).toMatch(/the rest belongs to strategies with budgets \(grid [\d.]+ USDC\)/)
  }
}, 60_000)

test('panic --flatten sells what every wallet of the run holds', async () => {
  const dataDir = join(home.path, 'panic')
  // The six hours that it runs last long enough for a command to begin on a machine that is busy.
  const run = start(home.path, ['run', EXAMPLE, '--data-dir', dataDir, '--speed', '600'])
  await run.says('localnet with savings')
  const panic = await sniperforge(home.path, ['panic', '--flatten', '--data-dir', dataDir])
  run.kill('SIGINT')
  await run.ended
  const sold = panic.stdout.split('\n').filter(line => /sold .* SOL for .* USDC/.test(line))
  expect(sold.map(line => line.split(' ')[0])).toEqual(['sold', 'savings:'])
}, 60_000)

test('a wallet that only the embedded chain can make is asked for elsewhere, by name', async () => {
  const file = join(home.path, 'mine.json')
  await sniperforge(home.path, ['wallet', 'new', file])
  const devnet = join(home.path, 'devnet.yaml')
  writeFileSync(devnet, readFileSync(EXAMPLE, 'utf8').replaceAll('USDC', 'devUSDC'))
  const { code, stderr } = await sniperforge(home.path, ['run', devnet, '--cluster', 'devnet', '--wallet', file])
  expect(code).toBe(2)
  expect(stderr).toContain('devnet needs a key for the wallet "savings", and the pipeline says none')
})

test('that another data directory trades with one of the wallets is told, with the name of that wallet', async () => {
  const file = join(home.path, 'shared.json')
  const made = await sniperforge(home.path, ['wallet', 'new', file, '--json'])
  const { address } = JSON.parse(made.stdout) as { address: string }
  const server = await serveLocalnet(home.path, ['--fund', address])
  // A chain whose time is not ours: two processes may use it at once.
  const rpc = await foreignRpc(server.rpcUrl)
  try {
    const two = join(home.path, 'beside.yaml')
    const save = 'amount: 5 USDC, interval: 2s, slots: 2, budget: 10 USDC'
    writeFileSync(
      two,
      `pipeline: beside
wallets: {savings: {file: ${file}}}
nodes:
  plan: {strategy: dca, with: {token: SOL, ${save}}}
  save: {strategy: dca, with: {token: SOL, ${save}}}
  swap: {execution: jupiter, from: plan}
  saveSwap: {execution: jupiter, from: save, wallet: savings}
  out: {sink: console, from: [swap, saveSwap]}
`,
    )
    const here = join(home.path, 'here')
    const args = ['run', two, '--rpc-url', rpc.url, '--data-dir', here]
    const first = await sniperforge(home.path, args)
    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' })
    expect(first.stdout).not.toContain('another data directory')
    const there = join(home.path, 'there')
    const dca = ['strategy-run', '--type', 'dca', '--config', 'dca.json', '--rpc-url', rpc.url, '--wallet', file]
    const other = start(home.path, [...dca, '--set', 'interval=2s', '--set', 'slots=1000', '--data-dir', there])
    await other.says('  filled  ')
    const beside = await sniperforge(home.path, args)
    expect(beside.stdout).toContain(`savings: another data directory trades with this wallet: ${there}`)
    expect(beside.stdout).toMatch(/^savings: .* of this wallet since .* came from elsewhere: \w{60,}/m)
    // The run's own wallet is nobody else's.
    expect(beside.stdout).not.toMatch(/^another data directory/m)
    other.kill('SIGKILL')
    await other.ended
  } finally {
    await rpc.close()
    await server.stop()
  }
}, 120_000)
