/**
 * What a purchase costs: 1,000 of them by `strategy-run --type dca` (pipeline, journal with its disk syncs, guard,
 * recovery, history), and by a bare script that makes the same calls without us, each on an embedded chain of its own
 * with the same seed, in interleaved rounds. Then a hundred purchases at once.
 *
 * `npm run bench:trade [-- purchases [rounds]]`. Exits 1 when a target is missed.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { walletInKeptChain } from '../../e2e/kept-chain.ts'
import { bareRun } from './bare-run.ts'
import { atOnceRun, dcaRun } from './ours.ts'
import { type AreaShare, timeSpent } from './time-spent.ts'

const RATIO = 0.7
const WARM_UP = 100
const SYNCS = 50
/** Pages of the write-ahead log that a purchase fills: 33 of 4 KiB. */
const JOURNAL_BYTES = 33 * 4_096
const [purchases = 1_000, rounds = 5] = process.argv.slice(2).map(Number)
const say = (line: string): boolean => process.stdout.write(`${line}\n`)

interface Round {
  readonly rate: number
  /** Of all threads, for one purchase. */
  readonly cpu_ms: number
  readonly latency_ms: { readonly p50: number; readonly p99: number }
}

type Side = (count: number) => Promise<Round['latency_ms']>

const ours: Side = count =>
  withDirectory(async directory => {
    const { counts, timing } = await dcaRun(directory, count)
    if (counts.filled !== count) throw new Error(`${counts.filled} of ${count} purchases: ${JSON.stringify(counts)}`)
    return timing.orderLatency_ms
  })

const bare: Side = async count => {
  const latencies = (await bareRun(count)).toSorted((a, b) => a - b)
  const at = (share: number): number => latencies[Math.floor(share * latencies.length)] ?? 0
  return { p50: at(0.5), p99: at(0.99) }
}

async function withDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'sniperforge-bench-'))
  try {
    return await work(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function timed(side: Side): Promise<Round> {
  globalThis.gc?.()
  const cpu = process.cpuUsage()
  const start_ms = performance.now()
  const latency_ms = await side(purchases)
  const rate = purchases / ((performance.now() - start_ms) / 1_000)
  const { user, system } = process.cpuUsage(cpu)
  return { rate, cpu_ms: (user + system) / 1_000 / purchases, latency_ms }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

/**
 * What the disk takes, in milliseconds on average, to sync as much as a purchase writes to the journal. The bare script
 * never waits for it; when others keep the disk busy, this is where the difference comes from.
 */
const syncTime_ms = (): Promise<number> =>
  withDirectory(async directory => {
    const file = openSync(join(directory, 'log'), 'a')
    const bytes = Buffer.alloc(JOURNAL_BYTES)
    let took_ms = 0
    for (let count = 0; count < SYNCS; count++) {
      writeSync(file, bytes)
      const start_ms = performance.now()
      fdatasyncSync(file)
      took_ms += performance.now() - start_ms
    }
    closeSync(file)
    return took_ms / SYNCS
  })

async function sequential(): Promise<boolean> {
  for (const side of [bare, ours]) await side(WARM_UP)
  const ratios: number[] = []
  const told = ({ rate, cpu_ms, latency_ms: { p50, p99 } }: Round): string =>
    `${rate.toFixed(0)}/s (p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, processor ${cpu_ms.toFixed(2)} ms)`
  for (let number = 1; number <= rounds; number++) {
    const theirs = await timed(bare)
    const own = await timed(ours)
    ratios.push(own.rate / theirs.rate)
    const sync = (await syncTime_ms()).toFixed(2)
    say(
      `round ${number}: bare ${told(theirs)}, ours ${told(own)}, ratio ${ratios.at(-1)!.toFixed(2)}; a disk sync takes ${sync} ms`,
    )
  }
  const ratio = median(ratios)
  say(`${purchases} purchases: median ratio ${ratio.toFixed(2)} of the bare script's rate (to reach: ${RATIO})`)
  return ratio >= RATIO
}

async function profile(): Promise<void> {
  const told = (areas: readonly AreaShare[]): string =>
    areas
      .slice(0, 12)
      .map(({ area, share }) => `${(share * 100).toFixed(1)} % ${area}`)
      .join(', ')
  say(`bare: ${told(await timeSpent(() => bare(purchases)))}`)
  say(`ours: ${told(await timeSpent(() => ours(purchases)))}`)
}

const atOnce = (): Promise<boolean> =>
  withDirectory(async directory => {
    const start_ms = performance.now()
    const run = await atOnceRun(directory)
    const took_ms = performance.now() - start_ms
    const { transactions } = await walletInKeptChain(directory, run.wallet)
    const bought = transactions.filter(({ succeeded }) => succeeded).length
    const keys = new Set(run.fills.map(fill => fill.key)).size
    const { p50, p99 } = run.timing.orderLatency_ms
    say(
      `100 at once: ${run.counts.filled} confirmed for ${keys} keys, ${bought} purchases on chain, in ${took_ms.toFixed(0)} ms (p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms)`,
    )
    return run.counts.filled === 100 && keys === 100 && bought === 100 && transactions.length === 100
  })

const reached = [await sequential(), await atOnce()]
await profile()
process.exitCode = reached.every(Boolean) ? 0 : 1
