import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { fuzzInput, judge } from './config/fuzz-input.ts'

/**
 * Mutated YAML by the hundred thousand: never an unhandled error, never a hang.
 *
 * Usage: node test/contract/fuzz-config.ts [inputs, 100000] [seed, "fuzz"]
 *
 * The inputs are judged in two workers, which take turns, so that one that never ends can be named by its seed.
 */
const WORKERS = 2
const SLOWEST_MS = 5_000
const HANGS_MS = 60_000
/** Enough to say where it was thrown. */
const STACK_FRAMES = 1
/** Inputs between two signs of life. */
const TOLD_EVERY = 50

interface Share {
  readonly seed: string
  readonly count: number
  /** The first it judges; then every WORKERS-th. */
  readonly first: number
}

interface Progress {
  readonly index: number
  readonly failure?: string
}

if (isMainThread) await watchAll(Number(process.argv[2] ?? 100_000), process.argv[3] ?? 'fuzz')
else await work(workerData as Share)

async function work({ seed, count, first }: Share): Promise<void> {
  // Broken YAML is told by errors that nobody reads the stack of, and taking it costs a fourth of the time.
  Error.stackTraceLimit = STACK_FRAMES
  for (let index = first, judged = 0; index < count; index += WORKERS, judged++) {
    // Of this thread, not of the wall: how much else the machine does is nothing against an input.
    const start = process.threadCpuUsage()
    const failure = await judge(fuzzInput(`${seed}/${index}`)).then(
      () => {
        const { user, system } = process.threadCpuUsage(start)
        const took_ms = Math.round((user + system) / 1_000)
        return took_ms > SLOWEST_MS ? `took ${took_ms} ms` : undefined
      },
      (thrown: unknown) => (thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)),
    )
    if (failure !== undefined || judged % TOLD_EVERY === 0 || index + WORKERS >= count) {
      parentPort?.postMessage(failure === undefined ? { index } : { index, failure })
    }
  }
}

async function watchAll(count: number, seed: string): Promise<void> {
  const started = performance.now()
  const shares = Array.from({ length: Math.min(WORKERS, count) }, (_, first) => ({ seed, count, first }))
  const watched = await Promise.all(shares.map(watch))
  const judged = watched.reduce((sum, { last }, first) => sum + Math.floor((last - first) / WORKERS) + 1, 0)
  const failures = watched.reduce((sum, each) => sum + each.failures, 0)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(`${judged} inputs in ${seconds} s, ${failures} failed (seed "${seed}")\n`)
  if (failures > 0 || judged !== count) process.exitCode = 1
}

async function watch(share: Share): Promise<{ last: number; failures: number }> {
  const { seed, count, first } = share
  const worker = new Worker(new URL(import.meta.url), { workerData: share })
  let failures = 0
  let last = first - WORKERS
  await new Promise<void>((resolve, reject) => {
    let alarm: NodeJS.Timeout | undefined
    const wait = (): void => {
      clearTimeout(alarm)
      alarm = setTimeout(() => {
        const [from, to] = [last + WORKERS, last + TOLD_EVERY * WORKERS]
        reject(new Error(`hangs at one of the seeds ${seed}/${from} to ${seed}/${to}, in steps of ${WORKERS}`))
        void worker.terminate()
      }, HANGS_MS)
    }
    wait()
    worker.on('message', ({ index, failure }: Progress) => {
      wait()
      last = index
      if (failure !== undefined) {
        failures += 1
        process.stdout.write(`${seed}/${index}: ${failure}\n`)
      } else if (index % 10_000 === 0) process.stdout.write(`${index} of ${count}\n`)
    })
    worker.on('error', reject)
    worker.on('exit', () => {
      clearTimeout(alarm)
      resolve()
    })
  })
  return { last, failures }
}
