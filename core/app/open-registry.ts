import { builtIn } from '../registry/create-registry.ts'
import { loadPlugins } from '../registry/load-plugins.ts'
import type { PluginProblem, PluginRegistry } from '../registry/registry.ts'
import { BUILT_IN_PLUGINS } from './builtin-plugins.ts'

/** Every plugin that a pipeline in this working directory can name, and what stood in the way of others. */
export function openRegistry(options: {
  /** Where installed packages are looked for; undefined: nowhere. */
  readonly packagesFrom: string | undefined
  readonly files?: readonly { readonly path: string; readonly baseDir: string }[]
}): Promise<{ readonly registry: PluginRegistry; readonly problems: readonly PluginProblem[] }> {
  return loadPlugins({
    builtIns: builtIn(BUILT_IN_PLUGINS),
    ...(options.packagesFrom === undefined ? {} : { packagesFrom: options.packagesFrom }),
    ...(options.files === undefined ? {} : { files: options.files }),
  })
}
