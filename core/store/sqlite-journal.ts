import type { IntentEvent } from '../events/event.ts'
import type { Arming, Attempt, Journal, KeyScope, OrderMove, OrderRecord, StoryLine } from '../orders/journal.ts'
import { fullKeyOf, orderIdOf } from '../orders/order-key.ts'
import {
  armedOrder,
  attemptedOrder,
  createdOrder,
  movedOrder,
  orderUnknown,
  type PartLanded,
  partedOrder,
  signatureTaken,
  type Triggered,
  triggeredOrder,
  watchedBy,
} from '../orders/order-rules.ts'
import { FINAL_STATES, type OrderState } from '../orders/state-machine.ts'
import type { Database, Durability } from './database.ts'
import {
  insertAttempt,
  insertMove,
  insertOrder,
  readOrder,
  readStory,
  updateArming,
  updateAttemptFailed,
  updateAttemptFill,
  updateIntent,
  updateOrder,
} from './order-rows.ts'

/** What the journal needs of its deployment: one writing transaction, with the lease checked and staged state carried. */
export interface WriteDoor {
  /** Runs the work with what is staged: of that node, and what belongs to none. */
  write<T>(work: () => T, durability: Durability, node?: string): T
  assertWritable(): void
}

/**
 * The order journal of one deployment in SQLite. Open orders are kept in memory as well: this process is the only writer.
 * It takes keys for one wallet, and knows the orders of all, unless it is asked for that wallet's alone (`of`).
 */
export class SqliteJournal implements Journal {
  readonly #db: Database
  readonly #door: WriteDoor
  readonly #scope: KeyScope
  /** Shared by the views of one deployment. */
  readonly #open: Map<string, OrderRecord>
  /** The deployment's own. */
  readonly #own: string
  /** Whose orders are listed; undefined: those of all wallets. */
  readonly #only: string | undefined

  constructor(
    db: Database,
    door: WriteDoor,
    scope: KeyScope,
    view: { readonly open: Map<string, OrderRecord>; readonly own: string } | undefined = undefined,
  ) {
    this.#db = db
    this.#door = door
    this.#scope = scope
    this.#open = view?.open ?? new Map()
    this.#own = view?.own ?? scope.wallet
    this.#only = view && scope.wallet
  }

