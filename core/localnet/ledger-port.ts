import type { Clock } from '../time/clock.ts'

/** An account as the chain stores it. */
export interface LedgerAccount {
  readonly lamports: bigint
  /** Base58 address of the owning program. */
  readonly owner: string
  readonly data: Uint8Array
  readonly executable: boolean
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
  /** Base58; valid for the 150 blocks after `blockHeight()`. */
  latestBlockhash(): string
  /** The blockhash of the newest finalized block: preflight knows it at every commitment. */
  finalizedBlockhash(): { readonly blockhash: string; readonly lastValidBlockHeight: number }
  slot(): number
  blockHeight(): number
}
