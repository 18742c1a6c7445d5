import type { Journal } from '../core/orders/journal.ts'

/** A journal with some methods in place of its own. */
export function journalWith(journal: Journal, changed: Partial<Journal>): Journal {
  return {
    assertWritable: () => journal.assertWritable(),
    take: (intent, now) => journal.take(intent, now),
    arm: (intent, arming, now) => journal.arm(intent, arming, now),
    trigger: (orderId, details) => journal.trigger(orderId, details),
    note: (orderId, text, now) => journal.note(orderId, text, now),
    attempt: attempt => journal.attempt(attempt),
    synced: () => journal.synced(),
    part: (orderId, attempt, details) => journal.part(orderId, attempt, details),
    move: (orderId, to, details) => journal.move(orderId, to, details),
    moveAll: moves => journal.moveAll(moves),
    order: orderId => journal.order(orderId),
    taken: intent => journal.taken(intent),
    orders: filter => journal.orders(filter),
    story: orderId => journal.story(orderId),
    ...changed,
  }
}
