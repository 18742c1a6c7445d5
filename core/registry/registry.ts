import type { ForgeError } from '../errors/forge-error.ts'
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
  /** What stood in the way of others: one that is missed may be among them. */
  readonly problems?: readonly PluginProblem[]
}

/** A plugin that could not be had. The others are there all the same. */
export interface PluginProblem {
  /** The file, package or manifest that it is about. */
  readonly path: string
  readonly error: ForgeError
}

/** For people: `built in`, `./mine.ts`, `momentum-pack 1.2.0 (dist/index.js)`. */
export function originText(origin: PluginOrigin): string {
  switch (origin.from) {
    case 'built-in':
      return 'built in'
    case 'file':
      return origin.path
    case 'package':
      return `${origin.name} ${origin.version}`
  }
}
