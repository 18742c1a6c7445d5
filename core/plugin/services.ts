import type { IntentEvent } from '../events/event.ts'
import type { Fill, Report } from '../events/report.ts'
import type { RoutesEvent } from '../events/routes.ts'
import type { Amount } from '../money/amount.ts'
import type { Token, TokenDirectory } from '../money/token.ts'
import type { OrderRecord } from '../orders/journal.ts'
import type { Protection, RecentFees } from './landing.ts'
import type { OrderDesk } from './order-desk.ts'
import type { Quote, QuoteRequest, Venue } from './venue.ts'

/**
 * What the application hands to plugins, by name. A plugin says in `needs` which it uses; tests mock them by the same
 * names. Nothing here knows a private key.
 */
export interface Services {
  /** The tokens of the cluster: every symbol and mint a user writes goes through it. */
  readonly tokens: TokenDirectory
  /** Trades intents through a venue, exactly once each. */
  readonly trader: Trader
  /** The cluster's endpoints. */
  readonly cluster: ClusterInfo
  /** Accounts as the chain holds them now; absent where a run has no chain. */
  readonly accounts?: AccountReader
  /** The best route over several venues; absent where a run has no chain. */
  readonly routes?: RouteService
  /** Single venues, for who wants their pools or quotes; absent where a run has no chain. */
  readonly venues?: VenueService
  /** Tells when accounts change; absent where a run has no chain. */
  readonly subscriptions?: AccountFeed
  /** HTTP that holds the virtual clock, keeps connections alive and redacts secrets in its errors. */
  readonly http: Http
  /** The orders of this node, from the journal: what a strategy reads after a restart. */
  readonly orders: OwnOrders
  /** Orders that wait for a trigger, as the node holds them: for order plugins. */
  readonly desk: OrderDesk
  /** What the wallet could sell now; absent where a run has no wallet. */
  readonly holdings?: Holdings
  /** Money of the wallet that strategies have been given; absent where a run has no wallet. */
  readonly budgets?: Budgets
  /** Writes for people: on a terminal, plain lines elsewhere, nothing with --json or --quiet. */
  readonly output: Output
  /** Fills and reports kept for `history`. */
  readonly history: HistoryStore
}

export type ServiceName = keyof Services

export interface ClusterInfo {
  readonly name: string
  readonly genesisHash: string
  readonly rpcUrl: string
  /** Base URL of a Jupiter-compatible API, as in `https://lite-api.jup.ag/swap/v1`; absent where there is none. */
  readonly jupiterUrl?: string
  /** The trading wallet's public key. */
  readonly wallet: string
  /** Addresses that venues need, by the names of the cluster's profile, as in `orcaWhirlpool`; absent what is not there. */
  readonly programs?: Readonly<Record<string, string>>
  /** A link to a transaction, where the cluster has an explorer. */
  explorerLink(signature: string): string | undefined
}

/** An account as an RPC endpoint gives it. */
export interface ChainAccount {
  readonly address: string
  readonly lamports: bigint
  /** Base58 address of the owning program. */
  readonly owner: string
  readonly data: Uint8Array
}

/** What `getProgramAccounts` filters by; `bytes` is base58. */
export type AccountFilter =
  | { readonly dataSize: number }
  | { readonly memcmp: { readonly offset: number; readonly bytes: string } }

/**
 * Reads accounts at the cluster's commitment, always fresh. Requests that arrive together share their RPC calls, so
 * whoever asks once for all it needs pays one round trip, however many ask beside it.
 *
 * Errors are those of the endpoint: RPC_UNAVAILABLE, RPC_RATE_LIMITED, RPC_REFUSED, RPC_ANSWER_INVALID.
 */
export interface AccountReader {
  /** In the order asked; undefined where there is none. `slot` is the oldest state among the answers. */
  many(
    addresses: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly slot: number; readonly accounts: readonly (ChainAccount | undefined)[] }>
  /** Every account of a program that passes all filters. Many public endpoints refuse this. */
  program(
    programId: string,
    filters: readonly AccountFilter[],
    signal: AbortSignal,
  ): Promise<{ readonly slot: number; readonly accounts: readonly ChainAccount[] }>
}

/** Whoever wants to know of changes. */
export interface AccountWatcher {
  /** Each account first as it is, then whenever it has changed: never twice the same, never an older slot. */
  onChange(slot: number, account: ChainAccount): void
  /** How often to read the accounts while nothing is notified. */
  readonly every_ms: number
}

/** A watch that is kept. */
export interface AccountWatch {
  /** Notified by the chain, or read every so often because the line is down. */
  readonly way: 'subscription' | 'polling'
  /** When it was last known that the accounts are as told, by a slot's notification or a read of a newer slot. */
  confirmedAt_ms(): number | undefined
}

/**
 * Changes of accounts, at the cluster's commitment. A line that drops or goes silent is opened anew, and what was missed
 * is told; until then accounts are read. Two accounts of one transaction come one after the other: who needs them of
 * one slot reads them when told.
 */
