import { isPartOf, keysAbove } from '../../orders/wholes.ts'
import type { KeptOrder } from '../../store/directory/kept-orders.ts'

/** An order, and the one it is a part of, if any. */
export interface FamilyMember {
  readonly kept: KeptOrder
  readonly whole: KeptOrder | undefined
}

/** The same orders with those that were made of one right behind it, in the order they were created. */
export function inFamilies(orders: readonly KeptOrder[]): readonly FamilyMember[] {
  const wholes = new Map(orders.flatMap(kept => (kept.order.arming?.isWhole ? [[idOf(kept), kept] as const] : [])))
  const wholeOf = (kept: KeptOrder): KeptOrder | undefined =>
    keysAbove(kept.order.intent.key)
      .map(key => wholes.get(idOf(kept, key)))
      .findLast(found => found !== undefined)
  const parts = Map.groupBy(orders, wholeOf)
  return (parts.get(undefined) ?? []).flatMap(kept => [
    { kept, whole: undefined },
    ...(parts.get(kept) ?? []).map(part => ({ kept: part, whole: kept })),
  ])
}

/** The orders that were made of one. */
export function partsOf(orders: readonly KeptOrder[], whole: KeptOrder): readonly KeptOrder[] {
  const { key, node } = whole.order.intent
  return orders.filter(
    ({ deploymentId, order: { intent } }) =>
      deploymentId === whole.deploymentId && intent.node === node && isPartOf(intent.key, key),
  )
}

/** A part's name within its whole: `1/stop` of `bracket 1/1/stop`. */
export function partName({ kept, whole }: FamilyMember): string | undefined {
  return whole && kept.order.intent.key.slice(whole.order.intent.key.length + 1)
}

function idOf({ deploymentId, order: { intent } }: KeptOrder, key = intent.key): string {
  return JSON.stringify([deploymentId, intent.node, key])
}
