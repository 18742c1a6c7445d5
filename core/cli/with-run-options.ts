import { processEnvironment } from '../app/environment.ts'
import type { LogLevel } from '../app/logger.ts'
import type { RunOptions } from '../app/run/run-options.ts'
import { positiveNumber } from './base-command.ts'
import type { RunFlags } from './flags/common-flags.ts'
import { walletFlags } from './terminal/ask-secret.ts'
import { confirm } from './terminal/confirm.ts'
import { takeSignals } from './terminal/signals.ts'
import { createTerminal, SILENT_TERMINAL } from './terminal/terminal.ts'

/** Does something with what the flags of a run say: signals and the terminal belong to it until it has ended. */
export async function withRunOptions<T>(
  what: Pick<RunOptions, 'file' | 'params'>,
  flags: RunFlags,
  work: (options: RunOptions) => Promise<T>,
): Promise<T> {
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
    return await work({
      ...what,
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
  } finally {
    terminal.clear()
    signals.release()
  }
}

function speedOf(text: string | undefined): 'max' | number | undefined {
  return text === undefined || text === 'max' ? text : positiveNumber('speed', text)
}
