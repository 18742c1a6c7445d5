import { ForgeError } from '../errors/forge-error.ts'
import { type AnyPlugin, PLUGIN_KINDS } from '../plugin/contract.ts'
import { originText, type PluginProblem, type PluginRegistry, type RegisteredPlugin } from './registry.ts'

/** Marks definitions as part of SniperForge itself. */
export function builtIn(definitions: readonly AnyPlugin[]): RegisteredPlugin[] {
  return definitions.map(definition => ({ definition, origin: { from: 'built-in' } }))
}

/**
 * A registry of these plugins; of two with the same kind and name the first is kept and the second is a problem, so
 * that nothing outside replaces what is built in. Lists are by kind, in the order of a pipeline, then by name.
 */
export function createRegistry(plugins: readonly RegisteredPlugin[]): {
  readonly registry: PluginRegistry
  readonly problems: readonly PluginProblem[]
} {
  const known = new Map<string, RegisteredPlugin>()
  const problems: PluginProblem[] = []
  for (const plugin of plugins) {
    const id = idOf(plugin.definition)
    const other = known.get(id)
    if (other === undefined) known.set(id, plugin)
    // The very same definition, reached by two ways: a package that is installed and named as well.
    else if (other.definition !== plugin.definition)
      problems.push({ path: originText(plugin.origin), error: duplicate(id, other, plugin) })
  }
  const sorted = [...known.values()].sort(byKindThenName)
  return {
    registry: {
      find: (kind, name) => known.get(`${kind}/${name}`),
      list: kind => (kind === undefined ? sorted : sorted.filter(({ definition }) => definition.kind === kind)),
    },
    problems,
  }
}

function idOf(definition: AnyPlugin): string {
  return `${definition.kind}/${definition.name}`
}

function byKindThenName({ definition: a }: RegisteredPlugin, { definition: b }: RegisteredPlugin): number {
  const byKind = PLUGIN_KINDS.indexOf(a.kind) - PLUGIN_KINDS.indexOf(b.kind)
  return byKind !== 0 ? byKind : a.name < b.name ? -1 : 1
}

function duplicate(id: string, kept: RegisteredPlugin, left: RegisteredPlugin): ForgeError {
  const [first, second] = [originText(kept.origin), originText(left.origin)]
  return new ForgeError('PLUGIN_DUPLICATE', {
    message: `${id} is given twice: by ${first}, which is used, and by ${second}`,
    remedy: `Rename or remove the one of ${second}.`,
    context: { plugin: id, kept: first, left: second },
  })
}
