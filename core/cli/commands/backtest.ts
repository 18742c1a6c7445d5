import { Args } from '@oclif/core'
import { type BacktestRequest, USUAL_POOL } from '../../app/backtest/backtest-request.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import { BaseCommand } from '../base-command.ts'
import { BACKTEST_FLAGS, type BacktestFlags } from '../flags/backtest-flags.ts'
import { indexOfFile } from './run.ts'

export default class Backtest extends BaseCommand {
  static override summary = 'Run a pipeline over history.'
  static override description =
    "The same pipeline on a clock that the candles move, with fills of a model instead of a chain. The pipeline's params are flags of this command too. With several values of --param every combination is run."
  static override args = { file: Args.string({ description: 'The pipeline (YAML).', required: true }) }
  static override flags = BACKTEST_FLAGS
  static override examples = [
    '<%= config.bin %> <%= command.id %> pipelines/strategy-run.yaml --param type=momentum --data sol-5m.csv --out report',
    '<%= config.bin %> <%= command.id %> mine.yaml --data sol-5m.csv --param fast=5,10,20 --param slow=30,60 --out sweep',
  ]

  async run(): Promise<number> {
    const index = indexOfFile(this.argv, BACKTEST_FLAGS)
    if (index === -1) {
      throw new ForgeError('USAGE', {
        message: 'backtest needs a pipeline file',
        remedy: 'As in: sniperforge backtest mine.yaml --data candles.csv',
      })
    }
    const file = this.argv[index]!
    const { readPipelineFlags } = await import('../flags/pipeline-flags.ts')
    const { params: declared, interface: pipeline } = await readPipelineFlags(file, BACKTEST_FLAGS)
    // What --param gives need not be given as a flag as well: the pipeline itself says what is missing.
    const optional = Object.fromEntries(
      Object.entries(declared).map(([name, flag]) => [name, { ...flag, required: false }]),
    )
    const { flags } = await this.parse(
      { flags: { ...optional, ...BACKTEST_FLAGS }, args: {}, strict: true },
      this.argv.toSpliced(index, 1),
    )
    const given = flags as BacktestFlags & Record<string, unknown>
    const params = Object.fromEntries(
      Object.keys(declared).flatMap(name => (given[name] === undefined ? [] : [[name, given[name]]])),
    )
    const { combinationsOf } = await import('../../app/backtest/sweep/combinations.ts')
    const combinations = combinationsOf(given.param ?? [], pipeline.params)
    const names = (given.param ?? []).map(text => text.split('=', 1)[0]!.trim())
    assertGivenOnce(names, this.argv, given.set ?? [])
    const { backtestAndPrint } = await import('../backtest-and-print.ts')
    if (given.data === undefined && given.replay === undefined) {
      throw new ForgeError('FLAG_MISSING', {
        message: '--data must be given',
        remedy: `--data: ${BACKTEST_FLAGS.data.description}`,
      })
    }
    return backtestAndPrint({ ...requestOf(file, params, given), varied: names }, combinations, given)
  }
}

/** @throws USAGE for what `--param` gives and its own flag or `--set` as well: one of them would be ignored */
function assertGivenOnce(varied: readonly string[], argv: readonly string[], sets: readonly string[]): void {
  const flags = new Set(argv.map(word => word.split('=', 1)[0]!))
  const settings = new Set(sets.map(text => text.split('=', 1)[0]!.trim()))
  for (const name of varied) {
    const other = flags.has(`--${name}`) ? `--${name}` : settings.has(name) ? `--set ${name}` : undefined
    if (other === undefined) continue
    throw new ForgeError('USAGE', {
      message: `--param ${name} and ${other} can not be given together`,
      remedy: 'Leave one of them out.',
    })
  }
}

function requestOf(file: string, params: Readonly<Record<string, unknown>>, flags: BacktestFlags): BacktestRequest {
  const feeBps = flags['fee-bps']
  const [from_ms, to_ms] = [timeOf('from', flags.from), timeOf('to', flags.to)]
  if (from_ms !== undefined && to_ms !== undefined && to_ms <= from_ms) {
    throw new ForgeError('FLAG_INVALID', { message: '--to is not after --from', remedy: 'Give a time that is.' })
  }
  return {
    file,
    params,
    set: flags.set ?? [],
    cluster: flags.cluster,
    data: flags.data ?? [],
    rules: {
      onGap: flags['on-gap'] as 'error' | 'flat' | 'skip',
      onDuplicate: flags['on-duplicate'] as 'error' | 'first' | 'last',
      ...(from_ms !== undefined && { from_ms }),
      ...(to_ms !== undefined && { to_ms }),
    },
    pair: flags.pair,
    fill:
      flags.fill === 'bar'
        ? { model: 'bar', feeBps }
        : {
            model: 'pool',
            feeBps,
            depth: flags.depth,
            latency_slots: flags['latency-slots'] ?? USUAL_POOL.latency_slots,
            priceLag_slots: flags['price-lag-slots'],
            failRate: shareOf('fail-rate', flags['fail-rate']),
          },
    capital: flags.capital ?? [],
    feeSol: flags['fee-sol'],
    seed: flags.seed,
  }
}

/** A day, or a time in UTC, as milliseconds. @throws FLAG_INVALID */
function timeOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const time_ms = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN
  // A day that no month has would be taken for one of the next.
  if (!Number.isNaN(time_ms) && new Date(time_ms).toISOString().startsWith(text.slice(0, 10))) return time_ms
  throw new ForgeError('FLAG_INVALID', {
    message: `--${flag} can not be "${text}"`,
    remedy: 'Give a day or a time in UTC: 2024-03-01 or 2024-03-01T12:00:00Z.',
  })
}

/** From 0 to 1. @throws FLAG_INVALID */
function shareOf(flag: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (value >= 0 && value <= 1) return value
  throw new ForgeError('FLAG_INVALID', {
    message: `--${flag} can not be "${text}"`,
    remedy: 'Give a number from 0 to 1.',
  })
}
