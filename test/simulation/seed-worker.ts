import { parentPort, workerData } from 'node:worker_threads'
import { OneFault } from './faults/one-fault.ts'
import { PLANTED_BUGS } from './planted-bugs.ts'
import type { Job } from './run-seeds.ts'
import { simulateSeed } from './simulate-seed.ts'

const { bug } = workerData as { bug?: string }
const alter = bug === undefined ? undefined : PLANTED_BUGS[bug]
if (bug !== undefined && !alter) throw new Error(`no planted bug is named "${bug}"`)

parentPort?.on('message', ({ seed, only }: Job) => {
  const plan = only && new OneFault(seed, only)
  simulateSeed(seed, { ...(alter && { alter }), ...(plan && { plan }) }).then(
    ({ story, ...rest }) => parentPort?.postMessage(rest.violations.length > 0 ? { ...rest, story } : rest),
    (thrown: unknown) => {
      // Out of the promise: the worker ends with it, and whoever asked is told.
      queueMicrotask(() => {
        throw thrown
      })
    },
  )
})
