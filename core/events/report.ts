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
  /** The wallet it was traded with, as the pipeline names it; absent for the one that the run was started with. */
  readonly wallet?: string
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
  /**
   * Of an order over several transactions: each of them in turn. The fill is their sum then, with the signature, slot and
   * time of the last; absent when one transaction made it.
   */
  readonly parts?: readonly FillPart[]
  /** How much less than its order it is, in a sentence, when the wallet had no more: nothing is left of the order. */
  readonly short?: string
}

/** One transaction of several that filled an order. */
export type FillPart = Pick<Fill, 'venue' | 'signature' | 'slot' | 'at' | 'input' | 'output'>

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

/** A transaction that landed and failed: nothing was traded, and what it cost has left the wallet. */
export interface FailedLanding {
  readonly signature: string
  readonly slot: number
  /** Chain time, milliseconds. */
  readonly at: number
  /** As of a fill. */
  readonly wallet?: string
  /** Without tip and deposits: what it would have paid itself, it has not. */
  readonly fees: FillFees
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
  /** Its transactions that landed and failed until then; absent where there are none. */
  readonly failedLandings?: readonly FailedLanding[]
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
    /** In the journal, and nothing is sent before its trigger holds; `waitsFor` is a sentence. `atOnce`: it has none. */
    | { readonly state: 'armed'; readonly waitsFor: string; readonly atOnce?: boolean }
    /** Its trigger held, and it goes on to the execution; `cause` is a sentence, with the price. */
    | { readonly state: 'triggered'; readonly cause: string }
    | { readonly state: 'sent'; readonly signature: string; readonly attempt: number }
    /**
     * One of several transactions has landed, with a part of the order: `fill` is that part's alone, `left` what is still
     * to be traded. The fill of the whole, which contains it, comes with `filled`.
     */
    | { readonly state: 'partly-filled'; readonly fill: Fill; readonly left: Amount }
    | {
        readonly state: 'filled'
        readonly fill: Fill /** Taken up from an earlier run. */
        readonly recovered: boolean
        /** ORDER_PARTLY_FILLED: how much of the order was left, and why. */
        readonly reason?: Reason
        /** Of an order that others were made of: the sum of their fills, which were reported already. Counted once, by them. */
        readonly isSum?: true
      }
    /** A dry run: the transaction was built and simulated, nothing was sent. With a reason: only a part of the order. */
    | { readonly state: 'simulated'; readonly fill: Fill; readonly reason?: Reason; readonly isSum?: true }
    | { readonly state: 'skipped'; readonly reason: Reason }
    | { readonly state: 'failed'; readonly reason: Reason }
    | { readonly state: 'expired'; readonly reason: Reason }
    /** Nobody can say whether it landed: a person must look. */
    | { readonly state: 'unresolved'; readonly reason: Reason }
  )

export type ReportState = Report['state']

const ON_THE_WAY: readonly ReportState[] = ['accepted', 'armed', 'triggered', 'sent', 'partly-filled']

/** Whether nothing more will be heard of the order in this run. */
export function isFinal(state: ReportState): boolean {
  return !ON_THE_WAY.includes(state)
}
