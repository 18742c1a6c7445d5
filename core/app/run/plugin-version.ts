import { readFileSync } from 'node:fs'
import type { AnyPlugin } from '../../plugin/contract.ts'
import type { PluginRegistry } from '../../registry/registry.ts'
import { packageFile } from '../package-root.ts'

/** The version of a plugin, as orders keep it: its package's, ours for what is built in, and of a file its contract's. */
export function pluginVersion(registry: PluginRegistry, plugin: AnyPlugin): string {
  const origin = registry.find(plugin.kind, plugin.name)?.origin
  if (origin?.from === 'package') return origin.version
  if (origin?.from === 'built-in') return ownVersion()
  return `api ${plugin.api}`
}

let own: string | undefined

function ownVersion(): string {
  own ??= String((JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: unknown }).version)
  return own
}
