import type { Reason } from '../../events/report.ts'
import { formatAmount } from '../../money/amount.ts'
import type { Journal, OrderRecord } from '../../orders/journal.ts'
import { FINAL_STATES } from '../../orders/state-machine.ts'
import { isPartOf, keysAbove } from '../../orders/wholes.ts'
import type { Answer } from '../../store/directory/requests.ts'

/** The order that another is a part of; itself when others are made of it, undefined when it stands alone. */
export function wholeOf(journal: Pick<Journal, 'taken'>, order: OrderRecord): OrderRecord | undefined {
  if (order.arming?.isWhole) return order
  const { node, key } = order.intent
  return keysAbove(key)
    .map(above => journal.taken({ node, key: above }))
    .findLast(found => found?.arming?.isWhole)
}

/** Orders that were made of one. */
function partsIn(journal: Pick<Journal, 'orders'>, { intent }: OrderRecord): readonly OrderRecord[] {
  return journal.orders({ node: intent.node }).filter(order => isPartOf(order.intent.key, intent.key))
}

/**
 * Cancels an order with all that was made of it. A part that is on its way may land: while nobody runs, the whole stays
 * as it is then, for what lands may need its stop; a run that has it in hand cancels what it can. What is cancelled here
 * is cancelled in one transaction.
 *
 * @param ask Has the run that holds it end it; absent where nothing runs, or when that run does not hold it.
 */
export function cancelWhole(
  journal: Pick<Journal, 'orders' | 'order' | 'moveAll'>,
  whole: OrderRecord,
  options: { readonly cause: string; readonly now: number; readonly ask: (() => boolean) | undefined },
): Answer {
  const { cause } = options
  const { id } = whole
  const detail = { id }
  if (whole.state === 'cancelled') return { done: true, text: `order ${id} is cancelled`, detail }
  if (FINAL_STATES.includes(whole.state))
    return { done: false, text: `order ${id} is over already: ${whole.reason?.message ?? whole.state}`, detail }
  if (options.ask?.()) return answerOf(journal, id)
  const parts = partsIn(journal, whole)
  const open = parts.filter(({ state }) => !FINAL_STATES.includes(state))
  const sent = open.find(({ attempts }) => attempts.length > 0)
  if (sent) {
    const signature = sent.attempts.at(-1)?.signature
    const text = `order ${id} can not be taken back: the transaction ${signature} of its part ${sent.intent.key} may land`
    return { done: false, text, detail }
  }
  const reason: Reason = { code: 'ORDER_CANCELLED', message: cause }
  // Where the chain's time stands still, it is that of the last thing that happened.
  const now = parts.reduce((latest, { updatedAt }) => Math.max(latest, updatedAt), options.now)
  const traded = parts.flatMap(({ fill, intent }) =>
    fill ? [`${intent.key}: ${formatAmount(fill.input)} → ${formatAmount(fill.output)}`] : [],
  )
  const message = traded.length === 0 ? cause : `${cause}; it has traded ${traded.join(', ')}`
  journal.moveAll([
    ...open.map(part => ({ orderId: part.id, to: 'cancelled', now, cause, reason }) as const),
    {
      orderId: id,
      to: traded.length === 0 ? 'cancelled' : 'confirmed',
      now,
      cause: message,
      reason: { ...reason, message },
    },
  ])
  return answerOf(journal, id)
}

function answerOf(journal: Pick<Journal, 'orders' | 'order'>, id: string): Answer {
  const order = journal.order(id)!
  const detail = { id }
  if (order.state === 'cancelled')
    return { done: true, text: `order ${id} is cancelled: nothing of it was sent`, detail }
  if (FINAL_STATES.includes(order.state))
    return { done: true, text: `order ${id} is ended: ${order.reason?.message ?? order.state}`, detail }
  const open = partsIn(journal, order).filter(({ state }) => !FINAL_STATES.includes(state))
  const names = open.map(({ intent }) => intent.key).join(', ')
  return { done: false, text: `order ${id}: ${names} is being traded right now; all that waited is cancelled`, detail }
}
