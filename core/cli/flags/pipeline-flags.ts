import { Flags, type Interfaces } from '@oclif/core'
import { ConfigInvalid } from '../../app/config-invalid.ts'
import { diskFiles } from '../../config/files.ts'
import { type PipelineInterface, readPipelineInterface } from '../../config/interface.ts'
import { OUTPUT_FLAGS, RUN_FLAGS } from './common-flags.ts'
import { flagsOfParams } from './param-flags.ts'

/** What a pipeline's file says of its command: only its head is read. */
export interface PipelineFlags {
  readonly summary: string
  readonly description: string
  readonly params: Interfaces.FlagInput
  /** `--list`, where a param chooses from several fragments. */
  readonly list: Interfaces.FlagInput
  readonly interface: PipelineInterface
}

const LIST_NAME = 'list'

/** @throws ConfigInvalid when the file can not be read as a pipeline; USAGE when a param has the name of a common flag. */
export async function readPipelineFlags(file: string, own: Interfaces.FlagInput = RUN_FLAGS): Promise<PipelineFlags> {
  const { pipeline, diagnostics } = await readPipelineInterface(file, diskFiles)
  if (!pipeline) throw new ConfigInvalid(diagnostics)
  const { choosing, description, params, summary } = pipeline
  const names = choosing.map(name => `--${name}`).join(' and ')
  const flag = Flags.boolean({ description: `Show what ${names} can be, with a sentence each, and run nothing.` })
  const list: Interfaces.FlagInput = choosing.length > 0 ? { [LIST_NAME]: flag } : {}
  return { summary, description, params: flagsOfParams(params, { ...own, ...list }), list, interface: pipeline }
}

/** The flags of a command line that asks for the list: nothing else must be given then. Undefined when it does not ask. */
export function listingFlags(
  { list, params }: PipelineFlags,
  argv: readonly string[],
): Interfaces.FlagInput | undefined {
  if (!(LIST_NAME in list) || !argv.includes(`--${LIST_NAME}`)) return undefined
  const optional = Object.entries(params).map(([name, flag]) => [name, { ...flag, required: false }])
  return { ...(Object.fromEntries(optional) as Interfaces.FlagInput), ...list, json: OUTPUT_FLAGS.json }
}
