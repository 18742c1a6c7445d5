import type { Reason } from '../../events/report.ts'
import type { Journal } from '../../orders/journal.ts'
import type { Logger } from '../../plugin/contract.ts'
import type { Clock } from '../../time/clock.ts'
import type { Shield } from '../mev/shield.ts'
import type { Rpc } from '../rpc/rpc.ts'
import type { Sender } from './sender.ts'

/** What signs; `Wallet` is one. */
export interface Signer {
  readonly publicKey: string
  sign(message: Uint8Array): Uint8Array
}

export interface TraderSettings {
  /** Lamports that stay in the wallet whatever is traded, for fees and rent. */
  readonly solReserve_lamports: bigint
  /** When a transaction counts as landed. */
  readonly commitment: 'confirmed' | 'finalized'
  readonly pollEvery_ms: number
  /** How often the same bytes go out again while nothing is heard of them. */
  readonly resendEvery_ms: number
  /** How often the chain's height is asked while something is in flight. */
  readonly heightEvery_ms: number
  /** Transactions that may expire without landing for one order: another one only after the last provably has. */
  readonly attemptsMax: number
  /** Transactions that may land for one order, each with a part of it: each pays its own fee. */
  readonly partsMax: number
  /** Quotes asked for one attempt: another one when the price moved before anything was sent. */
  readonly quotesMax: number
  /** Repetitions of a step that failed in passing (network, rate limit), before anything was sent. */
  readonly retriesMax: number
}

export const TRADER_DEFAULTS: TraderSettings = {
  solReserve_lamports: 10_000_000n,
  commitment: 'confirmed',
  pollEvery_ms: 400,
  resendEvery_ms: 2_000,
  heightEvery_ms: 5_000,
  attemptsMax: 3,
  partsMax: 10,
  quotesMax: 3,
  retriesMax: 4,
}

export interface TraderOptions {
  readonly clock: Clock
  readonly journal: Journal
  /** The first does everything; the second, where there is one, must agree before an expiry is believed. */
  readonly rpcs: readonly [Rpc, ...Rpc[]]
  readonly wallet: Signer
  /** As the pipeline names it, for its receipts; absent for the one that the run was started with. */
  readonly walletName?: string | undefined
  readonly sender: Sender
  /** Programs that a transaction may call besides Solana's own: those of the cluster profile. */
  readonly venuePrograms: ReadonlySet<string>
  /** Mints that are traded although others can take, lock or stop what is held of them; absent: none. */
  readonly acceptedMints?: ReadonlySet<string>
  /** What the cluster has against those who trade around others; absent: nothing, on a cluster without a name. */
  readonly shield?: Shield
  readonly log: Logger
  /** Why nothing may be signed now; asked before each transaction is made, and again before it is signed. Absent: nothing ever stands against it. */
  readonly stopped?: () => Reason | undefined
  /** Ends every wait: what is in flight stays in the journal for the next start. */
  readonly signal: AbortSignal
  readonly settings?: Partial<TraderSettings>
}
