import type { Amount } from '../money/amount.ts'
import type { Token } from '../money/token.ts'
import type { Reason } from './report.ts'

/** One cost of one way to trade, in units of both sides and in bps of the trade's value at mid. */
export interface RouteCost {
  readonly kind: string
  readonly input: Amount
  readonly output: Amount
  readonly bps: number
  /** The quoted output is less by it already. */
  readonly withinQuote: boolean
  /** Comes back when the account is closed. */
  readonly refundable: boolean
  readonly source: string
}

/** One way to make a trade, with everything it costs. */
export interface RouteRow {
  readonly kind: 'direct' | 'two-hop' | 'split' | 'aggregator'
  readonly label: string
  readonly venues: readonly string[]
  readonly pools: readonly string[]
  readonly output: Amount
  /** What the transaction would accept at least. */
  readonly minimum: Amount
  /** Left in the wallet after every cost that does not come back. */
  readonly net: Amount
  readonly totalBps: number
  readonly costs: readonly RouteCost[]
  /** Set when it takes several, one after the other: what is left is compared anew when each has landed. */
  readonly transactions?: number
  /** Set when no transaction holds it, so that it was passed over: the bytes it would take. */
  readonly oversize_bytes?: number
}

/** The ways to make a trade, compared: the first is the one that leaves most in the wallet, of those that can be sent. */
export interface RoutesEvent {
  readonly kind: 'routes'
  readonly at: number
  /** The intent this was compared for. */
  readonly key: string
  readonly input: Amount
  readonly output: Token
  readonly rows: readonly RouteRow[]
  /** A sentence: why the first one. */
  readonly why: string
  readonly slippage: { readonly bps: number; readonly reasons: readonly string[] }
  readonly priorityFee_microLamports: bigint
  /** How the fee came about. */
  readonly priorityFeeReason?: string
  /** What protects the trade from others trading around it, and what does not; absent where none was wanted. */
  readonly protection?: readonly string[]
  /** Venues that could not be asked, with the reason and what to do. */
  readonly unavailable: readonly { readonly venue: string; readonly reason: Reason }[]
  /** Wall time; excepted from "the same twice". */
  readonly timing: readonly { readonly step: string; readonly wall_ms: number }[]
}
