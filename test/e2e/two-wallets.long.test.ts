import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { seededRandom } from '../../core/time/random.ts'
import { newHome, ROOT, sniperforge } from './command.ts'
import { type JournalledOrder, journalOnDisk, walletOf } from './journal-on-disk.ts'
import { walletInKeptChain } from './kept-chain.ts'
import { sum } from './run-figures.ts'

const EXAMPLE = join(ROOT, 'configs/pipelines/two-wallets.yaml')
const PRELOAD = new URL('kill-at-write.ts', import.meta.url).href
const FUNDED_USDC = 10_000_000_000n
const RUNS = 6
const KILLS_PER_RUN = 6
/** Writes of a start; what is left after a few of them lasts for the kills to come. */
const WRITES = 400
const home = newHome()
afterAll(() => home.remove())

const isSale = ({ key }: JournalledOrder): boolean => key.endsWith('-sell')

test(`killed at random writes, ${RUNS * KILLS_PER_RUN} times, each wallet has what its orders say, to the unit`, async () => {
  const random = seededRandom('two wallets')
  for (let run = 0; run < RUNS; run++) {
    const dataDir = join(home.path, `run-${run}`)
    const args = ['run', EXAMPLE, '--data-dir', dataDir]
    for (let kill = 0; kill < KILLS_PER_RUN; kill++) {
      const env = {
        NODE_OPTIONS: `--import ${PRELOAD}`,
        KILL_AT_WRITE: String(1 + random.int(WRITES)),
        KILL_AFTER: String(random.int(2)),
      }
      const { code, signal, stdout, stderr } = await sniperforge(home.path, args, { env })
      const isKilledOrDone = signal === 'SIGKILL' || code === 0
      expect({ run, kill, stdout, stderr, isKilledOrDone }).toMatchObject({ isKilledOrDone: true })
    }
    const { code, stdout, stderr } = await sniperforge(home.path, [...args, '--json'])
    expect({ run, code, stderr, failure: code === 0 ? '' : stdout }).toMatchObject({ code: 0 })
    const last = JSON.parse(stdout) as RunDocument
    expect(last.left).toEqual([])
    const journal = journalOnDisk(dataDir)
    const wallets = [{ address: last.wallet, portfolio: last.portfolio }, ...last.wallets!]
    for (const { address, portfolio } of wallets) {
      const orders = journal.filter(order => walletOf(order) === address && order.state === 'confirmed')
      const chain = await walletInKeptChain(dataDir, last.wallet, address)
      const landed = chain.transactions.filter(({ succeeded }) => succeeded).map(({ signature }) => signature)
      expect(landed.sort()).toEqual(orders.map(({ filledBy }) => filledBy!).sort())
      const net = sum(orders.map(order => (isSale(order) ? order.output : -order.input)))
      const usdc = portfolio.after.tokens.find(({ symbol }) => symbol === 'USDC')!
      expect(BigInt(usdc.amount)).toBe(FUNDED_USDC + net)
      expect(chain.tokens.get(usdc.mint)).toBe(BigInt(usdc.amount))
    }
    const savings = journal.filter(order => walletOf(order) !== last.wallet)
    expect(new Set(savings.map(({ node }) => node))).toEqual(new Set(['save']))
    expect(savings.filter(({ state }) => state === 'confirmed').length).toBeLessThanOrEqual(12)
  }
}, 900_000)
