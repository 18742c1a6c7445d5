import { dirname, isAbsolute, resolve } from 'node:path'
import { ForgeError, messageOf } from '../errors/forge-error.ts'
import type { AnyPlugin } from '../plugin/contract.ts'
import { createRegistry } from './create-registry.ts'
import { findPackages, type PluginPackage, packageNamed } from './find-packages.ts'
import { importDefinition, loadPluginFile } from './load-file.ts'
import type { PluginProblem, PluginRegistry, RegisteredPlugin } from './registry.ts'

export interface PluginSources {
  readonly builtIns: readonly RegisteredPlugin[]
  /** Files and packages that a pipeline names, with the folder it is in. */
  readonly files?: readonly { readonly path: string; readonly baseDir: string }[]
  /** The working directory, where installed packages are looked for; absent: none. */
  readonly packagesFrom?: string
}

export interface LoadedPlugins {
  readonly registry: PluginRegistry
  readonly problems: readonly PluginProblem[]
}

/**
 * Every plugin that can be had, and what stood in the way of the others. Never throws: a broken plugin is a problem
 * with its path, and the rest is there.
 */
export async function loadPlugins(sources: PluginSources): Promise<LoadedPlugins> {
  const named = await loadEach(sources.files ?? [])
  const found = sources.packagesFrom === undefined ? undefined : findPackages(sources.packagesFrom)
  const installed = await Promise.all((found?.packages ?? []).map(loadPackage))
  const created = createRegistry([
    ...sources.builtIns,
    ...named.plugins,
    ...installed.flatMap(({ plugins }) => plugins),
  ])
  const problems = [
    ...named.problems,
    ...(found?.problems ?? []),
    ...installed.flatMap(one => one.problems),
    ...created.problems,
  ]
  return { registry: { ...created.registry, problems }, problems }
}

/**
 * What a pipeline names under `plugins`: files, relative to the pipeline, and packages by name.
 *
 * @param known What is there without it: a plugin that is in it already is a problem, and not replaced.
 */
export async function loadNamedPlugins(
  specs: readonly string[],
  pipelineFile: string,
  known: PluginRegistry,
): Promise<LoadedPlugins> {
  const baseDir = dirname(resolve(pipelineFile))
  const plugins: RegisteredPlugin[] = []
  const problems: PluginProblem[] = []
  for (const path of specs) {
    const loaded = await loadEach([{ path, baseDir }])
    const clash = createRegistry([...known.list(), ...plugins, ...loaded.plugins])
    // By the name the pipeline has for it, so that the problem can be shown at its line.
    problems.push(...[...loaded.problems, ...clash.problems].map(({ error }) => ({ path, error })))
    plugins.push(...loaded.plugins.filter(({ definition }) => isKept(clash.registry, definition)))
  }
  return { registry: createRegistry(plugins).registry, problems }
}

function isKept(registry: PluginRegistry, definition: AnyPlugin): boolean {
  return registry.find(definition.kind, definition.name)?.definition === definition
}

interface Batch {
  readonly plugins: RegisteredPlugin[]
  readonly problems: PluginProblem[]
}

async function loadEach(files: readonly { readonly path: string; readonly baseDir: string }[]): Promise<Batch> {
  const batch: Batch = { plugins: [], problems: [] }
  for (const { path, baseDir } of files) {
    await attempt(batch, path, async () => {
      if (isPath(path)) batch.plugins.push(await loadPluginFile(path, baseDir))
      else {
        const loaded = await loadPackage(packageNamed(path, baseDir))
        batch.plugins.push(...loaded.plugins)
        batch.problems.push(...loaded.problems)
      }
    })
  }
  return batch
}

async function loadPackage({ name, version, files }: PluginPackage): Promise<Batch> {
  const batch: Batch = { plugins: [], problems: [] }
  for (const path of files) {
    await attempt(batch, path, async () => {
      const definition = await importDefinition(path)
      batch.plugins.push({ definition, origin: { from: 'package', name, version, path } })
    })
  }
  return batch
}

async function attempt(batch: Batch, path: string, load: () => Promise<void>): Promise<void> {
  try {
    await load()
  } catch (thrown) {
    batch.problems.push({ path, error: thrown instanceof ForgeError ? thrown : unforeseen(path, thrown) })
  }
}

/** Anything else is the name of a package. */
function isPath(spec: string): boolean {
  return /^\.{0,2}\//.test(spec) || isAbsolute(spec) || /\.m?[jt]s$/.test(spec)
}

function unforeseen(path: string, cause: unknown): ForgeError {
  return new ForgeError('PLUGIN_NOT_LOADED', {
    message: `${path}: ${messageOf(cause)}`,
    context: { file: path },
    cause,
  })
}
