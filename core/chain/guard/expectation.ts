/** What a transaction is for: the guard lets nothing else through. Units are base units. */
export interface Expectation {
  readonly wallet: string
  readonly input: { readonly mint: string; readonly maxUnits: bigint }
  readonly output: { readonly mint: string; readonly minUnits: bigint }
  /** Programs of the venues the cluster profile allows, for instructions and for what they call. */
  readonly venuePrograms: ReadonlySet<string>
  /** Mints that are traded whatever their extensions. */
  readonly acceptedMints: ReadonlySet<string>
  readonly maxPriorityFee_lamports: bigint
  readonly maxTip_lamports: bigint
  readonly tipAccounts: ReadonlySet<string>
  /** Deposits into accounts that will not be the wallet's own (a pool's tick array, say). */
  readonly maxForeignRent_lamports: bigint
}

/** Why a transaction is not signed. `instruction` counts from 0; absent for what concerns the whole. */
export interface Refusal {
  readonly rule: string
  readonly message: string
  readonly instruction?: number
}

/** Programs that every swap uses and that the guard decodes itself. */
export const SYSTEM_PROGRAM = '11111111111111111111111111111111'
export const COMPUTE_BUDGET_PROGRAM = 'ComputeBudget111111111111111111111111111111'
export const TOKEN_PROGRAM = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA'
export const TOKEN_2022_PROGRAM = 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb'
export const ASSOCIATED_TOKEN_PROGRAM = 'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL'
/** Logs a text and does nothing else. */
export const MEMO_PROGRAM = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr'
export const MEMO_V1_PROGRAM = 'Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo'

export const BASE_PROGRAMS: ReadonlySet<string> = new Set([
  SYSTEM_PROGRAM,
  COMPUTE_BUDGET_PROGRAM,
  TOKEN_PROGRAM,
  TOKEN_2022_PROGRAM,
  ASSOCIATED_TOKEN_PROGRAM,
  MEMO_PROGRAM,
  MEMO_V1_PROGRAM,
])
