import { processEnvironment } from '../app/environment.ts'
import type { LogLevel } from '../app/logger.ts'
import { keepsRuns } from '../app/run/data-directory.ts'
import { runPipeline } from '../app/run-pipeline.ts'
import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts'
import { ForgeError } from '../errors/forge-error.ts'
import { toJson } from '../events/serialize.ts'
import { positiveNumber } from './base-command.ts'
import type { RunFlags } from './flags/common-flags.ts'
import { walletFlags } from './terminal/ask-secret.ts'
import { confirm } from './terminal/confirm.ts'
import { takeSignals } from './terminal/signals.ts'
import { summaryOf } from './terminal/summary.ts'
import { createTerminal, SILENT_TERMINAL } from './terminal/terminal.ts'

/** Runs a pipeline as the flags say and prints how it went. Answers the exit code. */
export async function runAndPrint(file: string, params: Record<string, unknown>, flags: RunFlags): Promise<number> {
  if (flags.new && flags['data-dir'] !== undefined && keepsRuns(flags['data-dir'])) {
    const question = `${flags['data-dir']} holds earlier runs; a new deployment trades from its first slot again. Go on?`
    await confirm(question, flags)
  }
  const terminal = flags.json || flags.quiet ? SILENT_TERMINAL : createTerminal(process.stdout)
  const writeLog = (line: string): void => {
    terminal.clear()
    process.stderr.write(`${line}\n`)
  }
  const signals = takeSignals((signal, count) =>
    writeLog(
      count === 1 ? `${signal}: finishing what is in hand; once more stops at once.` : `${signal}: stopping at once.`,
    ),
  )
  try {
    const run = await runPipeline({
      file,
      params,
      set: flags.set ?? [],
      cluster: flags.cluster,
      rpcUrl: flags['rpc-url'],
      ...(await walletFlags(flags.wallet, processEnvironment())),
      allowExposedWallet: flags['exposed-wallet'],
      dryRun: flags['dry-run'],
      dataDirectory: flags['data-dir'],
      recordFile: flags.record,
      seed: flags.seed,
      marketFile: flags.market,
      speed: speedOf(flags.speed),
      onChange: flags.adopt ? 'adopt' : flags.new ? 'new' : 'refuse',
      confirmRealMoney: question => confirm(question, flags),
      output: terminal,
      logLevel: flags['log-level'] as LogLevel,
      writeLog,
      drain: signals.drain,
      abort: signals.abort,
    })
    terminal.clear()
    if (flags.json) process.stdout.write(`${toJson(run, 2)}\n`)
    else process.stdout.write(`${summaryOf(run).join('\n')}\n`)
    if (run.ended === 'failed' && run.error) {
      if (!flags.json) throw new ForgeError(run.error.code as ErrorCode, run.error)
      return ERROR_CODES[run.error.code as ErrorCode].exit
    }
    if (run.ended === 'interrupted') return ERROR_CODES.RUN_INTERRUPTED.exit
    // Who only looks at the exit code must learn that not everything went as wanted; what was skipped was meant to be.
    return run.counts.failed + run.counts.expired + run.counts.unresolved > 0 ? 1 : 0
  } finally {
    terminal.clear()
    signals.release()
  }
}

function speedOf(text: string | undefined): 'max' | number | undefined {
  return text === undefined || text === 'max' ? text : positiveNumber('speed', text)
}
