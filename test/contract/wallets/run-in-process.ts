import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunDocument } from '../../../core/app/run/run-document.ts'
import type { RunOptions } from '../../../core/app/run/run-options.ts'
import { runPipeline } from '../../../core/app/run-pipeline.ts'

const ROOT = new URL('../../../', import.meta.url).pathname

/**
 * Runs a pipeline on the embedded chain in this process.
 *
 * @param folder where pipelines, markets and data are
 * @param data names the data directory in it
 * @param onLine sees what is printed; `end` ends the run there and then, as `kill -9` would
 */
export function runInProcess(
  folder: string,
  run: { readonly pipeline: string; readonly data: string; readonly market?: string } & Partial<RunOptions>,
  onLine: (text: string, end: () => void) => void = () => undefined,
): Promise<RunDocument> {
  const { data, market, pipeline, ...more } = run
  const file = join(folder, `${data}.yaml`)
  writeFileSync(file, pipeline)
  const abort = new AbortController()
  return runPipeline({
    file,
    params: {},
    set: [],
    cluster: 'localnet',
    rpcUrl: undefined,
    walletFile: undefined,
    allowExposedWallet: false,
    dryRun: false,
    dataDirectory: join(folder, data),
    seed: '1',
    marketFile: market,
    speed: 'max',
    onChange: 'refuse',
    confirmRealMoney: () => Promise.reject(new Error('no real money here')),
    output: { line: text => onLine(text, () => abort.abort('the test says so')), status: () => undefined },
    logLevel: 'error',
    writeLog: () => undefined,
    environment: {
      variables: {},
      walletSecret: undefined,
      walletDerivation: undefined,
      stateDirectory: join(folder, 'state'),
      workingDirectory: ROOT,
    },
    drain: new AbortController().signal,
    abort: abort.signal,
    ...more,
  })
}
