import { parse } from 'yaml'
import { type Diagnostic, formatDiagnostic } from '../../../core/config/diagnostic.ts'
import { memoryFiles } from '../../../core/config/files.ts'
import { lintPipeline } from '../../../core/config/lint.ts'
import { loadPipeline } from '../../../core/config/load.ts'
import { TEST_TOKENS } from './tokens.ts'
import { registryOf, TOYS } from './toys.ts'

/**
 * A pipeline with a mistake, and what a person is told: one text file of sections, the first of them the sentence that
 * names the test and, where needed, `options` as YAML.
 *
 *     A mistyped field is told with the nearest one.
 *     options: {params: {type: dca}}
 *     -- pipeline.yaml --
 *     …
 *     -- expected --
 *     pipeline.yaml:3:5 error[…] …
 */
export interface BrokenCase {
  readonly title: string
  readonly options: CaseOptions
  readonly files: Readonly<Record<string, string>>
  readonly expected: string
}

interface CaseOptions {
  readonly lint?: boolean
  readonly file?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly sets?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly secrets?: Readonly<Record<string, string>>
  /** Whether the tokens of a cluster are known. */
  readonly tokens?: boolean
  /** So many characters of comment are added to the file. */
  readonly pad?: number
  /** A plugin of this api version is there as `source: future`. */
  readonly futureApi?: number
}

export function readCase(text: string): BrokenCase {
  const [head = '', ...sections] = text.split(/^-- (.+) --\n/m)
  const files: Record<string, string> = {}
  for (let at = 0; at + 1 < sections.length; at += 2) files[sections[at]!] = sections[at + 1]!
  const { expected = '', ...rest } = files
  const [title = '', ...lines] = head.trim().split('\n')
  const written: unknown = parse(lines.join('\n')) ?? {}
  const { options = {} } = written as { options?: CaseOptions }
  return { title, options, files: rest, expected: expected.trimEnd() }
}

/** What the loader (or lint) says of a case. */
export async function diagnose({ options, files }: BrokenCase): Promise<readonly Diagnostic[]> {
  const {
    lint = false,
    file = 'pipeline.yaml',
    params = {},
    sets = [],
    env = {},
    secrets = {},
    tokens = true,
  } = options
  const future = TOYS.filter(one => one.name === 'quotes').map(one => ({
    ...one,
    name: 'future',
    api: options.futureApi as 1,
  }))
  const common = {
    file,
    files: memoryFiles(
      options.pad === undefined ? files : { ...files, [file]: `${files[file]}# ${'x'.repeat(options.pad)}\n` },
    ),
    registry: registryOf(options.futureApi === undefined ? TOYS : [...TOYS, ...future]),
    params,
    sets,
    settingsRoots: ['configs', 'configs/strategies'],
    ...(tokens ? { tokens: TEST_TOKENS } : {}),
  }
  if (lint) return (await lintPipeline(common)).diagnostics
  const secret = async (name: string): Promise<string | undefined> => secrets[name]
  const { pipeline, diagnostics } = await loadPipeline({ ...common, env, secret })
  const failed = diagnostics.some(one => one.severity === 'error')
  if (failed === (pipeline !== undefined)) throw new Error('a pipeline is bound exactly when there is no error')
  return diagnostics
}

export function shown(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(formatDiagnostic).join('\n\n')
}
