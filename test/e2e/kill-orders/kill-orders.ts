import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Connection } from '@solana/web3.js'
import { type Random, seededRandom } from '../../../core/time/random.ts'
import { createRealClock } from '../../../core/time/real-clock.ts'
import { type Ended, newHome, sniperforge, start } from '../command.ts'
import { foreignRpc } from '../foreign-rpc.ts'
import { type JournalledOrder, journalOnDisk } from '../journal-on-disk.ts'
import { serveLocalnet } from '../served-localnet.ts'
import { latestOnChain, type WalletOnChain, walletOnChain } from '../wallet-on-chain.ts'
import { candleAt, market, pipeline, type Wish, wishes } from './wishes.ts'

/**
 * A process with orders of all kinds and DCA over a local Solana in a process of its own, whose time is nobody's to move,
 * killed (`kill -9`) at random moments and started again on the same data directory until everything has come to its end;
 * over and over, until so many kills have happened.
 */
const KILLS_PER_ROUND = 16
const LIFE_MS_MAX = 6_000
/** What a life takes on the way: orders are asked for as long as kills come. */
const LIFE_MS_MEAN = 4_000
const SLOT_MS = 3_000
/** Writes to the disk in a life of that time, about. */
const WRITES_MAX = 150
const PRELOAD = new URL('../kill-at-write.ts', import.meta.url).href
const real = createRealClock()

/** At a time, or right before or after a write to the disk. */
type Moment = 'time' | 'write'

/** Wishes, and what became of them over so many deaths. */
export interface KilledRound {
  readonly kills: readonly Moment[]
  readonly wishes: readonly Wish[]
  readonly journal: readonly JournalledOrder[]
  readonly before: WalletOnChain
  /** With the transactions of the round. */
  readonly after: WalletOnChain
}

export async function killOrders(options: {
  readonly kills: number
  readonly seed: string
  readonly say: (text: string) => void
}): Promise<readonly KilledRound[]> {
  const { seed, say } = options
  const home = newHome()
  const rounds: KilledRound[] = []
  const { csv, closes } = market(seed, options.kills * LIFE_MS_MEAN * 4 + 120_000)
  const candles = join(home.path, 'market.csv')
  writeFileSync(candles, csv)
  const server = await serveLocalnet(home.path, ['--market', candles])
  const began_ms = real.now()
  const rpc = await foreignRpc(server.rpcUrl)
  const connection = new Connection(server.rpcUrl, 'confirmed')
  try {
    for (let left = options.kills; left > 0; left -= rounds.at(-1)!.kills.length) {
      const name = `round-${rounds.length}`
      const now_ms = real.now()
      const asked = wishes(`${seed}/${name}`, closes.slice(candleAt(now_ms - began_ms)), now_ms, ROUND_MS)
      const file = join(home.path, `${name}.yaml`)
      const dataDir = join(home.path, name)
      writeFileSync(file, pipeline(asked, Math.ceil(ROUND_MS / SLOT_MS)))
      const latest = await latestOnChain(connection, server.wallet)
      const before = await walletOnChain(connection, server.wallet, latest)
      const kills = await killedUntilDone(home.path, ['run', file, '--rpc-url', rpc.url, '--data-dir', dataDir], {
        kills: Math.min(left, KILLS_PER_ROUND),
        random: seededRandom(`${seed}/${name}/kills`),
      })
      const after = await walletOnChain(connection, server.wallet, latest)
      const journal = journalOnDisk(dataDir)
      rounds.push({ kills, wishes: asked, journal, before, after })
      say(`${name}: killed ${kills.join(', ')}; ${journal.length} orders, ${after.transactions.length} transactions`)
    }
    return rounds
  } finally {
    await rpc.close()
    await server.stop()
    home.remove()
  }
}

const ROUND_MS = KILLS_PER_ROUND * LIFE_MS_MEAN

/** How often it was killed before all was over; the last start is left alone. */
async function killedUntilDone(
  home: string,
  args: readonly string[],
  plan: { readonly kills: number; readonly random: Random },
): Promise<readonly Moment[]> {
  const kills: Moment[] = []
  while (kills.length < plan.kills) {
    const moment = await killedOnce(home, args, plan.random)
    if (!moment) return kills
    kills.push(moment)
  }
  assertDone(await sniperforge(home, args))
  return kills
}

/** Half of them after a random time, half at a random write; undefined when all was over before. */
async function killedOnce(home: string, args: readonly string[], random: Random): Promise<Moment | undefined> {
  const after_ms = random.next() * LIFE_MS_MAX
  const atWrite = random.int(2) === 0
  const env = {
    NODE_OPTIONS: `--import ${PRELOAD}`,
    KILL_AT_WRITE: String(1 + random.int(WRITES_MAX)),
    KILL_AFTER: String(random.int(2)),
  }
  const run = start(home, args, atWrite ? { env } : {})
  const giveUp = new AbortController()
  let isTimed = false
  const timed = real.sleep(atWrite ? LIFE_MS_MAX : after_ms, giveUp.signal).then(
    () => {
      isTimed = true
      run.kill('SIGKILL')
    },
    () => undefined,
  )
  const ended = await run.ended
  giveUp.abort()
  await timed
  if (ended.signal === 'SIGKILL') return isTimed ? 'time' : 'write'
  assertDone(ended)
  return undefined
}

/** Orders that have expired make the exit code 1. */
function assertDone({ code, stdout, stderr }: Ended): void {
  if (stdout.includes('\nDone: ')) return
  throw new Error(`it ended by itself with ${code}: ${stdout}\n${stderr}`)
}
