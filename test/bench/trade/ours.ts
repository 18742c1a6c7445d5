import { fileURLToPath } from 'node:url'
import { processEnvironment } from '../../../core/app/environment.ts'
import type { RunDocument } from '../../../core/app/run/run-document.ts'
import { runPipeline } from '../../../core/app/run-pipeline.ts'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
const silent = (): undefined => undefined

/** What the command line would run, in this process: pipeline, journal on disk, embedded chain in memory. */
function run(file: string, options: { params: object; set: string[]; stateDirectory: string; dataDirectory?: string }) {
  return runPipeline({
    file,
    params: { ...options.params },
    set: options.set,
    cluster: 'localnet',
    rpcUrl: undefined,
    walletFile: undefined,
    allowExposedWallet: false,
    dryRun: false,
    dataDirectory: options.dataDirectory,
    seed: '1',
    marketFile: undefined,
    speed: undefined,
    onChange: 'refuse',
    confirmRealMoney: () => Promise.reject(new Error('a bench trades no real money')),
    output: { line: silent, status: silent },
    logLevel: 'warn',
    writeLog: line => process.stderr.write(`${line}\n`),
    environment: { ...processEnvironment(), stateDirectory: options.stateDirectory },
    drain: new AbortController().signal,
    abort: new AbortController().signal,
  })
}

/** `strategy-run --type dca`, a purchase for a dollar every minute. */
export function dcaRun(stateDirectory: string, purchases: number): Promise<RunDocument> {
  return run(path('../../../pipelines/strategy-run.yaml'), {
    params: { type: 'dca', config: path('../../../configs/strategies/dca.json') },
    set: ['amount=1 USDC', 'interval=1m', `slots=${purchases}`],
    stateDirectory,
  })
}

/** A hundred purchases at once; the chain is kept in the directory. */
export function atOnceRun(dataDirectory: string): Promise<RunDocument> {
  return run(path('at-once.yaml'), { params: {}, set: [], stateDirectory: dataDirectory, dataDirectory })
}
