import { globSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { BoundPipeline } from '../config/bound-pipeline.ts'
import { diskFiles } from '../config/files.ts'
import { loadPipeline } from '../config/load.ts'
import type { TokenDirectory } from '../money/token.ts'
import { loadNamedPlugins } from '../registry/load-plugins.ts'
import type { PluginRegistry, RegisteredPlugin } from '../registry/registry.ts'
import { ConfigInvalid } from './config-invalid.ts'
import type { Environment } from './environment.ts'
import { openRegistry } from './open-registry.ts'
import { packageRoot } from './package-root.ts'

/** A plugin that is not built in, and its file where it is one. */
export interface OutsidePlugin extends RegisteredPlugin {
  readonly file?: string | undefined
}

/**
 * The pipeline of a file with its params and settings bound, ready to run.
 *
 * @throws ConfigInvalid (CONFIG_INVALID) with every diagnostic.
 */
export async function bindPipeline(options: {
  readonly file: string
  readonly params: Readonly<Record<string, unknown>>
  readonly set: readonly string[]
  /** What of these `--param` of a backtest gave. */
  readonly varied?: readonly string[] | undefined
  readonly tokens: TokenDirectory
  readonly environment: Environment
}): Promise<{
  readonly pipeline: BoundPipeline
  /** Every plugin but those that the pipeline brings itself. */
  readonly registry: PluginRegistry
  /** Those of packages, and those that the pipeline brings itself. */
  readonly outside: readonly OutsidePlugin[]
  readonly warnings: readonly string[]
  readonly redact: (text: string) => string
  readonly secrets: ReadonlyMap<string, string>
}> {
  const { environment } = options
  const outside: OutsidePlugin[] = []
  const { registry, problems } = await openRegistry({ packagesFrom: environment.workingDirectory })
  const { pipeline, diagnostics, redact, secrets } = await loadPipeline({
    file: options.file,
    files: diskFiles,
    registry,
    loadPlugins: async (specs, fromFile) => {
      const loaded = await loadNamedPlugins(specs, fromFile, registry)
      for (const plugin of loaded.registry.list()) {
        const { origin } = plugin
        outside.push({
          ...plugin,
          file: origin.from === 'file' ? resolve(dirname(fromFile), origin.path) : undefined,
        })
      }
      return loaded
    },
    params: options.params,
    sets: options.set,
    varied: options.varied,
    env: environment.variables,
    secret: async name => environment.variables[name],
    tokens: options.tokens,
    settingsRoots: settingsRoots(environment),
  })
  if (!pipeline) throw new ConfigInvalid(diagnostics)
  return {
    pipeline,
    registry,
    outside: [...registry.list().filter(({ origin }) => origin.from !== 'built-in'), ...outside],
    redact,
    secrets,
    warnings: [
      ...problems.map(({ path, error }) => `${path}: ${error.message}`),
      ...diagnostics.map(({ file, line, message }) => `${file}:${line}: ${message}`),
    ],
  }
}

/** Where `--config dca.json` is looked for: `configs/` of the working directory and of the package, and their folders. */
export function settingsRoots(environment: Environment): readonly string[] {
  return [environment.workingDirectory, packageRoot()].flatMap(base => [
    base,
    join(base, 'configs'),
    ...globSync('configs/*/', { cwd: base })
      .sort()
      .map(folder => join(base, folder)),
  ])
}
