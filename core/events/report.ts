import type { Amount } from '../money/amount.ts'
import type { Token } from '../money/token.ts'

/** What a landed transaction did, from its own meta. All lamport figures are base units of SOL. */
export interface Fill {
  readonly orderId: string
  readonly key: string
  readonly venue: string
  readonly signature: string
  readonly slot: number
  /** Chain time, milliseconds. */
  readonly at: number
  /** What left and reached the wallet for the swap itself: fees and rent are apart. */
  readonly input: Amount
  readonly output: Amount
  /** What the quote promised, and the least the transaction would have accepted. */
  readonly quotedOutput: Amount
  readonly minimumOutput: Amount
  readonly fees: FillFees
  readonly computeUnits: number
  /** As quoted; absent where the venue does not say. */
  readonly priceImpactBps?: number
  /** Received against quoted: positive when less was received than promised. */
  readonly slippageBps: number
  /** What was known before the signature, to hold the outcome against; absent for attempts of earlier versions. */
  readonly promised?: FillPromise
  /** What protected it from others trading around it, and what could not; absent where no protection was wanted. */
  readonly protection?: readonly string[]
}

export interface FillFees {
  /** 5,000 lamports a signature. */
  readonly base_lamports: bigint
  readonly priority_lamports: bigint
  readonly tip_lamports: bigint
  /** Deposits for accounts this transaction opened, less those it closed; refundable. */
  readonly rent_lamports: bigint
}

/** A trade as quote and simulation have it, beside the quoted and the least output. */
export interface FillPromise {
  /** Base units of the input. */
  readonly inputUnits: bigint
  readonly fees: FillFees
  readonly computeUnits: number
  /** The slot whose state was quoted; absent where the venue does not say. */
  readonly slot?: number
}

interface ReportBase {
  readonly kind: 'report'
  readonly at: number
  readonly orderId: string
  /** The intent's key and the node that wanted it. */
  readonly key: string
  readonly node: string
  readonly input: Token
  readonly output: Token
}

/** Why something did not happen. */
export interface Reason {
  /** An error code, or an upper-case word as in PRICE_ABOVE_BOUND. */
  readonly code: string
  readonly message: string
  readonly remedy?: string
}

/** How an order fares. Returns by itself to every node its intent passed, and goes on to the sinks. */
export type Report = ReportBase &
  (
    | { readonly state: 'accepted' }
    | { readonly state: 'sent'; readonly signature: string; readonly attempt: number }
    | {
        readonly state: 'filled'
        readonly fill: Fill /** Taken up from an earlier run. */
        readonly recovered: boolean
      }
    /** A dry run: the transaction was built and simulated, nothing was sent. */
    | { readonly state: 'simulated'; readonly fill: Fill }
    | { readonly state: 'skipped'; readonly reason: Reason }
    | { readonly state: 'failed'; readonly reason: Reason }
    | { readonly state: 'expired'; readonly reason: Reason }
    /** Nobody can say whether it landed: a person must look. */
    | { readonly state: 'unresolved'; readonly reason: Reason }
  )

export type ReportState = Report['state']

/** Whether nothing more will be heard of the order in this run. */
export function isFinal(state: ReportState): boolean {
  return state !== 'accepted' && state !== 'sent'
}
