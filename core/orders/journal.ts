import type { IntentEvent } from '../events/event.ts'
import type { FailedLanding, Fill, FillPromise, Reason } from '../events/report.ts'
import type { OrderState } from './state-machine.ts'

/** What makes an intent's key unique in the world: the full key is these joined with the node and the intent's own key. */
export interface KeyScope {
  readonly genesisHash: string
  readonly wallet: string
  readonly deploymentId: string
}

/** Where bytes go: to any endpoint, or to Jito's block engine alone. */
export type Channel = 'public' | 'jito'

/** One signed transaction of an order. Its bytes are on disk before they are on the wire. */
export interface Attempt {
  readonly orderId: string
  readonly number: number
  readonly signature: string
  readonly wire: Uint8Array
  readonly lastValidBlockHeight: number
  /** Slot at which its blockhash was read: an endpoint whose history begins later can not prove an expiry. */
  readonly slot?: number
  readonly venue: string
  /** The only way its bytes may go, now and after a restart; absent: public. */
  readonly channel?: Channel
  /** Quoted output, minimum and the like, as the receipt needs them after a restart. */
  readonly promise: AttemptPromise
  /** What it traded, when it landed with a part of its order; absent for the one that ends an order all by itself. */
  readonly fill?: Fill
  /** What it cost, when it landed and failed. */
  readonly failed?: FailedLanding
  readonly createdAt: number
}

export interface AttemptPromise {
  readonly inputUnits: bigint
  readonly quotedOutputUnits: bigint
  readonly minimumOutputUnits: bigint
  readonly priceImpactBps?: number
  /** Paid within the transaction when it lands. */
  readonly tip_lamports?: bigint
  /** Fees and slot, for the receipt. */
  readonly details?: FillPromise
  /** What protects it, for the receipt. */
  readonly protection?: readonly string[]
  /** How much less than its order it is, when the wallet had no more: when it lands, nothing is left of the order. */
  readonly short?: string
}

/** What an order waits for, and with whom. */
export interface Arming {
  /** The order plugin that watches it, and its version: terms are its own language. */
  readonly plugin: string
  readonly version: string
  /** Id of the node that holds it, and takes it up again after a restart. */
  readonly holder: string
  /** Trigger, size and the like, as the plugin needs them again. JSON; bigint is kept. */
  readonly terms: Readonly<Record<string, unknown>>
  /**
   * Others are made of it, under keys that begin with its own and `/`: they trade and have the fills. It is armed until
   * all of them have ended, and `confirmed` without a fill when any of them has traded (see wholes.ts).
   */
  readonly isWhole?: true
  /**
   * When it goes back to waiting instead of ending: when the price was gone before it could be had (`missed`), or after
   * any failure that has provably traded nothing (`failed`). Absent: never.
   */
  readonly again?: 'missed' | 'failed'
  /** Attempts up to this number belong to earlier triggers, and are proven dead. */
  readonly dead?: number
  /** How often it went back to waiting. */
  readonly rounds?: number
  /** What it takes to watch it in another process; the application's own. Never a secret. */
  readonly plan?: unknown
}

export interface OrderRecord {
  readonly id: string
  readonly fullKey: string
  readonly intent: IntentEvent
  readonly state: OrderState
  /** Of orders that wait, or waited, for a trigger. */
  readonly arming?: Arming
  readonly attempts: readonly Attempt[]
  readonly fill?: Fill
  readonly reason?: Reason
  readonly createdAt: number
  readonly updatedAt: number
}

/** A line of an order's story. A note is a move that stays where it is. */
export interface StoryLine {
  /** Absent for the first. */
  readonly was?: OrderState
  readonly became: OrderState
  /** A sentence. */
  readonly cause: string
  readonly at: number
}

/** What a trigger may settle of an intent: the rest is what its key stands for. */
export type Resolution = Partial<
  Pick<IntentEvent, 'at' | 'amount' | 'exact' | 'upTo' | 'bounds' | 'expiresAt' | 'slippageBps' | 'trigger' | 'reason'>
>

