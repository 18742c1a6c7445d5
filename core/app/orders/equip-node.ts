import { ForgeError } from '../../errors/forge-error.ts'
import type { TokenDirectory } from '../../money/token.ts'
import type { PluginRegistry } from '../../registry/registry.ts'
import type { Environment } from '../environment.ts'
import { checkedConfig } from '../run/checked-config.ts'
import { pluginVersion } from '../run/plugin-version.ts'
import type { Equip } from './compose-desk.ts'
import type { KnownSecrets } from './known-secrets.ts'

/**
 * Makes planned nodes run with the plugins that are installed now, and with the secrets of this process. A plugin of
 * another version than the order was made with is told; its schema decides whether it takes the order's settings.
 *
 * The function it gives throws PLUGIN_UNKNOWN, CONFIG_SECRET_MISSING, and CONFIG_INVALID for settings that do not fit.
 */
export function equipper(options: {
  readonly registry: PluginRegistry
  readonly tokens: TokenDirectory
  readonly environment: Environment
  readonly tell: (text: string) => void
  /** Told of those that are put in. */
  readonly secrets: Pick<KnownSecrets, 'add'>
}): Equip {
  const { registry, tokens, environment, tell, secrets } = options
  const told = new Set<string>()
  return node => {
    const plugin = registry.find(node.kind, node.plugin)?.definition
    if (!plugin) {
      throw new ForgeError('PLUGIN_UNKNOWN', {
        message: `an order waits for the ${node.kind} plugin "${node.plugin}", which is not installed here`,
        remedy: 'Start in the directory where it is installed; the order stays armed.',
      })
    }
    const version = pluginVersion(registry, plugin)
    const change = `${node.kind} ${node.plugin}: orders were made with ${node.version}, and ${version} watches them`
    if (version !== node.version && !told.has(change)) tell(change)
    told.add(change)
    const config = withSecrets(node.config, environment, secrets)
    return { plugin, config: checkedConfig(plugin, config, tokens, node.id) }
  }
}

const SECRET = /\$\{secret\.([A-Za-z_][A-Za-z0-9_]*)\}/g

/** The value with the names of secrets in place of what they stand for: what may be written to a disk. */
export function withoutSecrets<T>(value: T, secrets: ReadonlyMap<string, string>): T {
  const hidden = [...secrets].filter(([, secret]) => secret !== '').sort(([, a], [, b]) => b.length - a.length)
  if (hidden.length === 0) return value
  return mapTexts(value, text =>
    hidden.reduce((rest, [name, secret]) => rest.replaceAll(secret, `\${secret.${name}}`), text),
  )
}

/** A copy with every secret that is named put in. @throws CONFIG_SECRET_MISSING */
function withSecrets<T>(value: T, environment: Environment, secrets: Pick<KnownSecrets, 'add'>): T {
  return mapTexts(value, text =>
    text.replaceAll(SECRET, (_whole, name: string) => {
      const secret = environment.variables[name]
      if (secret !== undefined) {
        secrets.add(secret)
        return secret
      }
      throw new ForgeError('CONFIG_SECRET_MISSING', {
        message: `an order that waits needs the secret ${name}`,
        remedy: `Set the environment variable ${name}; the order stays armed.`,
      })
    }),
  )
}

function mapTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T
  if (Array.isArray(value)) return value.map(item => mapTexts(item, change)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, mapTexts(field, change)])) as T
}
