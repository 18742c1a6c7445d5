import type { Printed } from '../app/commands/printed.ts'
import { keepsRuns } from '../app/run/data-directory.ts'
import type { RunDocument } from '../app/run/run-document.ts'
import type { RunOptions } from '../app/run/run-options.ts'
import { runPipeline } from '../app/run-pipeline.ts'
import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts'
import { ForgeError } from '../errors/forge-error.ts'
import { toJson } from '../events/serialize.ts'
import type { RunFlags } from './flags/common-flags.ts'
import { confirm } from './terminal/confirm.ts'
import { folded } from './terminal/fold.ts'
import { summaryOf } from './terminal/summary.ts'
import { withRunOptions } from './with-run-options.ts'

/** What runs, and how it went; or what is to be printed when it did not have to run here. */
export type Runner = (options: RunOptions) => Promise<RunDocument | Printed>

/** Runs a pipeline as the flags say and prints how it went. Answers the exit code. */
export async function runAndPrint(
  file: string,
  params: Record<string, unknown>,
  flags: RunFlags,
  runner: Runner = runPipeline,
): Promise<number> {
  if (flags.new && flags['data-dir'] !== undefined && keepsRuns(flags['data-dir'])) {
    const question = `${flags['data-dir']} holds earlier runs; a new deployment trades from its first slot again. Go on?`
    await confirm(question, flags)
  }
  const run = await withRunOptions({ file, params }, flags, runner)
  if ('text' in run) {
    process.stdout.write(`${flags.json ? toJson(run.document, 2) : folded(run.text, process.stdout)}\n`)
    return 0
  }
  if (flags.json) process.stdout.write(`${toJson(run, 2)}\n`)
  else process.stdout.write(`${folded(summaryOf(run).join('\n'), process.stdout)}\n`)
  if (run.ended === 'failed' && run.error) {
    if (!flags.json) throw new ForgeError(run.error.code as ErrorCode, run.error)
    return ERROR_CODES[run.error.code as ErrorCode].exit
  }
  if (run.ended === 'interrupted') return ERROR_CODES.RUN_INTERRUPTED.exit
  // Who only looks at the exit code must learn that not everything went as wanted; what was skipped was meant to be.
  return run.counts.failed + run.counts.expired + run.counts.unresolved > 0 ? 1 : 0
}
