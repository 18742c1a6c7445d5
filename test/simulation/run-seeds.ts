import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { OnlyFault } from './faults/one-fault.ts'
import type { SeedRun } from './simulate-seed.ts'

/** What is kept of a run; the story only of those that failed. */
export type SeedResult = Omit<SeedRun, 'story'> & { readonly story?: readonly string[] }

/** A world to run: with the faults of its seed, or with that one. */
export interface Job {
  readonly seed: string
  readonly only?: OnlyFault
}

interface Options {
  readonly from: number
  readonly seeds: number
  readonly workers?: number
  /** Name of a planted bug to run with. */
  readonly bug?: string
  /** Asked after each seed: whether to leave it at that. */
  readonly enough?: (result: SeedResult) => boolean
}

/**
 * A fifth of a megabyte stays of each world, whose processes' calls never settle, and adds up: after so many another worker
 * takes the place of one. A new one takes seconds until it is as fast.
 */
const WORLDS_PER_WORKER = 1_000

/** Most of a world dies young: more room for it, and it is collected less often. */
const YOUNG_MAX_MB = 128

/** Each so-many-th seed runs twice, after other worlds than the first time: it must not notice. */
const REPEATED_EVERY = 25

/** Runs seeds on all cores, one at a time on each; `onResult` gets them as they come. */
export async function runSeeds(options: Options, onResult: (result: SeedResult) => void): Promise<void> {
  const { from, seeds, enough } = options
  let stopped = false
  function* jobs(): Generator<Job> {
    for (let seed = from; seed < from + seeds && !stopped; seed++) yield { seed: String(seed) }
  }
  const isRepeated = ({ seed }: Job): boolean => Number(seed) % REPEATED_EVERY === 0
  await runJobs(jobs(), { ...options, isRepeated }, (_job, result) => {
    onResult(result)
    if (enough?.(result)) stopped = true
  })
}

/** Runs worlds on all cores, one at a time on each. */
export async function runJobs(
  jobs: Iterator<Job>,
  options: Pick<Options, 'workers' | 'bug'> & { readonly isRepeated?: (job: Job) => boolean },
  onResult: (job: Job, result: SeedResult) => void,
): Promise<void> {
  const { workers = availableParallelism(), bug, isRepeated = () => false } = options
  const serve = async (): Promise<void> => {
    for (let next = jobs.next(); !next.done; ) {
      const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), {
        workerData: { bug },
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MAX_MB },
      })
      try {
        for (let served = 0; served < WORLDS_PER_WORKER && !next.done; served++) {
          const job = next.value
          const first = await ask(worker, job)
          onResult(job, isRepeated(job) ? compared(first, await ask(worker, job)) : first)
          next = jobs.next()
        }
      } finally {
        await worker.terminate()
      }
    }
  }
  await Promise.all(Array.from({ length: workers }, serve))
}

function compared(first: SeedResult, second: SeedResult): SeedResult {
  if (first.hash === second.hash) return first
  const violation = `trace: ${first.hash} the first time, and ${second.hash} when it ran again`
  return { ...first, violations: [...first.violations, violation] }
}

function ask(worker: Worker, job: Job): Promise<SeedResult> {
  return new Promise((resolve, reject) => {
    const fail = (thrown: Error): void => reject(new Error(`seed ${job.seed}: ${thrown.message}`, { cause: thrown }))
    worker.once('error', fail)
    worker.once('message', (result: SeedResult) => {
      worker.off('error', fail)
      resolve(result)
    })
    worker.postMessage(job)
  })
}
