import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { fuzzInput, judge } from './config/fuzz-input.ts'

/**
 * Mutated YAML by the hundred thousand: never an unhandled error, never a hang.
 *
 * Usage: node test/contract/fuzz-config.ts [inputs, 100000] [seed, "fuzz"]
 *
 * The inputs are judged in a worker, so that one that never ends can be named by its seed.
 */
const SLOWEST_MS = 5_000

interface Progress {
  readonly index: number
  readonly failure?: string
}

if (isMainThread) await watch(Number(process.argv[2] ?? 100_000), process.argv[3] ?? 'fuzz')
else await work(workerData as { count: number; seed: string })

async function work({ count, seed }: { count: number; seed: string }): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const start = performance.now()
    const failure = await judge(fuzzInput(`${seed}/${index}`)).then(
      () => (performance.now() - start > SLOWEST_MS ? `took ${Math.round(performance.now() - start)} ms` : undefined),
      (thrown: unknown) => (thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)),
    )
    if (failure !== undefined || index % 50 === 0 || index === count - 1) {
      parentPort?.postMessage(failure === undefined ? { index } : { index, failure })
    }
  }
}

async function watch(count: number, seed: string): Promise<void> {
  const started = performance.now()
  const worker = new Worker(new URL(import.meta.url), { workerData: { count, seed } })
  let failures = 0
  let last = 0
  const ended = new Promise<void>((resolve, reject) => {
    let alarm: NodeJS.Timeout | undefined
    const wait = (): void => {
      clearTimeout(alarm)
      alarm = setTimeout(() => {
        reject(new Error(`hangs at one of the seeds ${seed}/${last} to ${seed}/${last + 50}`))
        void worker.terminate()
      }, 60_000)
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
  await ended
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(`${last + 1} inputs in ${seconds} s, ${failures} failed (seed "${seed}")\n`)
  if (failures > 0 || last !== count - 1) process.exitCode = 1
}
