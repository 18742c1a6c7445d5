import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type BacktestRequest, USUAL_POOL } from '../../../core/app/backtest/backtest-request.ts'
import { compareWithRecord } from '../../../core/app/commands/backtest-compare.ts'
import { packageFile } from '../../../core/app/package-root.ts'
import type { RunDocument } from '../../../core/app/run/run-document.ts'
import { runPipeline } from '../../../core/app/run-pipeline.ts'
import type { BarSeries } from '../../../core/backtest/bars.ts'

interface RunParts {
  /** Kept, for another run to go on from. */
  readonly dataDirectory?: string
  readonly drain?: AbortController
  /** Told where the run is, with every event. */
  readonly onStatus?: (text: string) => void
}

/**
 * The same pipeline over the same candles: with real transactions on the embedded chain, and in a backtest; both as
 * somebody gives the commands who writes nothing but what has to be.
 */
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
    this.#params = { type, config }
  }

  /** The run with real transactions, which is recorded. @param parts when it is asked to end, and where it is kept */
  run({ dataDirectory, drain = new AbortController(), onStatus = () => {} }: RunParts = {}): Promise<RunDocument> {
    return runPipeline({
      file: this.#file,
      params: this.#params,
      set: [],
      cluster: 'localnet',
      rpcUrl: undefined,
      walletFile: undefined,
      allowExposedWallet: false,
      dryRun: false,
      dataDirectory,
      recordFile: this.record,
      seed: '1',
      marketFile: this.#market,
      speed: 'max',
      onChange: 'refuse',
      confirmRealMoney: async () => {},
      output: { line: () => {}, status: text => onStatus(text) },
      logLevel: 'silent',
      writeLog: () => {},
      environment: this.#environment,
      drain: drain.signal,
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
        fill: USUAL_POOL,
        capital: [],
        feeSol: '1',
        seed: '1',
        ...request,
      } satisfies BacktestRequest,
      landsAsAsked: false,
      out: undefined,
      environment: this.#environment,
      output: { line: () => {}, status: () => {} },
      logLevel: 'silent' as const,
      writeLog: () => {},
      signal: new AbortController().signal,
    }
  }

  /**
   * A backtest over the same candles decides what the recorded run decided, and fills within a basis point.
   *
   * @param fills how many the record has
   * @returns what the comparison says
   */
  async proveSame(fills: number): Promise<string> {
    const { comparison, ok, text } = await compareWithRecord({ ...this.command(), record: this.record, maxBps: 1 })
    expect(comparison.parting).toBeUndefined()
    expect(comparison.unmatched).toEqual([])
    expect(comparison.fills).toHaveLength(fills)
    expect(comparison.worstBps).toBeLessThanOrEqual(1)
    expect(ok).toBe(true)
    return text
  }

  remove(): void {
    rmSync(this.directory, { recursive: true })
  }
}
