import type { TokenDirectory } from '../money/token.ts'
import type { PluginRegistry } from '../registry/registry.ts'
import { alternativesOf } from './alternatives.ts'
import { Checker } from './check/checker.ts'
import { type Diagnostic, sortDiagnostics } from './diagnostic.ts'
import type { ConfigFiles } from './files.ts'
import { Findings } from './findings.ts'
import { outlineOf, type PipelineOutline } from './graph.ts'
import type { LoadPlugins } from './own-plugins.ts'
import { openPipeline, readPipeline } from './pipeline.ts'
import { Documents } from './values/documents.ts'
import { givenParams } from './values/params.ts'

export interface LintOptions {
  readonly file: string
  readonly files: ConfigFiles
  readonly registry: PluginRegistry
  readonly loadPlugins?: LoadPlugins
  /** Params to hold fast; the others take every value that is known: their enum, or their default. */
  readonly params?: Readonly<Record<string, unknown>>
  readonly sets?: readonly string[]
  /** Absent: variables are taken as set, with values unknown. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Absent: secrets are taken as there, with values unknown. */
  secret?(name: string): Promise<string | undefined>
  readonly tokens?: TokenDirectory
  readonly settingsRoots: readonly string[]
}

export interface LintResult {
  readonly diagnostics: readonly Diagnostic[]
  /** The pipeline as each alternative has it: for `graph`. */
  readonly outlines: readonly PipelineOutline[]
}

/** Everything that can be said about a pipeline without the values of a run. */
export async function lintPipeline(options: LintOptions): Promise<LintResult> {
  const documents = new Documents(options.files, options.settingsRoots)
  const checker = Checker.for(options.tokens)
  const head = new Findings()
  const document = await openPipeline(options.file, documents, checker, head)
  if (!document?.tree) return { diagnostics: head.sorted(), outlines: [] }

  const fixed = givenParams(options.params ?? {})
  const alternatives = alternativesOf(document.tree, fixed, checker)
  const loadPlugins = options.loadPlugins && once(options.loadPlugins)
  const { env, secret } = options
  const runs: { readonly label: string; readonly diagnostics: readonly Diagnostic[] }[] = []
  const outlines: PipelineOutline[] = []
  for (const { params, label } of alternatives) {
    const findings = new Findings()
    const { nodes, wires } = await readPipeline({
      file: options.file,
      documents,
      findings,
      registry: options.registry,
      loadPlugins,
      params,
      sets: options.sets ?? [],
      varied: [],
      tokens: options.tokens,
      lenient: true,
      outside: {
        env: name => (env ? (Object.hasOwn(env, name) ? env[name] : undefined) : null),
        secret: async name => (secret ? secret(name) : null),
      },
    })
    runs.push({ label, diagnostics: findings.sorted() })
    outlines.push(outlineOf(document.tree, label, nodes, wires))
  }
  return { diagnostics: merge(runs), outlines }
}

/** What only some alternatives show says which. */
function merge(
  runs: readonly { readonly label: string; readonly diagnostics: readonly Diagnostic[] }[],
): readonly Diagnostic[] {
  const key = (one: Diagnostic): string =>
    JSON.stringify([one.file, one.line, one.column, one.code, one.path, one.message])
  const labels = new Map<string, string[]>()
  for (const { label, diagnostics } of runs) {
    for (const one of new Set(diagnostics.map(key))) labels.set(one, [...(labels.get(one) ?? []), label])
  }
  // What one alternative leaves unread or unused another may need.
  const everywhere = (one: Diagnostic): boolean =>
    (one.code !== 'CONFIG_SETTING_UNREAD' && one.code !== 'CONFIG_WALLET_UNUSED') ||
    labels.get(key(one))?.length === runs.length
  const all = runs.flatMap(({ diagnostics }) =>
    diagnostics.filter(everywhere).map(one => {
      const shown = labels.get(key(one)) ?? []
      // A place of its own (a fragment of that alternative) speaks for itself once it is the only one there.
      if (shown.length === runs.length || runs.length === 1) return one
      const when = `${shown.slice(0, 3).join('; ')}${shown.length > 3 ? '; …' : ''}`
      return { ...one, message: `${one.message} (when ${when})` }
    }),
  )
  return sortDiagnostics(all)
}

function once(load: LoadPlugins): LoadPlugins {
  let loading: ReturnType<LoadPlugins> | undefined
  return (specs, fromFile) => {
    loading ??= load(specs, fromFile)
    return loading
  }
}
