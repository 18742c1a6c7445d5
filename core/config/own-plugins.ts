import type { PluginProblem, PluginRegistry } from '../registry/registry.ts'
import type { Findings } from './findings.ts'
import { entry, joinPath, type Tree, textOf } from './text/tree.ts'

/** Loads the plugins a pipeline names (`./mine.ts`, a package), for the file that names them. */
export type LoadPlugins = (
  specs: readonly string[],
  fromFile: string,
) => Promise<{ readonly registry: PluginRegistry; readonly problems: readonly PluginProblem[] }>

/** The registry with the plugins that the pipeline names itself; what fails is told at its line. */
export async function loadOwnPlugins(
  tree: Tree | undefined,
  file: string,
  reading: {
    readonly registry: PluginRegistry
    readonly loadPlugins: LoadPlugins | undefined
    readonly findings: Findings
  },
): Promise<PluginRegistry> {
  const { registry, loadPlugins, findings } = reading
  const named = entry(tree, 'plugins')
  const items = named?.value.type === 'list' ? named.value.items : []
  const specs = items.flatMap(item => textOf(item) ?? [])
  if (!named || specs.length === 0) return registry
  if (!loadPlugins) {
    const message = 'plugins of a pipeline are not loaded here'
    findings.add(named.keySpan, { code: 'CONFIG_PLUGINS_REFUSED', path: 'plugins', message })
    return registry
  }
  const loaded = await loadPlugins([...new Set(specs)], file)
  for (const { path, error } of loaded.problems) {
    const index = items.findIndex(item => textOf(item) === path)
    const finding = { code: error.code, message: error.message, hint: error.remedy }
    const item = items[index]
    if (item) findings.add(item.span, { ...finding, path: joinPath('plugins', index) })
    // A package that the pipeline does not name may be broken without the pipeline being so.
    else findings.add(named.keySpan, { ...finding, path: 'plugins', severity: 'warning' })
  }
  return layered(loaded.registry, registry)
}

/** The first one's plugins, then those of the second that the first has not. */
function layered(first: PluginRegistry, second: PluginRegistry): PluginRegistry {
  return {
    find: (kind, name) => first.find(kind, name) ?? second.find(kind, name),
    list(kind) {
      const own = first.list(kind)
      const rest = second.list(kind).filter(({ definition }) => !first.find(definition.kind, definition.name))
      return [...own, ...rest]
    },
    problems: [...(first.problems ?? []), ...(second.problems ?? [])],
  }
}
