import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { SeedRun } from './simulate-seed.ts'

/** What is kept of a seed; the story only of those that failed. */
export type SeedResult = Omit<SeedRun, 'story'> & { readonly story?: readonly string[] }

interface Options {
  readonly from: number
  readonly seeds: number
  readonly workers?: number
  /** Name of a planted bug to run with. */
  readonly bug?: string
  /** Asked after each seed: whether to leave it at that. */
  readonly enough?: (result: SeedResult) => boolean
}

/** What one leaves behind is little, and adds up: after so many worlds another worker takes the place of one. */
const SEEDS_PER_WORKER = 500

/** Runs seeds on all cores, one at a time on each; `onResult` gets them as they come. */
export async function runSeeds(options: Options, onResult: (result: SeedResult) => void): Promise<void> {
  const { from, seeds, bug, workers = Math.min(availableParallelism(), seeds) } = options
  let next = from
  let stopped = false
  const hasMore = (): boolean => !stopped && next < from + seeds
  const serve = async (): Promise<void> => {
    while (hasMore()) {
      const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { workerData: { bug } })
      try {
        for (let served = 0; served < SEEDS_PER_WORKER && hasMore(); served++) {
          const result = await ask(worker, String(next++))
          onResult(result)
          if (options.enough?.(result)) stopped = true
        }
      } finally {
        await worker.terminate()
      }
    }
  }
  await Promise.all(Array.from({ length: workers }, serve))
}

function ask(worker: Worker, seed: string): Promise<SeedResult> {
  return new Promise((resolve, reject) => {
    const fail = (thrown: Error): void => reject(new Error(`seed ${seed}: ${thrown.message}`, { cause: thrown }))
    worker.once('error', fail)
    worker.once('message', (result: SeedResult) => {
      worker.off('error', fail)
      resolve(result)
    })
    worker.postMessage(seed)
  })
}