/** Where an order goes, and why. */
export interface OrderMove {
  readonly now: number
  readonly cause: string
  readonly fill?: Fill
  readonly reason?: Reason
  /** What its last transaction cost, when that has landed and failed. */
  readonly failed?: FailedLanding
}

/**
 * The order journal. Every method that writes has committed when it returns, in one transaction that also checks the
 * lease and carries the staged node state with it (see `NodeState`): the death of the process takes nothing back.
 *
 * After `synced` the disk has it as well, with all that came before: not even a power cut takes back what is then sent.
 * A cut before that takes a taken order back together with the state that came with it, unsent; one shortly after an
 * outcome leaves the order `submitting`, and the chain is asked again.
 *
 * All throw STORE_LEASE_LOST when another process has taken the directory, and STORE_WRITE_FAILED when the disk refuses.
 */
export interface Journal {
  /** Asked before signing. @throws STORE_LEASE_LOST when this process may no longer write, or is not sure. */
  assertWritable(): void
  /** Takes the intent's key once. `taken: false` with the record that has it when it was taken before. */
  take(intent: IntentEvent, now: number): { taken: boolean; order: OrderRecord }
  /** The same for an order that waits: taken and `armed` in one transaction. */
  arm(intent: IntentEvent, arming: Arming, now: number): { taken: boolean; order: OrderRecord }
  /**
   * Its trigger holds: `armed` goes to `triggered`, with what was settled of its intent, in one transaction. Who trades
   * it then goes on under the same key. @throws ORDER_MOVE_ILLEGAL, ORDER_UNKNOWN
   */
  trigger(orderId: string, details: { now: number; cause: string; resolved?: Resolution }): OrderRecord
  /** Adds a sentence to an order's story: why it did not fire, what changed about it. @throws ORDER_UNKNOWN */
  note(orderId: string, text: string, now: number): void
  /** Writes a signed attempt: the order goes to `submitting`. It is sent after `synced`, not before. */
  attempt(attempt: Attempt): OrderRecord
  /** Resolves when all that was written is on the disk; trades of the same moment share a sync. */
  synced(): Promise<void>
  /**
   * Writes that an attempt has landed with a part of its order. The order stays in flight as it is; what becomes of the
   * rest is `attempt` or `move`.
   *
   * @throws ORDER_MOVE_ILLEGAL when nothing of the order may land, or the attempt has a fill already
   */
  part(orderId: string, attempt: number, details: { now: number; cause: string; fill: Fill }): OrderRecord
  /**
   * Moves an order on, with its cause.
   *
   * @throws ORDER_MOVE_ILLEGAL, also for an end without a fill when parts of the order have landed
   */
  move(orderId: string, to: OrderState, details: OrderMove): OrderRecord
  /** Moves several orders on, each once, in one transaction: all of them or none. @throws as `move` */
  moveAll(moves: readonly (OrderMove & { readonly orderId: string; readonly to: OrderState })[]): readonly OrderRecord[]
  order(orderId: string): OrderRecord | undefined
  /** The order that has an intent's key, if it was taken. */
  taken(intent: Pick<IntentEvent, 'node' | 'key'>): OrderRecord | undefined
  /** Orders of this scope in creation order: all, of one node, held by one node, or only those that are not final. */
  orders(filter?: { node?: string; holder?: string; open?: boolean }): readonly OrderRecord[]
  /** An order's whole story, from its beginning. */
  story(orderId: string): readonly StoryLine[]
}

/**
 * State of one node that outlives the process. `set` stages; what is staged is committed with the next journal
 * transaction (so that an intent and the state it leads to are one), or by `flush`.
 */
export interface NodeState {
  get<T>(key: string): T | undefined
  /**
   * JSON values; bigint is kept. Under a key that begins with `~` it is only a help: it keeps nobody from changing the
   * pipeline's settings. A function is asked for the value when it is committed: for what changes often and is
   * seldom written.
   */
  set(key: string, value: unknown): void
  /**
   * Commits what is staged now, for what belongs to no intent. Never between setting what an intent leads to and giving
   * that intent. @throws STORE_LEASE_LOST, STORE_WRITE_FAILED
   */
  flush(): void
}
