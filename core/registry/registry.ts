import type { AnyPlugin, PluginKind } from '../plugin/contract.ts'

/** Where a definition came from: built in, a file named by a pipeline, or an npm package. */
export type PluginOrigin =
  | { readonly from: 'built-in' }
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'package'; readonly name: string; readonly version: string; readonly path: string }

export interface RegisteredPlugin {
  readonly definition: AnyPlugin
  readonly origin: PluginOrigin
}

/** A set of plugins is a value: the application makes one, every test may make its own. */
export interface PluginRegistry {
  find(kind: PluginKind, name: string): RegisteredPlugin | undefined
  list(kind?: PluginKind): readonly RegisteredPlugin[]
}