export interface AccountFeed {
  /** Until the signal aborts. Never throws: how well it goes is `confirmedAt_ms`. */
  watch(addresses: readonly string[], watcher: AccountWatcher, signal: AbortSignal): AccountWatch
}

export interface VenueService {
  /**
   * The venue of an execution plugin, opened once for the same settings and shared by all who ask.
   *
   * @throws PLUGIN_UNKNOWN for a venue that no plugin offers, CONFIG_INVALID for its settings, VENUE_UNAVAILABLE and
   *   PLUGIN_CONFIG_INVALID where the cluster does not have it
   */
  open(name: string, config?: Readonly<Record<string, unknown>>): Promise<Venue>
}

/** Which venues a route may use, and how. */
export interface RouteOptions {
  /** Execution plugins with a venue, by name, each with its own configuration. */
  readonly venues: readonly { readonly name: string; readonly config: Readonly<Record<string, unknown>> }[]
  /** Tokens that a two-hop route may go through. */
  readonly via: readonly Token[]
  /** Pools that one trade may be split over, at least 1. */
  readonly maxLegs: number
  readonly priorityFee_microLamports: bigint
  /** Instead of that price. */
  readonly recentFees?: RecentFees
  /** Its tip is a cost of every route. */
  readonly protection?: Protection
  /** The least tolerance between quote and fill; the request's own is the most. */
  readonly minSlippageBps: number
  /** Quote-to-fill errors of late, in bps, positive when less was received. */
  recentErrorsBps(): readonly number[]
}

/** What was compared, without what only the intent knows. */
export type RouteComparison = Omit<RoutesEvent, 'kind' | 'at' | 'key'>

/** A venue made of venues: its quote is that of the best route, and it tells what it compared. */
export interface RoutingVenue extends Venue {
  decide(request: QuoteRequest, signal: AbortSignal): Promise<{ quote: Quote | undefined; comparison: RouteComparison }>
}

export interface RouteService {
  /**
   * The best way over several venues as one venue. A venue that is not on the cluster, or does not answer, is named in
   * each comparison and left out: the others still trade.
   *
   * @throws PLUGIN_UNKNOWN for a venue that no plugin offers
   */
  open(options: RouteOptions): Promise<RoutingVenue>
}

export type Http = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

export interface TradeOptions {
  /** Told on the way: accepted, sent. The final report is the result. */
  onReport(report: Report): void
  /** Used when the intent does not set its own. */
  slippageBps: number
  /** Micro-lamports per compute unit. */
  priorityFee_microLamports: bigint
  /** Instead of that price: what others paid of late for the accounts the transaction writes. */
  recentFees?: RecentFees
  /** Absent: sent publicly. */
  protection?: Protection
}

export interface Trader {
  /**
   * Takes the intent's key in the journal, quotes, builds, simulates, signs, journals, sends and confirms. A key taken
   * before is not traded again: its order is resumed or its outcome reported. Never throws for what happens to an
   * order: that is the report.
   */
  trade(intent: IntentEvent, venue: Venue, options: TradeOptions): PromiseLike<Report>
}

export interface Holdings {
  /**
   * Base units of a token that could be sold into another now: what the wallet holds, less what trades in flight may
   * take and what was set aside; of SOL also less the reserve, fees, and the rent of what the trade opens. Zero when nothing is left.
   *
   * @param whose the strategy that it is sold for: what is other strategies' is not among it. Absent: for a strategy
   *   itself; for other nodes all that the wallet holds.
   *
   * Errors are those of the endpoint: RPC_UNAVAILABLE, RPC_RATE_LIMITED, RPC_REFUSED, RPC_ANSWER_INVALID.
   */
  sellable(token: Token, into: Token, whose?: string): Promise<bigint>
  /** Base units of a token that the wallet holds, whatever they are for. */
  balance(token: Token): Promise<bigint>
  /**
   * An order that has just been given on will take so much: what can be sold is less by it until its trade counts it.
   *
   * @param whose as of `sellable`
   */
  setAside(orderId: string, amount: Amount, whose?: string): void
  /** It has ended, or waits again. */
  release(orderId: string): void
}

export interface Budgets {
  /**
   * Says that this node may spend so much of the wallet in all, its earlier runs included: the budgets of a pipeline
   * together can not be more than the wallet has, and a trade of another node that would spend what is left of it, or sell
   * what this node has bought, fails with BUDGET_CLAIMED. Once, in `setup`.
   *
   * @throws BUDGET_OVER_WALLET
   */
  claim(budget: Amount): void
}

export interface OwnOrders {
  /**
   * Orders whose intents this node gave, in creation order. One that an order node made others of has the sum of what
   * these have traded as its fill, and they are not among them.
   */
  list(): readonly OrderRecord[]
}

export interface Output {
  line(text: string): void
  /** Replaces the last status line on a terminal. */
  status(text: string): void
}

export interface HistoryStore {
  record(report: Report): void
}

export type { Amount, Fill, Token }
