import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunDocument } from '../../../core/app/run/run-document.ts'
import type { RunOptions } from '../../../core/app/run/run-options.ts'
import { runPipeline } from '../../../core/app/run-pipeline.ts'
import { emptyEnvironment } from '../../empty-environment.ts'

const ROOT = new URL('../../../', import.meta.url).pathname

/** Ends a run: after what was begun, or there and then, as `kill -9` would. */
export interface Ends {
  readonly drain: () => void
  readonly abort: () => void
}

/**
 * Runs a pipeline on the embedded chain in this process, as fast as it can.
 *
 * @param folder where pipelines, markets and data are
 * @param run.pipeline its text
 * @param run.data names the data directory in the folder
 * @param onLine sees what is printed
 */
export function runInProcess(
  folder: string,
  run: { readonly pipeline: string; readonly data: string; readonly market?: string } & Partial<RunOptions>,
  onLine: (text: string, ends: Ends) => void = () => undefined,
): Promise<RunDocument> {
  const { data, pipeline, ...more } = run
  const file = join(folder, `${data}.yaml`)
  writeFileSync(file, pipeline)
  return runPipeline({ ...optionsOf(folder, data, onLine), file, params: {}, set: [], marketFile: run.market, ...more })
}

/** What a run in the folder is told, whatever it runs: by `data` with that data directory, else with none. */
export function optionsOf(
  folder: string,
  data?: string,
  onLine: (text: string, ends: Ends) => void = () => undefined,
): Omit<RunOptions, 'file' | 'params' | 'set'> {
  const [drain, abort] = [new AbortController(), new AbortController()]
  const ends = { drain: () => drain.abort('the test says so'), abort: () => abort.abort('the test says so') }
  return {
    cluster: 'localnet',
    rpcUrl: undefined,
    walletFile: undefined,
    allowExposedWallet: false,
    dryRun: false,
    dataDirectory: data === undefined ? undefined : join(folder, data),
    seed: '1',
    marketFile: undefined,
    speed: 'max',
    onChange: 'refuse',
    confirmRealMoney: () => Promise.reject(new Error('no real money here')),
    output: { line: text => onLine(text, ends), status: () => undefined },
    logLevel: 'error',
    writeLog: () => undefined,
    environment: { ...emptyEnvironment(join(folder, 'state')), workingDirectory: ROOT },
    drain: drain.signal,
    abort: abort.signal,
  }
}

/** A market of five-minute candles in that folder, that open at one close after the other. */
export function marketOf(folder: string, closes: readonly number[]): string {
  const rows = closes.map((close, index) => {
    const open = closes[index - 1] ?? close
    const time = new Date(Date.parse('2024-01-01T00:00:00Z') + index * 300_000).toISOString()
    return [time, open, Math.max(open, close), Math.min(open, close), close, 1_000].join(',')
  })
  const file = join(folder, `market-${closes.join('-')}.csv`)
  writeFileSync(file, ['timestamp,open,high,low,close,volume', ...rows, ''].join('\n'))
  return file
}
