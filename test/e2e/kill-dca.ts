import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { type Random, seededRandom } from '../../core/time/random.ts'
import { createRealClock } from '../../core/time/real-clock.ts'
import { type Ended, newHome, sniperforge, start } from './command.ts'
import { type JournalledOrder, journalOnDisk } from './journal-on-disk.ts'
import { walletInKeptChain } from './kept-chain.ts'
import type { WalletOnChain } from './wallet-on-chain.ts'

/**
 * `node test/e2e/kill-dca.ts [kills, 100] [seed, "kill"]`: twelve purchases, killed (`kill -9`) at random moments and
 * started again on the same data directory until they are done; over and over, until so many kills have happened.
 */
const KILLS_PER_RUN = 7
const LANES = 2
const SAYS_FILLED = '  filled  '
const DCA = ['strategy-run', '--type', 'dca', '--config', 'dca.json']
const PRELOAD = new URL('kill-at-write.ts', import.meta.url).href
const real = createRealClock()

/** When a process is killed. */
type Moment =
  /** So long after its start, whatever it does by then. */
  | { readonly kind: 'starting'; readonly after_ms: number }
  /** So long after the first purchase it reports. */
  | { readonly kind: 'trading'; readonly after_ms: number }
  /** Right before or after that write to journal or chain. */
  | { readonly kind: 'writing'; readonly write: number; readonly isAfter: boolean }

/** What an undisturbed run takes. */
interface Undisturbed {
  readonly document: RunDocument
  readonly wall_ms: number
  readonly writes: number
}

interface KilledRun {
  readonly kills: readonly Moment['kind'][]
  /** What the last start, which was left alone, printed. */
  readonly last: RunDocument
  readonly journal: readonly JournalledOrder[]
  readonly chain: WalletOnChain
}

export interface KillReport {
  readonly undisturbed: Undisturbed
  readonly runs: readonly KilledRun[]
}

/** Kills that often, spread over runs, two at a time. */
export async function killDca(options: {
  readonly kills: number
  readonly seed: string
  readonly say: (text: string) => void
}): Promise<KillReport> {
  const home = newHome()
  try {
    const undisturbed = await measure(home.path)
    const random = seededRandom(options.seed)
    const runs: KilledRun[] = []
    let left = options.kills
    let next = 0
    const lane = async (): Promise<void> => {
      while (left > 0) {
        const number = next++
        const kills = Math.min(KILLS_PER_RUN, left)
        left -= kills
        const run = await killedRun(home.path, join(home.path, `run-${number}`), {
          kills,
          random: random.fork(`run ${number}`),
          undisturbed,
        })
        runs.push(run)
        left += kills - run.kills.length
        const again = run.journal.filter(order => order.attempts.length > 1).length
        options.say(
          `run ${number}: killed ${run.kills.join(', ')}; ${run.journal.length} orders, ${again} of them sent anew, ${run.last.counts.orders} left for the last start`,
        )
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    return { undisturbed, runs }
  } finally {
    home.remove()
  }
}

async function measure(home: string): Promise<Undisturbed> {
  const file = join(home, 'writes')
  const from_ms = real.wall_ms()
  const { stdout } = await sniperforge(home, [...DCA, '--data-dir', join(home, 'undisturbed'), '--json'], {
    env: { NODE_OPTIONS: `--import ${PRELOAD}`, KILL_WRITES_TO: file },
  })
  return {
    document: JSON.parse(stdout) as RunDocument,
    wall_ms: real.wall_ms() - from_ms,
    writes: Number(readFileSync(file, 'utf8')),
  }
}

async function killedRun(
  home: string,
  dataDir: string,
  plan: { readonly kills: number; readonly random: Random; readonly undisturbed: Undisturbed },
): Promise<KilledRun> {
  const kills: Moment['kind'][] = []
  const args = [...DCA, '--data-dir', dataDir]
  while (kills.length < plan.kills) {
    const moment = momentOf(plan.random, plan.undisturbed)
    if (!(await killedAt(home, args, moment))) break
    kills.push(moment.kind)
  }
  const { code, stdout, stderr } = await sniperforge(home, [...args, '--json'])
  if (code !== 0) throw new Error(`the last start ended with ${code}: ${stdout}\n${stderr}`)
  const last = JSON.parse(stdout) as RunDocument
  return { kills, last, journal: journalOnDisk(dataDir), chain: await walletInKeptChain(dataDir, last.wallet) }
}

/**
 * Every kind as often as the others. A start gets through a third of the purchases or so, so that what is left lasts
 * for the kills to come.
 */
function momentOf(random: Random, { wall_ms, writes }: Undisturbed): Moment {
  const kind = random.int(3)
  if (kind === 0) return { kind: 'starting', after_ms: random.next() * wall_ms * 0.7 }
  if (kind === 1) return { kind: 'trading', after_ms: random.next() * 100 }
  return { kind: 'writing', write: 1 + random.int(Math.floor(writes / 3)), isAfter: random.int(2) === 1 }
}

/** Whether it was killed; false when it had bought everything before that. @throws when it failed by itself */
async function killedAt(home: string, args: readonly string[], moment: Moment): Promise<boolean> {
  if (moment.kind === 'writing') {
    const env = {
      NODE_OPTIONS: `--import ${PRELOAD}`,
      KILL_AT_WRITE: String(moment.write),
      KILL_AFTER: moment.isAfter ? '1' : '0',
    }
    return wasKilled(await sniperforge(home, args, { env }))
  }
  const run = start(home, args)
  if (moment.kind === 'trading') await Promise.race([run.says(SAYS_FILLED).catch(() => undefined), run.ended])
  await real.sleep(moment.after_ms)
  run.kill('SIGKILL')
  return wasKilled(await run.ended)
}

function wasKilled({ code, signal, stdout, stderr }: Ended): boolean {
  if (signal === 'SIGKILL') return true
  if (code === 0) return false
  throw new Error(`it ended by itself with ${code}: ${stdout}\n${stderr}`)
}

if (import.meta.main) {
  const say = (text: string): void => {
    process.stdout.write(`${text}\n`)
  }
  const [kills = '100', seed = 'kill'] = process.argv.slice(2)
  const from_ms = real.wall_ms()
  const { runs, undisturbed } = await killDca({ kills: Number(kills), seed, say })
  const wrong = runs.filter(({ chain }) => chain.transactions.filter(({ succeeded }) => succeeded).length !== 12)
  const { length } = runs.flatMap(run => run.kills)
  say(`${length} kills over ${runs.length} runs in ${Math.round((real.wall_ms() - from_ms) / 1_000)} s`)
  say(`an undisturbed run takes ${Math.round(undisturbed.wall_ms)} ms and ${undisturbed.writes} writes`)
  say(`${wrong.length} runs without exactly 12 purchases on chain`)
  process.exitCode = wrong.length === 0 ? 0 : 1
}
