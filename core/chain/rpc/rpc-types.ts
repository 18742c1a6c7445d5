/** How settled the state must be that an answer is about. */
export type Commitment = 'processed' | 'confirmed' | 'finalized'

export interface LatestBlockhash {
  readonly blockhash: string
  readonly lastValidBlockHeight: number
  /** The slot this was read at. */
  readonly slot: number
}

export interface Account {
  readonly lamports: bigint
  /** Base58 address of the owning program. */
  readonly owner: string
  readonly data: Uint8Array
}

/** Accounts as one slot has them, in the order asked; undefined where there is none. */
export interface AccountsAt {
  readonly slot: number
  readonly accounts: readonly (Account | undefined)[]
}

export interface SignatureStatus {
  readonly slot: number
  /** Null when it succeeded; else as the node names it. */
  readonly err: unknown
  readonly confirmationStatus: Commitment | null
}

export interface Simulation {
  readonly slot: number
  /** Undefined when it succeeded; else as the node names it. */
  readonly error: unknown
  readonly logs: readonly string[]
  readonly computeUnits: number | undefined
  /** The watched accounts afterwards, in order, where the endpoint gives them. */
  readonly accounts: readonly (Account | undefined)[] | undefined
  /**
   * What each account of the transaction held when the simulation began, by its place there: lamports of all, units of
   * those that hold tokens. Absent for an older endpoint. Source: Agave from 3.0 on.
   */
  readonly start?: { readonly lamports: readonly bigint[]; readonly units: ReadonlyMap<number, bigint> } | undefined
  /** What programs called of each other, where the endpoint tells; absent for an older endpoint. */
  readonly calls?: readonly WireCalls[] | undefined
}

/** Calls of one top-level instruction as an RPC endpoint gives them: decoded, half decoded, or by index. */
export interface WireCalls {
  readonly index: number
  readonly instructions: readonly WireCall[]
}

type WireCall =
  | { readonly programId: string; readonly parsed: { readonly type: string; readonly info: unknown } }
  | { readonly programId: string; readonly accounts: readonly string[]; readonly data: string }
  | { readonly programIdIndex: number; readonly accounts: readonly number[]; readonly data: string }

export interface TokenBalance {
  readonly accountIndex: number
  readonly mint: string
  readonly owner?: string
  readonly uiTokenAmount: { readonly amount: string; readonly decimals: number }
}

/** What a transaction did, as the chain keeps it. */
export interface TransactionMeta {
  readonly err: unknown
  readonly fee: number
  /** Lamports of every account of the transaction: its own keys, then those loaded from tables. */
  readonly preBalances: readonly number[]
  readonly postBalances: readonly number[]
  readonly preTokenBalances?: readonly TokenBalance[] | null
  readonly postTokenBalances?: readonly TokenBalance[] | null
  readonly computeUnitsConsumed?: number
  readonly logMessages?: readonly string[] | null
}

export interface ConfirmedTransaction {
  readonly slot: number
  /** Seconds since the Unix epoch. */
  readonly blockTime: number | null
  readonly meta: TransactionMeta | null
  /** The bytes as sent, base64. */
  readonly transaction: readonly [string, 'base64']
}
