import type { IntentEvent } from '../events/event.ts'
import type { FailedLanding, Fill, Reason } from '../events/report.ts'
import type { Arming, Attempt, AttemptPromise, Channel, OrderRecord, StoryLine } from '../orders/journal.ts'
import type { OrderState } from '../orders/state-machine.ts'
import type { Database, Row } from './database.ts'
import { decodeValue, encodeValue } from './value-codec.ts'

/**
 * Orders with their attempts, as rows of `orders` and `attempts`.
 *
 * @param otherWallet what it is traded with, when that is not its deployment's own
 */
export function insertOrder(
  db: Database,
  order: OrderRecord,
  deploymentId: string,
  otherWallet: string | undefined,
): void {
  db.run(
    'INSERT INTO orders (id, full_key, deployment, wallet, node, state, intent, arming, holder, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    order.id,
    order.fullKey,
    deploymentId,
    otherWallet ?? null,
    order.intent.node,
    order.state,
    encodeValue(order.intent),
    order.arming ? encodeValue(order.arming) : null,
    order.arming?.holder ?? null,
    order.createdAt,
    order.updatedAt,
  )
}

export function insertAttempt(db: Database, attempt: Attempt): void {
  db.run(
    'INSERT INTO attempts (signature, order_id, number, wire, last_valid_block_height, slot, venue, channel, promise, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    attempt.signature,
    attempt.orderId,
    attempt.number,
    attempt.wire,
    attempt.lastValidBlockHeight,
    attempt.slot ?? null,
    attempt.venue,
    attempt.channel ?? 'public',
    encodeValue(attempt.promise),
    attempt.createdAt,
  )
}

export function updateAttemptFill(db: Database, signature: string, fill: Fill): void {
  db.run('UPDATE attempts SET fill = ? WHERE signature = ?', encodeValue(fill), signature)
}

export function updateAttemptFailed(db: Database, failed: FailedLanding): void {
  db.run('UPDATE attempts SET failed = ? WHERE signature = ?', encodeValue(failed), failed.signature)
}

export function insertMove(
  db: Database,
  move: { orderId: string; was: OrderState | undefined; became: OrderState; cause: string; at: number },
): void {
  db.run(
    'INSERT INTO moves (order_id, was, became, cause, at) VALUES (?, ?, ?, ?, ?)',
    move.orderId,
    move.was ?? null,
    move.became,
    move.cause,
    move.at,
  )
}

export function updateOrder(db: Database, order: OrderRecord): void {
  db.run(
    'UPDATE orders SET state = ?, fill = ?, reason = ?, updated_at = ? WHERE id = ?',
    order.state,
    order.fill ? encodeValue(order.fill) : null,
    order.reason ? encodeValue(order.reason) : null,
    order.updatedAt,
    order.id,
  )
}

/** The intent, when a trigger has settled it. */
export function updateIntent(db: Database, order: OrderRecord): void {
  db.run('UPDATE orders SET intent = ? WHERE id = ?', encodeValue(order.intent), order.id)
}

/** The arming, when the order waits again. */
export function updateArming(db: Database, order: OrderRecord): void {
  if (order.arming) db.run('UPDATE orders SET arming = ? WHERE id = ?', encodeValue(order.arming), order.id)
}

/** An order's story, from its beginning. */
export function readStory(db: Database, orderId: string): StoryLine[] {
  return db
    .all('SELECT was, became, cause, at FROM moves WHERE order_id = ? ORDER BY number', orderId)
    .map(readStoryLine)
}

/** The stories of several orders as one, in the order in which it was written. */
export function readStories(
  db: Database,
  orderIds: readonly string[],
): readonly { readonly orderId: string; readonly line: StoryLine }[] {
  const rows = db.all(
    'SELECT m.* FROM moves m JOIN json_each(?) wanted ON wanted.value = m.order_id ORDER BY m.number',
    JSON.stringify(orderIds),
  )
  return rows.map(row => ({ orderId: String(row['order_id']), line: readStoryLine(row) }))
}

function readStoryLine(row: Row): StoryLine {
  return {
    ...(row['was'] === null ? {} : { was: String(row['was']) as OrderState }),
    became: String(row['became']) as OrderState,
    cause: String(row['cause']),
    at: Number(row['at']),
  }
}

export function readOrder(db: Database, row: Row): OrderRecord {
  const id = String(row['id'])
  const attempts = db.all('SELECT * FROM attempts WHERE order_id = ? ORDER BY number', id).map(readAttempt)
  return {
    id,
    fullKey: String(row['full_key']),
    intent: decodeValue<IntentEvent>(String(row['intent'])),
    state: String(row['state']) as OrderState,
    ...(row['arming'] === null ? {} : { arming: decodeValue<Arming>(String(row['arming'])) }),
    attempts,
    ...(row['fill'] === null ? {} : { fill: decodeValue<Fill>(String(row['fill'])) }),
    ...(row['reason'] === null ? {} : { reason: decodeValue<Reason>(String(row['reason'])) }),
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
  }
}

function readAttempt(row: Row): Attempt {
  return {
    orderId: String(row['order_id']),
    number: Number(row['number']),
    signature: String(row['signature']),
    wire: row['wire'] as Uint8Array,
    lastValidBlockHeight: Number(row['last_valid_block_height']),
    ...(row['slot'] === null ? {} : { slot: Number(row['slot']) }),
    venue: String(row['venue']),
    ...(row['channel'] === 'public' ? {} : { channel: row['channel'] as Channel }),
    promise: decodeValue<AttemptPromise>(String(row['promise'])),
    ...(row['fill'] === null ? {} : { fill: decodeValue<Fill>(String(row['fill'])) }),
    ...(row['failed'] === null ? {} : { failed: decodeValue<FailedLanding>(String(row['failed'])) }),
    createdAt: Number(row['created_at']),
  }
}
