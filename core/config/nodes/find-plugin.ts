import { hintFor } from '../../errors/suggest.ts'
import { PLUGIN_API, PLUGIN_KINDS, type PluginKind } from '../../plugin/contract.ts'
import type { PluginRegistry, RegisteredPlugin } from '../../registry/registry.ts'
import type { Findings } from '../findings.ts'
import type { Span } from '../text/source-text.ts'

/** The plugin of that kind and name; one that is not there, or was written for another contract, is told. */
export function findPlugin(
  registry: PluginRegistry,
  kind: PluginKind,
  name: string,
  at: { readonly span: Span; readonly path: string },
  findings: Findings,
): RegisteredPlugin | undefined {
  const found = registry.find(kind, name)
  if (!found) {
    const other = PLUGIN_KINDS.find(one => one !== kind && registry.find(one, name))
    const names = registry.list(kind).map(one => one.definition.name)
    const hint = other
      ? `"${name}" is of kind ${other}: write \`${other}: ${name}\``
      : (hintFor(name, names, `plugins of kind ${kind}`) ?? `no plugin of kind ${kind} is installed`)
    findings.add(at.span, {
      code: 'PLUGIN_UNKNOWN',
      path: at.path,
      message: `there is no ${kind} plugin "${name}"`,
      hint: [hint, ...(registry.problems ?? []).map(({ error }) => `not loaded: ${error.message}`)].join('; '),
    })
    return undefined
  }
  const api: number = found.definition.api
  if (api !== PLUGIN_API) {
    const message = `the plugin "${name}" was written for plugin api ${api}; this is api ${PLUGIN_API}`
    const hint = api > PLUGIN_API ? 'install a newer sniperforge' : 'install a newer version of the plugin'
    findings.add(at.span, { code: 'CONFIG_PLUGIN_API', path: at.path, message, hint })
    return undefined
  }
  return found
}
