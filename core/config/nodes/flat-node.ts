import type { PluginKind } from '../../plugin/contract.ts'
import type { RegisteredPlugin } from '../../registry/registry.ts'
import type { EdgePolicy } from '../bound-pipeline.ts'
import type { Span } from '../text/source-text.ts'
import type { MapEntry } from '../text/tree.ts'

/** A node's name in a `from`: `plan`, `plan.port`, or `$port` inside a fragment. */
export interface Tap {
  readonly name: string
  readonly span: Span
}

/** A node of the whole pipeline, its references resolved, its wires still names. */
export interface FlatNode {
  readonly id: string
  /** As its file names it. */
  readonly name: string
  readonly kind: PluginKind
  /** Absent when there is no such plugin, which was told. */
  readonly plugin: RegisteredPlugin | undefined
  readonly level: Level
  readonly taps: readonly Tap[]
  readonly from: MapEntry | undefined
  /** False when `from` is wrong or only a run will know it: nothing more is told of its wires. */
  readonly fromKnown: boolean
  readonly with: MapEntry | undefined
  /** False when `with` is wrong as a whole, or only a run will know it. */
  readonly withKnown: boolean
  readonly edge: EdgePolicy | undefined
  readonly edgeEntry: MapEntry | undefined
  readonly onError: 'stop' | 'skip' | 'retry' | { readonly retry: number; readonly backoff: string } | undefined
  readonly wallet: MapEntry | undefined
  readonly keySpan: Span
  readonly path: string
}

type Slot =
  | { readonly type: 'node'; readonly node: FlatNode }
  | { readonly type: 'fragment'; readonly level: Level }
  /** Something is wrong with it, which was told. */
  | { readonly type: 'broken' }

/** The names of one file: its nodes and, for a fragment, its ports. */
export interface Level {
  readonly slots: Map<string, Slot>
  /** What its user wired to each input; the names are the parent's. */
  readonly inputs: Map<string, readonly Tap[]>
  readonly outputs: Map<string, readonly Tap[]>
  readonly parent: Level | undefined
}

export function newLevel(parent: Level | undefined): Level {
  return { slots: new Map(), inputs: new Map(), outputs: new Map(), parent }
}
