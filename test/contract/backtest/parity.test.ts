import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BacktestRequest } from '../../../core/app/backtest/backtest-request.ts'
import { compareWithRecord, replayAndCompare } from '../../../core/app/commands/backtest-compare.ts'
import { packageFile } from '../../../core/app/package-root.ts'
import type { RunDocument } from '../../../core/app/run/run-document.ts'
import { runPipeline } from '../../../core/app/run-pipeline.ts'
import { walkOf } from './toys.ts'

/** The same pipeline over the same candles: with real transactions on the embedded chain, and in a backtest. */
const directory = mkdtempSync(join(tmpdir(), 'parity-'))
const market = join(directory, 'walk.csv')
const config = join(directory, 'momentum.json')
const record = join(directory, 'run.jsonl')
const BARS = 400

const environment = {
  variables: {},
  walletSecret: undefined,
  walletDerivation: undefined,
  stateDirectory: directory,
  workingDirectory: directory,
}
const file = packageFile('pipelines', 'strategy-run.yaml')
const params = { type: 'momentum', config, execution: 'localnet' }
let run: RunDocument

const command = (request: Partial<BacktestRequest> = {}) => ({
  request: {
    file,
    params,
    set: [],
    cluster: 'localnet',
    data: market,
    rules: {},
    pair: undefined,
    // The deepest pool of the embedded market, in which a transaction lands within its slot.
    fill: { model: 'pool', depth: '200000', feeBps: 4, latency_slots: 0, priceLag_slots: 1, failRate: 0 },
    capital: [],
    feeSol: '10',
    seed: '1',
    ...request,
  } satisfies BacktestRequest,
  out: undefined,
  environment,
  output: { line: () => {}, status: () => {} },
  logLevel: 'silent' as const,
  writeLog: () => {},
  signal: new AbortController().signal,
})

beforeAll(async () => {
  const bars = walkOf(BARS, 'parity')
  const rows = Array.from(bars.close, (close, index) =>
    [bars.start_ms[index], bars.open[index], bars.high[index], bars.low[index], close, 1].join(','),
  )
  writeFileSync(market, `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`)
  writeFileSync(
    config,
    JSON.stringify({
      pair: 'SOL/USDC',
      interval: '5m',
      signals: [{ kind: 'ema-cross', name: 'trend', fast: 5, slow: 13 }],
      budget: '2000 USDC',
      size: { kind: 'fixed', amount: '500 USDC' },
      entry: { signals: ['trend'] },
      exit: { signals: ['trend'], stopPercent: 2, targetPercent: 4 },
      bars: BARS - 10,
    }),
  )
  run = await runPipeline({
    file,
    params,
    set: [],
    cluster: 'localnet',
    rpcUrl: undefined,
    walletFile: undefined,
    allowExposedWallet: false,
    dryRun: false,
    dataDirectory: undefined,
    recordFile: record,
    seed: '1',
    marketFile: market,
    speed: 'max',
    onChange: 'refuse',
    confirmRealMoney: async () => {},
    output: { line: () => {}, status: () => {} },
    logLevel: 'silent',
    writeLog: () => {},
    environment,
    drain: new AbortController().signal,
    abort: new AbortController().signal,
  })
}, 300_000)
afterAll(() => rmSync(directory, { recursive: true }))

describe('a backtest with the pool model', () => {
  it('decides what the run with real transactions decided, and fills within a basis point', async () => {
    expect(run.ended).toBe('completed')
    expect(run.counts.filled).toBeGreaterThan(10)
    const { comparison, ok, text } = await compareWithRecord({ ...command(), record, maxBps: 1 })
    expect(comparison.parting).toBeUndefined()
    expect(comparison.unmatched).toEqual([])
    expect(comparison.fills).toHaveLength(run.counts.filled)
    expect(comparison.worstBps).toBeLessThanOrEqual(1)
    expect(ok).toBe(true)
    expect(text).toContain('Same decisions')
  })

  it('is told apart from a run over another market, and from one with other settings', async () => {
    const dearer = await compareWithRecord({
      ...command({
        fill: { model: 'pool', depth: '200000', feeBps: 30, latency_slots: 0, priceLag_slots: 1, failRate: 0 },
      }),
      record,
      maxBps: 1,
    })
    expect(dearer.ok).toBe(false)
    expect(dearer.comparison.worstBps).toBeGreaterThan(20)
    const other = await compareWithRecord({ ...command({ set: ['cooldown=2h'] }), record, maxBps: 1 })
    expect(other.ok).toBe(false)
    expect(other.comparison.isSame).toBe(false)
    expect(other.text).toContain('Other decisions')
  })
})

describe('a record', () => {
  it('decides the same again when it is replayed, without a chain or candles', async () => {
    const { comparison, ok } = await replayAndCompare({ ...command({ data: '' }), record })
    expect(comparison.parting).toBeUndefined()
    expect(ok).toBe(true)
    expect(comparison.worstBps).toBe(0)
    expect(comparison.decisions).toBeGreaterThan(10)
  })

  it('is another one with other settings, and refused where it is none', async () => {
    const other = await replayAndCompare({ ...command({ data: '', set: ['cooldown=2h'] }), record })
    expect(other.ok).toBe(false)
    const broken = join(directory, 'broken.jsonl')
    for (const [text, message] of [
      ['', ':1:'],
      ['{"record":2}\n', 'this is no record'],
      [`${readFileSync(record, 'utf8').split('\n', 3).join('\n')}\n{"t":1}\n`, ':4: this is no recorded event'],
    ] as const) {
      writeFileSync(broken, text)
      await expect(replayAndCompare({ ...command(), record: broken })).rejects.toMatchObject({
        code: 'RECORD_INVALID',
        message: expect.stringContaining(message),
      })
    }
  })
})