  /** The same journal for what is traded with one wallet: it takes keys for that one, and lists no others' orders. */
  of(wallet: string): SqliteJournal {
    const view = { open: this.#open, own: this.#own }
    return new SqliteJournal(this.#db, this.#door, { ...this.#scope, wallet }, view)
  }

  assertWritable(): void {
    this.#door.assertWritable()
  }

  take(intent: IntentEvent, now: number): { taken: boolean; order: OrderRecord } {
    // Taken back by a power cut, it was not sent either: the attempt that is sent brings it to the disk.
    return this.#take(intent, now, undefined, 'with-next')
  }

  arm(intent: IntentEvent, arming: Arming, now: number): { taken: boolean; order: OrderRecord } {
    // Nothing else may follow for days that would bring it to the disk.
    return this.#take(intent, now, arming, 'soon')
  }

  #take(
    intent: IntentEvent,
    now: number,
    arming: Arming | undefined,
    durability: Durability,
  ): { taken: boolean; order: OrderRecord } {
    const order = arming ? armedOrder(this.#scope, intent, arming, now) : createdOrder(this.#scope, intent, now)
    const { id } = order
    const before = this.order(id)
    if (before) return { taken: false, order: before }
    this.#door.write(
      () => {
        const { deploymentId, wallet } = this.#scope
        insertOrder(this.#db, order, deploymentId, wallet === this.#own ? undefined : wallet)
        insertMove(this.#db, { orderId: id, was: undefined, became: 'created', cause: intent.reason, at: now })
        if (arming)
          insertMove(this.#db, { orderId: id, was: 'created', became: 'armed', cause: watchedBy(arming), at: now })
      },
      durability,
      intent.node,
    )
    this.#open.set(id, order)
    return { taken: true, order }
  }

  trigger(orderId: string, triggered: Triggered): OrderRecord {
    const order = this.#known(orderId)
    const next = triggeredOrder(order, triggered)
    const { now, cause, resolved } = triggered
    this.#door.write(() => {
      updateOrder(this.#db, next)
      if (resolved) updateIntent(this.#db, next)
      insertMove(this.#db, { orderId, was: order.state, became: 'triggered', cause, at: now })
      // Taken back by a power cut, it is armed as before; the attempt that is sent brings this to the disk.
    }, 'with-next')
    this.#open.set(orderId, next)
    return next
  }

  note(orderId: string, text: string, now: number): void {
    const { state } = this.#known(orderId)
    this.#door.write(
      () => insertMove(this.#db, { orderId, was: state, became: state, cause: text, at: now }),
      'with-next',
    )
  }

  taken({ node, key }: Pick<IntentEvent, 'node' | 'key'>): OrderRecord | undefined {
    return this.order(orderIdOf(fullKeyOf(this.#scope, node, key)))
  }

  story(orderId: string): readonly StoryLine[] {
    return readStory(this.#db, orderId)
  }

  attempt(attempt: Attempt): OrderRecord {
    const order = this.#known(attempt.orderId)
    const next = attemptedOrder(order, attempt)
    this.#door.write(() => {
      const other = this.#db.get('SELECT order_id FROM attempts WHERE signature = ?', attempt.signature)
      if (other) throw signatureTaken(attempt, String(other['order_id']))
      insertAttempt(this.#db, attempt)
      updateOrder(this.#db, next)
      insertMove(this.#db, {
        orderId: order.id,
        was: order.state,
        became: 'submitting',
        cause: `attempt ${attempt.number}: ${attempt.signature}`,
        at: attempt.createdAt,
      })
      // Nothing is sent before `synced`.
    }, 'with-next')
    this.#open.set(order.id, next)
    return next
  }

  synced(): Promise<void> {
    return this.#db.synced()
  }

  part(orderId: string, attempt: number, landed: PartLanded): OrderRecord {
    const order = this.#known(orderId)
    const { next, signature } = partedOrder(order, attempt, landed)
    this.#door.write(() => {
      updateAttemptFill(this.#db, signature, landed.fill)
      updateOrder(this.#db, next)
      insertMove(this.#db, { orderId, was: order.state, became: order.state, cause: landed.cause, at: landed.now })
      // Taken back, it is found out again from the chain.
    }, 'soon')
    this.#open.set(orderId, next)
    return next
  }

  move(orderId: string, to: OrderState, details: OrderMove): OrderRecord {
    return this.moveAll([{ orderId, to, ...details }])[0]!
  }

  moveAll(moves: Parameters<Journal['moveAll']>[0]): readonly OrderRecord[] {
    const changes = moves.map(move => {
      const order = this.#known(move.orderId)
      return { ...move, was: order.state, next: movedOrder(order, move.to, move) }
    })
    this.#door.write(() => {
      for (const { orderId, was, to, next, cause, now, failed } of changes) {
        updateOrder(this.#db, next)
        if (to === 'armed') updateArming(this.#db, next)
        if (failed) updateAttemptFailed(this.#db, failed)
        insertMove(this.#db, { orderId, was, became: to, cause, at: now })
      }
      // Taken back, it is found out again from the chain.
    }, 'soon')
    for (const { orderId, to, next } of changes) {
      if (FINAL_STATES.includes(to)) this.#open.delete(orderId)
      else this.#open.set(orderId, next)
    }
    return changes.map(({ next }) => next)
  }

  order(orderId: string): OrderRecord | undefined {
    const open = this.#open.get(orderId)
    if (open) return open
    const row = this.#db.get('SELECT * FROM orders WHERE id = ? AND deployment = ?', orderId, this.#scope.deploymentId)
    return row && readOrder(this.#db, row)
  }

  orders(filter: { node?: string; holder?: string; open?: boolean } = {}): readonly OrderRecord[] {
    const finals = FINAL_STATES.map(state => `'${state}'`).join(', ')
    const rows = this.#db.all(
      `SELECT * FROM orders WHERE deployment = ?1 AND (?2 IS NULL OR node = ?2) AND (?3 IS NULL OR holder = ?3) AND (?4 IS NULL OR coalesce(wallet, ?5) = ?4)
       ${filter.open === undefined ? '' : `AND state ${filter.open ? 'NOT IN' : 'IN'} (${finals})`} ORDER BY number`,
      this.#scope.deploymentId,
      filter.node ?? null,
      filter.holder ?? null,
      this.#only ?? null,
      this.#own,
    )
    return rows.map(row => readOrder(this.#db, row))
  }

  #known(orderId: string): OrderRecord {
    const order = this.order(orderId)
    if (!order) throw orderUnknown(orderId)
    return order
  }
}
