import type { TokenDirectory } from '../money/token.ts'
import type { PluginRegistry } from '../registry/registry.ts'
import type { BoundPipeline } from './bound-pipeline.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { ConfigFiles } from './files.ts'
import { Findings } from './findings.ts'
import type { LoadPlugins } from './own-plugins.ts'
import { readPipeline } from './pipeline.ts'
import { redactor } from './redaction.ts'
import { Documents } from './values/documents.ts'
import { givenParams } from './values/params.ts'

export interface LoadOptions {
  /** As the user gave it. */
  readonly file: string
  readonly files: ConfigFiles
  readonly registry: PluginRegistry
  readonly loadPlugins?: LoadPlugins
  /** What the flags gave, by param; `undefined` is not given. */
  readonly params: Readonly<Record<string, unknown>>
  /** `name=value` each. */
  readonly sets: readonly string[]
  /** Params and settings among these that `--param` gave, and no flag of their own or `--set`. */
  readonly varied?: readonly string[] | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  secret(name: string): Promise<string | undefined>
  /** The tokens of the cluster; absent: only the form of amounts and tokens is checked. */
  readonly tokens?: TokenDirectory
  /** Folders where a settings file is looked up after "as given". */
  readonly settingsRoots: readonly string[]
}

export interface LoadResult {
  /** Absent when there is an error among the diagnostics. */
  readonly pipeline: BoundPipeline | undefined
  /** Sorted, each once; warnings too. */
  readonly diagnostics: readonly Diagnostic[]
  /** Takes every secret of the pipeline out of a text. */
  readonly redact: (text: string) => string
  /** The secrets that the pipeline names, with their values: never to be printed or kept. */
  readonly secrets: ReadonlyMap<string, string>
}

/** Reads a pipeline, binds its params and settings, and checks all of it; everything that is wrong is told at once. */
export async function loadPipeline(options: LoadOptions): Promise<LoadResult> {
  const findings = new Findings()
  const secrets = new Map<string, string>()
  const pipeline = await readPipeline({
    file: options.file,
    documents: new Documents(options.files, options.settingsRoots),
    findings,
    registry: options.registry,
    loadPlugins: options.loadPlugins,
    params: givenParams(options.params, options.varied),
    sets: options.sets,
    varied: options.varied ?? [],
    tokens: options.tokens,
    lenient: false,
    outside: {
      env: name => (Object.hasOwn(options.env, name) ? options.env[name] : undefined),
      async secret(name) {
        const value = secrets.get(name) ?? (await options.secret(name))
        if (value !== undefined) secrets.set(name, value)
        return value
      },
    },
  })
  const redact = redactor(secrets.values())
  const diagnostics = findings.sorted().map(one => redacted(one, redact))
  return { pipeline: findings.errors > 0 ? undefined : pipeline.bound, diagnostics, redact, secrets }
}

/** Messages are made without secrets; this catches what a user wrote into the file as well. */
function redacted(diagnostic: Diagnostic, redact: (text: string) => string): Diagnostic {
  const { hint, message } = diagnostic
  const clean = { ...diagnostic, message: redact(message) }
  return hint === undefined ? clean : { ...clean, hint: redact(hint) }
}
