import type { Command, Interfaces } from '@oclif/core'
import { packageFile } from '../app/package-root.ts'
import { BaseCommand } from './base-command.ts'
import { RUN_FLAGS, type RunFlags } from './flags/common-flags.ts'
import type { Runner } from './run-and-print.ts'

/** Runs pipelines: the prebuilt ones are a command each, `run FILE` takes anybody's. */
export abstract class PipelineCommand extends BaseCommand {
  static override flags: Interfaces.FlagInput = RUN_FLAGS

  /**
   * Reads the file's params, takes them from the command line, runs it, and prints how it went.
   *
   * @param own All flags of the command but those of its pipeline.
   * @param runnerOf How it is run, by the flags that were given; as any pipeline by default.
   */
  protected async runFile(
    file: string,
    argv: string[],
    own: Interfaces.FlagInput = RUN_FLAGS,
    runnerOf?: (given: RunFlags) => Promise<Runner>,
  ): Promise<number> {
    const { listingFlags, readPipelineFlags } = await import('./flags/pipeline-flags.ts')
    const flags = await readPipelineFlags(file)
    const listing = listingFlags(flags, argv)
    if (listing) return this.#list(file, listing, argv)
    const parsed = await this.parse({ flags: { ...flags.params, ...flags.list, ...own }, args: {}, strict: true }, argv)
    const { runAndPrint } = await import('./run-and-print.ts')
    const given = parsed.flags as RunFlags & Record<string, unknown>
    const params = Object.fromEntries(
      Object.keys(flags.params).flatMap(name => (given[name] === undefined ? [] : [[name, given[name]]])),
    )
    return runAndPrint(file, params, given, await runnerOf?.(given))
  }

  async #list(file: string, flags: Interfaces.FlagInput, argv: string[]): Promise<number> {
    const parsed = await this.parse({ flags, args: {}, strict: true }, argv)
    const { listChoices } = await import('../app/commands/list-choices.ts')
    const { document, text } = await listChoices(file)
    if (parsed.flags['json'] === true) this.printJson(document)
    else this.print(text)
    return 0
  }
}

/** The command of a pipeline that ships with the package. Its params become flags when it runs, or in the manifest. */
export function prebuiltCommand(name: string): Command.Class {
  const file = packageFile('pipelines', `${name}.yaml`)
  return class Prebuilt extends PipelineCommand {
    async run(): Promise<number> {
      return this.runFile(file, this.argv)
    }
  }
}
