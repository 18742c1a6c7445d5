import { ForgeError } from '../../errors/forge-error.ts'
import { listOf, nearest } from '../../errors/suggest.ts'
import type { PluginKind } from '../../plugin/contract.ts'
import { describePlugin, renderPlugin, renderPluginList } from '../../registry/describe.ts'
import type { RegisteredPlugin } from '../../registry/registry.ts'
import { openRegistry } from '../open-registry.ts'
import type { Printed } from './printed.ts'

/** `plugins list` */
export async function listPlugins(workingDirectory: string, kind?: PluginKind): Promise<Printed> {
  const { registry, problems } = await openRegistry({ packagesFrom: workingDirectory })
  const plugins = registry.list(kind)
  return {
    text: renderPluginList(plugins, problems).join('\n'),
    document: {
      document: 'plugins',
      version: 1,
      plugins: plugins.map(plugin => {
        const { kind, name, summary, origin, takes, gives } = describePlugin(plugin)
        return { kind, name, summary, origin, takes, gives }
      }),
      problems: problems.map(({ path, error }) => ({ path, code: error.code, message: error.message })),
    },
  }
}

/**
 * `plugins show NAME`, where the name may be `kind/name`.
 *
 * @throws PLUGIN_UNKNOWN; USAGE when several kinds have the name.
 */
export async function showPlugin(workingDirectory: string, name: string): Promise<Printed> {
  const { registry } = await openRegistry({ packagesFrom: workingDirectory })
  const plugin = theOne(name, registry.list())
  return {
    text: renderPlugin(plugin).join('\n'),
    document: { document: 'plugin', version: 1, ...describePlugin(plugin) },
  }
}

function theOne(name: string, plugins: readonly RegisteredPlugin[]): RegisteredPlugin {
  const idOf = ({ definition }: RegisteredPlugin): string => `${definition.kind}/${definition.name}`
  const found = plugins.filter(plugin => plugin.definition.name === name || idOf(plugin) === name)
  if (found.length > 1) {
    throw new ForgeError('USAGE', {
      message: `several plugins are named "${name}"`,
      remedy: `Say which: ${found.map(idOf).join(' or ')}.`,
    })
  }
  if (found[0]) return found[0]
  const names = plugins.flatMap(plugin => [plugin.definition.name, idOf(plugin)])
  const meant = nearest(name, names)
  throw new ForgeError('PLUGIN_UNKNOWN', {
    message: `there is no plugin "${name}"`,
    remedy: meant === undefined ? `Installed: ${listOf(plugins.map(idOf))}.` : `Did you mean "${meant}"?`,
  })
}
