import type { LedgerAccount } from '../ledger-port.ts'
import type { AddressedAccount, UndoState } from './accounts.ts'
import type { KeptLanding } from './known-landing.ts'
import type { TransactionErrorJson } from './transaction-error.ts'
import type { LandedTransaction, TransactionSource } from './transactions.ts'

/** What became of a transaction: it is in a block (perhaps failed, and then charged), or it never will be. */
export type Outcome =
  | { readonly landed: true; readonly transaction: LandedTransaction }
  | { readonly landed: false; readonly signature: string; readonly err: TransactionErrorJson }

/** The chain as it stands for one commitment. */
export interface BankView {
  readonly slot: number
  readonly height: number
  readonly blockhash: string
  account(address: string): LedgerAccount | undefined
  ownedBy(owner: string): AddressedAccount[]
}

/** A transaction as the log keeps it: with its time, replaying it gives the same again. */
export interface LedgerRecord {
  readonly wire: Uint8Array
  readonly slot: number
  readonly time_ms: number
  readonly source: TransactionSource
  /** How often the machine's own blockhash had been changed, for nonces, when it landed. */
  readonly nonceBlockhashes: number
}

/** A transaction of the market as the log keeps it: the market makes it again. */
export interface KnownRecord {
  readonly known: Uint8Array
  readonly slot: number
  readonly time_ms: number
}

/** All of a ledger that can't be derived, for a snapshot. */
export interface LedgerState {
  readonly svm: Uint8Array
  readonly slot: number
  readonly undo: UndoState
  /** Oldest first. */
  readonly transactions: readonly (LandedTransaction | KeptLanding)[]
  readonly firstKeptSlot: number
  readonly transactionCount: number
  readonly nonceBlockhashes: number
  readonly lastClient_ms: number | undefined
}
