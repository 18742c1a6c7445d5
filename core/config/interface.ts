import { Checker } from './check/checker.ts'
import { choosingParams } from './choices.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { ConfigFiles } from './files.ts'
import { Findings } from './findings.ts'
import { openPipeline } from './pipeline.ts'
import { entry, field, textOf } from './text/tree.ts'
import { Documents } from './values/documents.ts'
import { declareParams } from './values/params.ts'
import type { JsonSchema } from './values/schema-walk.ts'

/** A param as a command shows it. */
export interface ParamInterface {
  readonly name: string
  /** JSON Schema of its value, as in `{type: 'string', enum: ['dca', 'grid']}`. */
  readonly schema: JsonSchema
  readonly description: string | undefined
  /** Whether a flag has to give it: it has no default and is not `required: false`. */
  readonly required: boolean
}

/** What a pipeline is called and what it can be given: enough for a command, without reading its nodes. */
export interface PipelineInterface {
  readonly name: string
  readonly summary: string
  readonly description: string
  /** As written, in order. */
  readonly params: readonly ParamInterface[]
  /** Whether it has settings that `--set` may override. */
  readonly hasSettings: boolean
  /** Params whose value chooses a fragment. */
  readonly choosing: readonly string[]
}

/** Reads only the head of a pipeline; there is none when the file can't be read as one. */
export async function readPipelineInterface(
  file: string,
  files: ConfigFiles,
): Promise<{ readonly pipeline: PipelineInterface | undefined; readonly diagnostics: readonly Diagnostic[] }> {
  const findings = new Findings()
  const checker = Checker.for(undefined)
  const document = await openPipeline(file, new Documents(files, []), checker, findings)
  const { tree } = document ?? {}
  const params = declareParams(field(tree, 'params'), checker, findings)
  const name = textOf(field(tree, 'pipeline'))
  const diagnostics = findings.sorted()
  if (name === undefined) return { pipeline: undefined, diagnostics }
  return {
    pipeline: {
      name,
      summary: textOf(field(tree, 'summary')) ?? '',
      description: textOf(field(tree, 'description')) ?? '',
      params: params.map(({ name, schema, description, needed, default: preset }) => ({
        name,
        schema,
        description,
        required: preset === undefined && needed !== 'never',
      })),
      hasSettings: entry(tree, 'settings') !== undefined,
      choosing: choosingParams(tree),
    },
    diagnostics,
  }
}
