import { ForgeError, messageOf } from '../errors/forge-error.ts'
import { createRegistry } from './create-registry.ts'
import { findPackages } from './find-packages.ts'
import { importDefinition, loadPluginFile } from './load-file.ts'
import type { PluginProblem, PluginRegistry, RegisteredPlugin } from './registry.ts'

export interface PluginSources {
  readonly builtIns: readonly RegisteredPlugin[]
  /** Files that a pipeline names, with the folder they are relative to. */
  readonly files?: readonly { readonly path: string; readonly baseDir: string }[]
  /** The working directory, where installed packages are looked for; absent: none. */
  readonly packagesFrom?: string
}

/**
 * Every plugin that can be had, and what stood in the way of the others. Never throws: a broken plugin is a problem
 * with its path, and the rest is there.
 */
export async function loadPlugins(sources: PluginSources): Promise<{
  readonly registry: PluginRegistry
  readonly problems: readonly PluginProblem[]
}> {
  const plugins: RegisteredPlugin[] = [...sources.builtIns]
  const problems: PluginProblem[] = []
  const attempt = async (path: string, load: () => Promise<RegisteredPlugin>): Promise<void> => {
    try {
      plugins.push(await load())
    } catch (thrown) {
      problems.push({ path, error: thrown instanceof ForgeError ? thrown : unforeseen(path, thrown) })
    }
  }
  for (const { path, baseDir } of sources.files ?? []) await attempt(path, () => loadPluginFile(path, baseDir))
  if (sources.packagesFrom !== undefined) {
    const found = findPackages(sources.packagesFrom)
    problems.push(...found.problems)
    for (const { name, version, files } of found.packages) {
      for (const path of files) {
        const origin = { from: 'package', name, version, path } as const
        await attempt(path, async () => ({ definition: await importDefinition(path), origin }))
      }
    }
  }
  const created = createRegistry(plugins)
  return { registry: created.registry, problems: [...problems, ...created.problems] }
}

function unforeseen(path: string, cause: unknown): ForgeError {
  return new ForgeError('PLUGIN_NOT_LOADED', {
    message: `${path}: ${messageOf(cause)}`,
    context: { file: path },
    cause,
  })
}
