import type { IntentEvent } from '../../events/event.ts'
import type { Price } from '../../money/price.ts'
import type { OrderRecord, Resolution } from '../../orders/journal.ts'
import type { PricePoint } from '../../orders/triggers/price-points.ts'
import type { ArmedOrder, Firing, Trigger } from '../../orders/triggers/trigger.ts'
import { inputFor, shareOf } from './size.ts'
import { priceTrigger, type WaitingTerms } from './terms.ts'

/** An order in the hands of its node. */
export interface HeldOrder {
  readonly id: string
  /** As the journal has it. */
  order: OrderRecord
  readonly terms: WaitingTerms
  /** In the order they were armed; the book wants a higher one each time it is put in. */
  sequence: number
  /**
   * Waits for its trigger; fires nothing until it is resumed; has fired, and its size is asked for; or is on its way to
   * the execution.
   */
  state: 'waits' | 'held-back' | 'firing' | 'given'
  /** Where it fired, when it has: what it waits for when it waits again. */
  level?: bigint
  /** Why it is to fire whatever the price, as soon as it can. */
  forced?: string
}

/** An order whose trigger holds, and why, in a sentence. */
export interface Fired {
  readonly held: HeldOrder
  readonly cause: string
  /** Absent when it was not a price. */
  readonly firing?: Firing
}

/** Whether its price has to fall. */
function isFalling(trigger: Trigger): boolean {
  return trigger.kind === 'trailing' ? trigger.side === 'sell' : trigger.kind === 'at-or-below'
}

/** The order as the trigger book takes it; undefined when it waits for none. */
export function armedOrder({ id, terms, sequence, level }: HeldOrder): ArmedOrder | undefined {
  const { wait, source, confirm } = terms
  const asked = priceTrigger(wait)
  if (!asked) return undefined
  // A trailing order that fired has found its price: it follows no more.
  const trigger: Trigger =
    asked.kind === 'trailing' && level !== undefined
      ? { kind: isFalling(asked) ? 'at-or-below' : 'at-or-above', price: level }
      : asked
  return { id, sequence, trigger, source, confirm }
}

/** What the latest price of its source fires of an order that needs but one to tell: the next may be long in coming. */
export function alreadyFires(order: ArmedOrder, seen: PricePoint | undefined): Firing | undefined {
  const { trigger, confirm, id, sequence } = order
  if (!seen || trigger.kind === 'trailing' || confirm !== 'none') return undefined
  const isBeyond = isFalling(trigger) ? seen.scaled <= trigger.price : seen.scaled >= trigger.price
  if (!isBeyond) return undefined
  return { id, sequence, trigger: trigger.price, price: seen.scaled, at: seen.at, origin: seen.origin }
}

/** How much goes in, once the price is known and, for a share, what can be sold; undefined: as the intent says. */
export function amountOf(
  { terms, order }: HeldOrder,
  price: Price | undefined,
  sellable: bigint | undefined,
): { readonly amount: IntentEvent['amount']; readonly exact: 'in' } | 'unknown' | undefined {
  const { size } = terms
  const { input } = order.intent
  if (!size) return undefined
  if (size.kind === 'share') {
    if (sellable === undefined) return 'unknown'
    return { amount: { token: input, units: shareOf(sellable, size.bps) }, exact: 'in' }
  }
  if (size.amount.token.mint === input.mint) return { amount: size.amount, exact: 'in' }
  return price ? { amount: inputFor(size.amount, input, price), exact: 'in' } : 'unknown'
}

/** What its trigger settles beside the amount: the bound of a limit, and where it was to fire. */
export function boundsOf({ terms, order }: HeldOrder, firing: Firing | undefined): Resolution {
  const { wait, pair, side, limitOffsetBps, slippageBps } = terms
  const slippage = slippageBps === undefined ? {} : { slippageBps }
  const asked = priceTrigger(wait)
  if (!firing || !asked) return slippage
  const price = (scaled: bigint): Price => ({ pair, scaled })
  const when = isFalling(asked) ? 'at-or-below' : 'at-or-above'
  const trigger = { price: price(firing.trigger), when } as const
  const level = wait.limit ?? (limitOffsetBps === undefined ? undefined : firing.trigger)
  if (level === undefined) return { ...slippage, trigger }
  const off = (level * BigInt(limitOffsetBps ?? 0)) / 10_000n
  const bound = side === 'sell' ? { min: price(level - off) } : { max: price(level + off) }
  // A bound that the intent brought is its own.
  return { ...slippage, trigger, bounds: { ...bound, ...order.intent.bounds } }
}
