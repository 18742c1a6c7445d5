import type { Interfaces } from '@oclif/core'
import { ConfigInvalid } from '../../app/config-invalid.ts'
import { diskFiles } from '../../config/files.ts'
import { type PipelineInterface, readPipelineInterface } from '../../config/interface.ts'
import { RUN_FLAGS } from './common-flags.ts'
import { flagsOfParams } from './param-flags.ts'

/** What a pipeline's file says of its command: only its head is read. */
export interface PipelineFlags {
  readonly summary: string
  readonly description: string
  readonly params: Interfaces.FlagInput
  readonly interface: PipelineInterface
}

/** @throws ConfigInvalid when the file can not be read as a pipeline; USAGE when a param has the name of a common flag. */
export async function readPipelineFlags(file: string, own: Interfaces.FlagInput = RUN_FLAGS): Promise<PipelineFlags> {
  const { pipeline, diagnostics } = await readPipelineInterface(file, diskFiles)
  if (!pipeline) throw new ConfigInvalid(diagnostics)
  return {
    summary: pipeline.summary,
    description: pipeline.description,
    params: flagsOfParams(pipeline.params, own),
    interface: pipeline,
  }
}
