import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Combination } from './combinations.ts'
import type { SweepAnswer, SweepJob } from './sweep-worker.ts'

/** Beside this file, whether it is compiled or not. */
const WORKER = new URL(`./sweep-worker${extname(import.meta.filename)}`, import.meta.url)

/**
 * Runs combinations on so many threads, each taking the next one that is left.
 *
 * @param onAnswer told of each as it is done, in no order
 * @throws what a worker dies of; the signal's reason when it aborts
 */
export async function runOnThreads(
  job: SweepJob,
  combinations: readonly Combination[],
  options: { readonly threads: number; readonly signal: AbortSignal; readonly onAnswer: (answer: SweepAnswer) => void },
): Promise<void> {
  const { onAnswer, signal } = options
  const queue = combinations.values()
  const threads = Math.min(options.threads, combinations.length)
  const workers: Worker[] = []
  const stopped = Promise.withResolvers<never>()
  const stop = (): void => stopped.reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(WORKER, { workerData: job })
      workers.push(worker)
      const next = (): void => {
        const { done, value } = queue.next()
        if (done) resolve()
        else worker.postMessage(value)
      }
      worker.on('message', (answer: SweepAnswer) => {
        onAnswer(answer)
        next()
      })
      worker.once('error', reject)
      next()
    })
  try {
    signal.throwIfAborted()
    await Promise.race([Promise.all(Array.from({ length: threads }, work)), stopped.promise])
  } finally {
    signal.removeEventListener('abort', stop)
    await Promise.all(workers.map(worker => worker.terminate()))
  }
}
