import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { toJson } from '../../../events/serialize.ts'
import { pairName } from '../../../money/token.ts'
import type { Environment } from '../../environment.ts'
import type { BacktestRequest } from '../backtest-request.ts'
import type { PairTable } from '../read-data.ts'
import type { Combination } from './combinations.ts'
import type { ResultsFile } from './results-file.ts'
import { sharedData } from './shared-data.ts'
import type { SweepOutcome, SweepRow } from './sweep-row.ts'
import { runOnThreads } from './worker-pool.ts'

export interface SweepOptions {
  readonly request: BacktestRequest
  readonly data: readonly [PairTable, ...PairTable[]]
  readonly combinations: readonly Combination[]
  readonly environment: Environment
  readonly results: ResultsFile
  /** What of the code that all runs share may change a result: another version is another run. */
  readonly codeVersion: string
  readonly threads: number | undefined
  readonly signal: AbortSignal
  readonly onProgress: (done: number, resumed: number) => void
}

/**
 * Runs every combination, those apart that `results` has already, on every core. Rows come back in the order of the
 * combinations, whatever order they were done in.
 *
 * @throws what a run dies of that is not a matter of its settings; the signal's reason when it aborts
 */
export async function runSweep(options: SweepOptions): Promise<readonly SweepRow[]> {
  const { combinations, environment, request, results, signal } = options
  const rows = new Map<number, SweepRow>()
  let resumed = 0
  options.onProgress(0, 0)
  const job = {
    request,
    environment,
    data: sharedData(options.data),
    common: commonKey(options),
    known: results.keys(),
  }
  await runOnThreads(job, combinations, {
    threads: options.threads ?? availableParallelism(),
    signal,
    onAnswer: ({ index, key, outcome }) => {
      const known = key === undefined ? undefined : results.get(key)
      if (known && outcome === undefined) resumed++
      // As it reads when it comes back from the file: a resumed sweep gives the very same.
      const row = known ?? (JSON.parse(JSON.stringify({ key, label: combinations[index]!.label, outcome })) as SweepRow)
      if (!known) results.add(row)
      rows.set(index, { ...row, label: combinations[index]!.label })
      options.onProgress(rows.size, resumed)
    },
  })
  return combinations.map(({ index }) => rows.get(index)!)
}

export function isDone(outcome: SweepOutcome): outcome is Extract<SweepOutcome, { kind: 'done' }> {
  return outcome.kind === 'done'
}

/** What all runs share: the data, how it is filled, the code. What a pipeline was told, and its plugins, add to it. */
function commonKey({ codeVersion, data, request }: SweepOptions): string {
  const { file: _file, params: _params, set: _set, varied: _varied, data: _paths, ...how } = request
  const hash = createHash('sha256').update(codeVersion).update(toJson(how))
  for (const { pair, table } of data) {
    hash.update(pair ? pairName(pair) : '')
    for (const column of [table.start_ms, table.open, table.high, table.low, table.close]) hash.update(bytesOf(column))
  }
  return hash.digest('hex')
}

function bytesOf(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
}
