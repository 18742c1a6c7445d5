import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Random, seededRandom } from '../../core/time/random.ts'
import { newHome, sniperforge } from './command.ts'
import { type JournalledOrder, journalOnDisk, walletOf } from './journal-on-disk.ts'
import { walletInKeptChain } from './kept-chain.ts'

/** Orders that are made of others, killed (`kill -9`) at random writes and taken over, until nothing is left of them. */

const KILLS = 24
const KILLS_PER_ORDER = 4
const PRELOAD = new URL('kill-at-write.ts', import.meta.url).href
const home = newHome()
afterAll(() => home.remove())

const ORDERS = {
  oco: ['--token', 'SOL', '--size', '2 SOL', '--stop', '5%', '--target', '193.8'],
  bracket: ['--token', 'USDC', '--into', 'SOL', '--size', '100 USDC', '--stop', '5%', '--target', '2%'],
  twap: ['--token', 'SOL', '--size', '3 SOL', '--over', '30m', '--every', '10m'],
} as const
type Kind = keyof typeof ORDERS

const createArgs = (kind: Kind): string[] => ['order-create', '--type', kind, ...ORDERS[kind]]
/** Empty when it was killed before there was any. */
function journalOf(dataDir: string): readonly JournalledOrder[] {
  if (!existsSync(join(dataDir, 'sniperforge.db'))) return []
  try {
    return journalOnDisk(dataDir)
  } catch (thrown) {
    if (String(thrown).includes('no such table')) return []
    throw thrown
  }
}

/** How many writes it takes when nothing disturbs it. */
async function writesOf(kind: Kind): Promise<number> {
  const file = join(home.path, `writes-${kind}`)
  const env = { NODE_OPTIONS: `--import ${PRELOAD}`, KILL_WRITES_TO: file }
  await sniperforge(home.path, [...createArgs(kind), '--data-dir', join(home.path, `undisturbed-${kind}`)], { env })
  return Number(readFileSync(file, 'utf8'))
}

/** Whether the process was killed; it begins the order where none is on the disk yet, else it takes it over. */
async function killed(kind: Kind, dataDir: string, writes: number, random: Random): Promise<boolean> {
  const args = journalOf(dataDir).length === 0 ? createArgs(kind) : ['orders', 'watch']
  const env = {
    NODE_OPTIONS: `--import ${PRELOAD}`,
    // A start, which others are killed in, is a fourth of it at most.
    KILL_AT_WRITE: String(Math.floor(writes / 4) + random.int(Math.ceil((writes * 3) / 4))),
    KILL_AFTER: String(random.int(2)),
  }
  const { code, signal, stdout, stderr } = await sniperforge(home.path, [...args, '--data-dir', dataDir], { env })
  if (signal === 'SIGKILL') return true
  if (code !== 0) throw new Error(`it ended by itself with ${code}: ${stdout}\n${stderr}`)
  return false
}

/** What is left after some kills and a last start that was left alone. */
async function survivorOf(
  kind: Kind,
  number: number,
  writes: number,
): Promise<{ readonly kills: number; readonly dataDir: string; readonly told: string }> {
  const dataDir = join(home.path, `${kind}-${number}`)
  const random = seededRandom(`${kind} ${number}`)
  let kills = 0
  while (kills < KILLS_PER_ORDER && (await killed(kind, dataDir, writes, random))) kills++
  const args = journalOf(dataDir).length === 0 ? createArgs(kind) : ['orders', 'watch']
  const { code, stdout, stderr } = await sniperforge(home.path, [...args, '--data-dir', dataDir])
  if (code !== 0) throw new Error(`${kind} ${number}: the last start ended with ${code}: ${stdout}\n${stderr}`)
  return { kills, dataDir, told: `${stdout}\n${stderr}` }
}

/** What must be so of each kind, whenever it was killed. */
const CHECKS: Readonly<Record<Kind, (journal: readonly JournalledOrder[]) => void>> = {
  oco: journal => {
    const traded = journal.filter(({ state, attempts }) => state === 'confirmed' && attempts.length > 0)
    expect(traded.map(({ key, input }) => ({ key, input }))).toEqual([
      { key: expect.stringMatching(/\/(stop|target)$/), input: 2_000_000_000n },
    ])
    expect(journal.map(({ state }) => state).toSorted()).toEqual(['cancelled', 'confirmed', 'confirmed'])
  },
  bracket: journal => {
    const traded = journal.filter(({ state, attempts }) => state === 'confirmed' && attempts.length > 0)
    const [entry, ...exits] = traded
    expect(entry).toMatchObject({ key: 'bracket 1/entry', input: 100_000_000n })
    expect(exits.map(({ input }) => input)).toEqual([entry!.output])
  },
  twap: journal => {
    const slices = journal.filter(({ key }) => key.includes('/'))
    expect(slices.every(({ state }) => state === 'confirmed')).toBe(true)
    expect(slices.reduce((sum, { input }) => sum + input, 0n)).toBe(3_000_000_000n)
  },
}

describe.each(['oco', 'bracket', 'twap'] as const)('%s, killed at random writes and taken over', kind => {
  test('exactly what was asked for is traded, and the journal is what the chain has', async () => {
    const writes = await writesOf(kind)
    let left = KILLS / 3
    for (let number = 0; left > 0; number++) {
      const { kills, dataDir, told } = await survivorOf(kind, number, writes)
      left -= Math.max(1, kills)
      const journal = journalOf(dataDir)
      process.stdout.write(
        `${kind} ${number}: ${kills} kills; ${journal.map(({ key, state }) => `${key} ${state}`).join(', ')}\n`,
      )
      const open = journal.filter(({ state }) => !['confirmed', 'cancelled', 'failed', 'expired'].includes(state))
      expect(open, told).toEqual([])
      expect(journal[0]).toMatchObject({ key: `${kind} 1`, state: 'confirmed' })
      CHECKS[kind](journal)
      const chain = await walletInKeptChain(dataDir, walletOf(journal[0]!))
      const landed = chain.transactions.filter(({ succeeded }) => succeeded).map(({ signature }) => signature)
      expect(landed.toSorted()).toEqual(journal.flatMap(({ filledBy }) => filledBy ?? []).toSorted())
    }
  }, 900_000)
})
