import { ForgeError } from '../errors/forge-error.ts'
import type { OrderRecord } from './journal.ts'
import { wholeFill } from './parts.ts'
import type { OrderState } from './state-machine.ts'

/** Orders that others are made of: a stop with its target, an entry with what guards it, a trade in slices. */

/** Keys of which an order may be a part, the nearest first: `a/1` and `a` of `a/1/stop`. */
export function keysAbove(key: string): readonly string[] {
  const above: string[] = []
  for (let end = key.lastIndexOf('/'); end > 0; end = key.lastIndexOf('/', end - 1)) above.push(key.slice(0, end))
  return above
}

/** Whether an order with this key is made of the one with the other. */
export function isPartOf(key: string, whole: string): boolean {
  return key.startsWith(`${whole}/`)
}

/**
 * The orders of one node as it gave them: without those that were made of its own. Each of these has the sum of what its
 * parts have traded of it instead; what they trade back again (the stop of an entry) is no part of that.
 */
export function asGiven(orders: readonly OrderRecord[]): readonly OrderRecord[] {
  const wholes = new Map(orders.flatMap(order => (order.arming?.isWhole ? [[order.intent.key, order] as const] : [])))
  if (wholes.size === 0) return orders
  const wholeOf = ({ intent }: OrderRecord): OrderRecord | undefined =>
    keysAbove(intent.key)
      .map(key => wholes.get(key))
      .findLast(found => found !== undefined)
  const partsOf = Map.groupBy(orders, order => wholeOf(order)?.id)
  return orders.flatMap(order => {
    if (wholeOf(order)) return []
    const fills = (order.arming?.isWhole ? (partsOf.get(order.id) ?? []) : []).flatMap(({ fill, intent }) =>
      fill && intent.input.mint === order.intent.input.mint ? [fill] : [],
    )
    const [first, ...others] = fills
    if (!first) return [order]
    return [{ ...order, fill: { ...wholeFill([first, ...others]), orderId: order.id, key: order.intent.key } }]
  })
}

/** Only an order that others are made of is confirmed without having been sent. @throws ORDER_MOVE_ILLEGAL */
export function assertWholeOnly(order: OrderRecord, to: OrderState): void {
  if (order.state !== 'armed' || to !== 'confirmed' || order.arming?.isWhole) return
  throw new ForgeError('ORDER_MOVE_ILLEGAL', {
    message: 'an order that waits can not be confirmed: it was not sent',
    context: { orderId: order.id },
  })
}
