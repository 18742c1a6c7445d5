import type { Amount } from '../money/amount.ts'
import type { Price } from '../money/price.ts'
import type { Pair, Token } from '../money/token.ts'
import type { Report } from './report.ts'
import type { RoutesEvent } from './routes.ts'

/**
 * A price of a pair at a time. When several were conflated, or one stands for a whole bar, `low` and `high` keep what a
 * stop must not miss, and `open` is the first of them: what is beyond a stop already then was a gap.
 */
export interface PriceEvent {
  readonly kind: 'price'
  /** Milliseconds since the Unix epoch, as for every event. */
  readonly at: number
  readonly price: Price
  /** What selling and buying a stated size would bring and cost, all fees in; `price` is the middle then. */
  readonly bid?: Price
  readonly ask?: Price
  readonly open?: { readonly price: Price; readonly at: number }
  readonly low?: { readonly price: Price; readonly at: number }
  readonly high?: { readonly price: Price; readonly at: number }
  /** Who says so: the id of the venue or feed. */
  readonly origin: string
  readonly slot?: number
}

/** One bar; indicators take its float64 values, money never does. `at` is the bar's close. */
export interface CandleEvent {
  readonly kind: 'candle'
  readonly at: number
  readonly pair: Pair
  readonly interval_ms: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  /** In base tokens. */
  readonly volume: number
}

/** What an indicator found. */
export interface SignalEvent {
  readonly kind: 'signal'
  readonly at: number
  readonly pair: Pair
  readonly name: string
  readonly direction: 'buy' | 'sell' | 'none'
  readonly value: number
  /** The close of the bar it is read from; absent where it is read from no bar. */
  readonly close?: number
}

/**
 * What a strategy wants done, once: the journal takes its key a single time, so neither a replay nor a restart can
 * trade it again.
 */
export interface IntentEvent {
  readonly kind: 'intent'
  readonly at: number
  /** Deterministic within its node: a slot's time, a grid level and cycle, a bar's close and side. */
  readonly key: string
  /** Id of the node that wants it; the runtime sets it. */
  readonly node: string
  readonly input: Token
  readonly output: Token
  /** What goes in (`exact: 'in'`) or comes out (`exact: 'out'`). */
  readonly amount: Amount
  readonly exact: 'in' | 'out'
  /** The amount that goes in is a ceiling: where the wallet has less, that is traded, and nothing is left of the order. */
  readonly upTo?: true
  /** Bounds on what is really paid, in `pair`'s terms: outside them the intent is skipped, not traded. */
  readonly bounds?: { readonly min?: Price; readonly max?: Price }
  /** Nothing is sent after this time. */
  readonly expiresAt?: number
  readonly slippageBps?: number
  /**
   * Of a stop, a target and the like: the price whose touch called for this, and from which side. What trades does not
   * depend on it; a backtest that knows a bar by its four prices fills there, or at the open where that was beyond it.
   */
  readonly trigger?: { readonly price: Price; readonly when: 'at-or-below' | 'at-or-above' }
  /** For the order node on its way: its own trigger and the like, over those of the node. JSON; bigint is kept. */
  readonly terms?: Readonly<Record<string, unknown>>
  /** A sentence for people: why now. */
  readonly reason: string
}

/** A message to a person, for sinks that notify. */
export interface NoticeEvent {
  readonly kind: 'notice'
  readonly at: number
  readonly level: 'info' | 'warning' | 'critical'
  readonly title: string
  readonly text: string
}

/** An event of a third party's own kind, named `vendor/thing`. */
export interface CustomEvent {
  readonly kind: `${string}/${string}`
  readonly at: number
  readonly [field: string]: unknown
}

export type CoreEvent = PriceEvent | CandleEvent | SignalEvent | IntentEvent | NoticeEvent | Report | RoutesEvent
export type ForgeEvent = CoreEvent | CustomEvent

/** The kinds a plugin may name in `takes` and `gives`. */
export const EVENT_KINDS = ['price', 'candle', 'signal', 'intent', 'notice', 'report', 'routes'] as const
export type EventKind = (typeof EVENT_KINDS)[number] | `${string}/${string}`
