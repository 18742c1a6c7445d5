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

/** Orders of one journal without those that are made of another of them. */
export function withoutParts(orders: readonly OrderRecord[]): readonly OrderRecord[] {
  const wholes = wholesOf(orders)
  return wholes.size === 0 ? orders : orders.filter(order => !wholeAmong(wholes, order))
}

/**
 * The orders of one node as it gave them: without those that were made of its own. Each of these has the sum of what its
 * parts have traded of it instead; what they trade back again (the stop of an entry) is no part of that.
 */
export function asGiven(orders: readonly OrderRecord[]): readonly OrderRecord[] {
  const wholes = wholesOf(orders)
  if (wholes.size === 0) return orders
  const partsOf = Map.groupBy(orders, order => wholeAmong(wholes, order)?.id)
  return orders.flatMap(order => {
    if (wholeAmong(wholes, order)) return []
    const fills = (order.arming?.isWhole ? (partsOf.get(order.id) ?? []) : []).flatMap(({ fill, intent }) =>
      fill && intent.input.mint === order.intent.input.mint ? [fill] : [],
    )
    const [first, ...others] = fills
    if (!first) return [order]
    return [{ ...order, fill: { ...wholeFill([first, ...others]), orderId: order.id, key: order.intent.key } }]
  })
}

/** By node and key. */
function wholesOf(orders: readonly OrderRecord[]): ReadonlyMap<string, OrderRecord> {
  return new Map(orders.flatMap(order => (order.arming?.isWhole ? [[idOf(order), order] as const] : [])))
}

function wholeAmong(wholes: ReadonlyMap<string, OrderRecord>, order: OrderRecord): OrderRecord | undefined {
  return keysAbove(order.intent.key)
    .map(key => wholes.get(idOf(order, key)))
    .findLast(found => found !== undefined)
}

function idOf({ intent }: OrderRecord, key = intent.key): string {
  return `${intent.node}\n${key}`
}

/** Only an order that others are made of is confirmed without having been sent. @throws ORDER_MOVE_ILLEGAL */
export function assertWholeOnly(order: OrderRecord, to: OrderState): void {
  if (order.state !== 'armed' || to !== 'confirmed' || order.arming?.isWhole) return
  throw new ForgeError('ORDER_MOVE_ILLEGAL', {
    message: 'an order that waits can not be confirmed: it was not sent',
    context: { orderId: order.id },
  })
}
