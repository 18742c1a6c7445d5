import type { BacktestRequest } from '../app/backtest/backtest-request.ts'
import type { Combination } from '../app/backtest/sweep/combinations.ts'
import type { Printed } from '../app/commands/printed.ts'
import { processEnvironment } from '../app/environment.ts'
import type { LogLevel } from '../app/logger.ts'
import { ForgeError } from '../errors/forge-error.ts'
import { toJson } from '../events/serialize.ts'
import { positiveNumber } from './base-command.ts'
import type { BacktestFlags } from './flags/backtest-flags.ts'
import { folded } from './terminal/fold.ts'
import { takeSignals } from './terminal/signals.ts'
import { createTerminal, SILENT_TERMINAL } from './terminal/terminal.ts'

/** Runs a backtest, a sweep of them or the check for look-ahead, and prints what came of it. Answers the exit code. */
export async function backtestAndPrint(
  request: BacktestRequest,
  combinations: readonly Combination[],
  flags: BacktestFlags,
): Promise<number> {
  const terminal = flags.json || flags.quiet ? SILENT_TERMINAL : createTerminal(process.stdout)
  const stop = new AbortController()
  const signals = takeSignals(signal => {
    terminal.clear()
    process.stderr.write(`${signal}: stopping.\n`)
    stop.abort(new ForgeError('RUN_INTERRUPTED', { message: 'the backtest was stopped', remedy: remedyOf(flags) }))
  })
  const common = {
    out: flags.out,
    environment: processEnvironment(),
    output: terminal,
    logLevel: flags['log-level'] as LogLevel,
    writeLog: (line: string): void => {
      terminal.clear()
      process.stderr.write(`${line}\n`)
    },
    signal: stop.signal,
  }
  const print = ({ document, text }: Printed): void => {
    terminal.clear()
    process.stdout.write(flags.json ? `${toJson(document, 2)}\n` : `${folded(text, process.stdout)}\n`)
  }
  try {
    const isOne = flags['check-lookahead'] || flags.compare !== undefined || flags.replay !== undefined
    if (isOne && combinations.length > 1) {
      throw new ForgeError('FLAG_INVALID', {
        message: `--param gives ${combinations.length} combinations, and this takes one`,
        remedy: 'Give one value for each --param.',
      })
    }
    if (combinations.length > 1) {
      const { backtestSweep } = await import('../app/commands/backtest-sweep.ts')
      print(await backtestSweep({ ...common, request, combinations, threads: flags.threads }))
      return 0
    }
    const [only] = combinations
    const single = {
      ...request,
      params: { ...request.params, ...only?.params },
      set: [...request.set, ...(only?.set ?? [])],
    }
    if (flags.compare !== undefined || flags.replay !== undefined) {
      const { compareWithRecord, replayAndCompare } = await import('../app/commands/backtest-compare.ts')
      const compared =
        flags.compare === undefined
          ? await replayAndCompare({ ...common, request: single, record: flags.replay! })
          : await compareWithRecord({
              ...common,
              request: single,
              record: flags.compare,
              landsAsAsked: flags['latency-slots'] !== undefined,
              maxBps: positiveNumber('max-bps', flags['max-bps']),
            })
      print(compared)
      return compared.ok ? 0 : 1
    }
    const { backtest, checkLookAhead } = await import('../app/commands/backtest.ts')
    if (!flags['check-lookahead']) {
      print(await backtest({ ...common, request: single }))
      return 0
    }
    const checked = await checkLookAhead({ ...common, request: single })
    print(checked)
    return checked.ok ? 0 : 1
  } catch (thrown) {
    if (stop.signal.aborted) throw stop.signal.reason
    throw thrown
  } finally {
    terminal.clear()
    signals.release()
  }
}

function remedyOf({ out }: BacktestFlags): string {
  return out === undefined
    ? 'Start it again; with --out a sweep goes on where it stopped.'
    : 'Start it again: a sweep goes on where it stopped.'
}
