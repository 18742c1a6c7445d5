import type { AnyPlugin, PluginKind } from '../plugin/contract.ts'

/** A place in a file a user wrote; lines and columns from 1. */
interface SourcePlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What happens at a node's entrance when it is slower than what comes. */
export interface EdgePolicy {
  /** Events it may have waiting, at least 1. */
  readonly buffer: number
  /**
   * `block` slows the giver, `drop-oldest` forgets, `conflate` keeps the newest of each pair with low and high. Absent:
   * the runtime's default for each kind of event.
   */
  readonly whenFull?: 'block' | 'drop-oldest' | 'conflate'
}

/** What happens to an event whose processing threw. */
export type ErrorPolicy =
  | { readonly action: 'stop' }
  | { readonly action: 'skip' }
  | { readonly action: 'retry'; readonly attempts: number; readonly backoff_ms: number }

/** Where the key of a wallet is that a pipeline names: with neither, it is made from the seed, on localnet alone. */
export interface WalletSource {
  /** A key file, as the process finds it. */
  readonly file?: string
  /** A secret key or a seed phrase. */
  readonly secret?: string
  /** Which key of a seed phrase. */
  readonly derivation?: 'bip44' | 'raw'
}

export interface BoundNode {
  /** Fragments' nodes are named `fragment.node`. */
  readonly id: string
  readonly kind: PluginKind
  readonly plugin: AnyPlugin
  /** Validated, defaulted, interpolated, frozen. */
  readonly config: unknown
  readonly from: readonly string[]
  /** Absent: the runtime's default for what flows (market data conflates, orders block). */
  readonly edge?: EdgePolicy
  readonly onError: ErrorPolicy
  /** The wallet that its intents, or those that reach it, are traded with; absent: the one that the run is started with. */
  readonly wallet?: string
  readonly place: SourcePlace
}

/** A pipeline that is right, with its params bound: what the runtime runs. */
export interface BoundPipeline {
  readonly name: string
  readonly summary: string
  readonly file: string
  readonly params: Readonly<Record<string, unknown>>
  /** In topological order. */
  readonly nodes: readonly BoundNode[]
  /** By name, as nodes name them; absent when there are none. */
  readonly wallets?: Readonly<Record<string, WalletSource>>
}
