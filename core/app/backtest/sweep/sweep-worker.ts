import { createHash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { isForgeError } from '../../../errors/forge-error.ts'
import { ConfigInvalid } from '../../config-invalid.ts'
import type { Environment } from '../../environment.ts'
import { findCluster } from '../../network/cluster-choice.ts'
import { fingerprintOf } from '../../run/fingerprint.ts'
import type { BacktestRequest } from '../backtest-request.ts'
import { type PreparedBacktest, prepareBacktest } from '../prepare-backtest.ts'
import type { PairTable } from '../read-data.ts'
import { runAndAccount } from '../run-and-account.ts'
import { outsideVersions } from './code-version.ts'
import type { Combination } from './combinations.ts'
import { outcomeOf, type SweepOutcome, WindowMeters } from './sweep-row.ts'

/** What a worker is started with: the same for all runs. The columns are shared memory. */
export interface SweepJob {
  readonly request: BacktestRequest
  readonly data: readonly [PairTable, ...PairTable[]]
  readonly environment: Environment
  /** What makes all of their results, beside the pipeline as it is bound. */
  readonly common: string
  /** Keys whose results are there already. */
  readonly known: readonly string[]
}

export interface SweepAnswer {
  readonly index: number
  /** Absent for settings that can not be run. */
  readonly key?: string
  /** Absent for a key that is known. */
  readonly outcome?: SweepOutcome
}

/** Runs one combination after the other, as they are sent. What can not be run is an answer too; a defect is not. */
const job = workerData as SweepJob
const port = parentPort
if (!port) throw new Error('this runs in a worker thread')
const NOTHING = (): void => undefined
const SILENT = { debug: NOTHING, info: NOTHING, warn: NOTHING, error: NOTHING }

const known = new Set(job.known)
const cluster = findCluster(job.request.cluster)
// Whoever awaits it is told.
cluster.catch(NOTHING)

port.on('message', (combination: Combination) => {
  run(combination).then(
    answer => port.postMessage({ index: combination.index, ...answer } satisfies SweepAnswer),
    (thrown: unknown) => {
      // Reaches whoever started the worker as its error.
      setImmediate(() => {
        throw thrown
      })
    },
  )
})

/** What makes a result: what all runs share, the pipeline as it is bound, and the code of its plugins from outside. */
function keyOf(common: string, { outside, pipeline }: PreparedBacktest): string {
  const hash = createHash('sha256').update(common).update(fingerprintOf(pipeline))
  return hash.update(outsideVersions(pipeline, outside)).digest('hex').slice(0, 32)
}

async function run({ params, set }: Combination): Promise<Omit<SweepAnswer, 'index'>> {
  const { common, data, environment } = job
  const request = {
    ...job.request,
    params: { ...job.request.params, ...params },
    set: [...job.request.set, ...set],
  }
  try {
    const prepared = await prepareBacktest(request, data, environment, { cluster })
    const key = keyOf(common, prepared)
    if (known.has(key)) return { key }
    const windows = new WindowMeters(prepared.bars)
    const accounted = await runAndAccount(prepared, {
      seed: request.seed,
      log: SILENT,
      output: { line: NOTHING, status: NOTHING },
      onBar: (at_ms, equity) => windows.observe(at_ms, equity),
    })
    const { ended, failure } = accounted.result.run
    if (failure && ended === 'failed') throw failure
    return { key, outcome: outcomeOf(accounted, windows) }
  } catch (thrown) {
    if (!isForgeError(thrown)) throw thrown
    const { code, message } = thrown instanceof ConfigInvalid ? firstOf(thrown) : thrown
    return { outcome: { kind: 'refused', code, message } }
  }
}

/** What is wrong with a configuration, in a line: where the settings come from is a worker's own matter. */
function firstOf({ code, diagnostics, message }: ConfigInvalid): { readonly code: string; readonly message: string } {
  const first = diagnostics.find(({ severity }) => severity === 'error')
  if (!first) return { code, message }
  const hint = first.hint === undefined ? '' : ` (${first.hint})`
  return { code: first.code, message: `${first.message}${hint}` }
}
