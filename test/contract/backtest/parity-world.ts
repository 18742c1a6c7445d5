import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BacktestRequest } from '../../../core/app/backtest/backtest-request.ts'
import { packageFile } from '../../../core/app/package-root.ts'
import type { RunDocument } from '../../../core/app/run/run-document.ts'
import { runPipeline } from '../../../core/app/run-pipeline.ts'
import type { BarSeries } from '../../../core/backtest/bars.ts'

/** The deepest pool of the embedded market, in which a transaction lands within its slot. */
export const DEEPEST_POOL = {
  model: 'pool',
  depth: '200000',
  feeBps: 4,
  latency_slots: 0,
  priceLag_slots: 1,
  failRate: 0,
} as const

/** The same pipeline over the same candles: with real transactions on the embedded chain, and in a backtest. */
export class ParityWorld {
  readonly directory = mkdtempSync(join(tmpdir(), 'parity-'))
  readonly record = join(this.directory, 'run.jsonl')
  readonly #market = join(this.directory, 'candles.csv')
  readonly #file = packageFile('pipelines', 'strategy-run.yaml')
  readonly #params: Readonly<Record<string, unknown>>
  readonly #environment = {
    variables: {},
    walletSecret: undefined,
    walletDerivation: undefined,
    stateDirectory: this.directory,
    workingDirectory: this.directory,
  }

  constructor(type: string, settings: Readonly<Record<string, unknown>>, bars: Omit<BarSeries, 'pair'>) {
    const config = join(this.directory, 'settings.json')
    writeFileSync(config, JSON.stringify(settings))
    const rows = Array.from(bars.close, (close, index) =>
      [bars.start_ms[index], bars.open[index], bars.high[index], bars.low[index], close, 1].join(','),
    )
    writeFileSync(this.#market, `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`)
    this.#params = { type, config, execution: 'localnet' }
  }

  /** The run with real transactions, which is recorded. */
  run(): Promise<RunDocument> {
    return runPipeline({
      file: this.#file,
      params: this.#params,
      set: [],
      cluster: 'localnet',
      rpcUrl: undefined,
      walletFile: undefined,
      allowExposedWallet: false,
      dryRun: false,
      dataDirectory: undefined,
      recordFile: this.record,
      seed: '1',
      marketFile: this.#market,
      speed: 'max',
      onChange: 'refuse',
      confirmRealMoney: async () => {},
      output: { line: () => {}, status: () => {} },
      logLevel: 'silent',
      writeLog: () => {},
      environment: this.#environment,
      drain: new AbortController().signal,
      abort: new AbortController().signal,
    })
  }

  /** What a command that compares is given. */
  command(request: Partial<BacktestRequest> = {}) {
    return {
      request: {
        file: this.#file,
        params: this.#params,
        set: [],
        cluster: 'localnet',
        data: [this.#market],
        rules: {},
        pair: undefined,
        fill: DEEPEST_POOL,
        capital: [],
        feeSol: '10',
        seed: '1',
        ...request,
      } satisfies BacktestRequest,
      out: undefined,
      environment: this.#environment,
      output: { line: () => {}, status: () => {} },
      logLevel: 'silent' as const,
      writeLog: () => {},
      signal: new AbortController().signal,
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true })
  }
}
