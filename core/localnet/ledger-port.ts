import type { Clock } from '../time/clock.ts'

/** An account as the chain stores it. */
export interface LedgerAccount {
  readonly lamports: bigint
  /** Base58 address of the owning program. */
  readonly owner: string
  readonly data: Uint8Array
  readonly executable: boolean
}

/** A transaction of the chain's own market: what it does is known without executing it. */
export interface KnownTransaction {
  /** The keys of its message, in order; the first pays, and nobody else signs. */
  readonly keys: readonly string[]
  /** Those of them that it may write. */
  readonly writable: readonly string[]
  /** Lamports. */
  readonly fee: number
  /** The accounts that it changes, as they are after it: to the byte what executing it gives. */
  readonly after: ReadonlyMap<string, LedgerAccount>
  /** What its sender makes it again from. */
  readonly record: Uint8Array
  /** Its wire bytes with that blockhash, signed. */
  sign(blockhash: string): Uint8Array
}

/** What the market needs of the chain. */
export interface LedgerPort {
  readonly clock: Clock
  account(address: string): LedgerAccount | undefined
  /** At genesis only: what is set belongs to the genesis and is persisted with it. */
  setAccount(address: string, account: LedgerAccount): void
  /** At genesis only. */
  addProgram(programId: string, elf: Uint8Array): void
  /**
   * Executes signed wire bytes now, as sendTransaction does.
   *
   * @throws LOCALNET_TX_FAILED with the program's error in the message and its logs as the context's `logs`.
   */
  submit(wire: Uint8Array): { readonly signature: string; readonly slot: number }
  /**
   * Lands a transaction whose effect is known. It is signed and executed when somebody asks for what only that can tell:
   * its signature, its logs. `replayedAt_ms` is when it landed, where it comes from the log.
   */
  land(transaction: KnownTransaction, replayedAt_ms?: number): void
  /** Base58; valid for the 150 blocks after `blockHeight()`. */
  latestBlockhash(): string
  /** The blockhash of the newest finalized block: preflight knows it at every commitment. */
  finalizedBlockhash(): { readonly blockhash: string; readonly lastValidBlockHeight: number }
  slot(): number
  blockHeight(): number
}
