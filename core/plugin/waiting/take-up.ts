import { isForgeError } from '../../errors/forge-error.ts'
import type { ForgeEvent } from '../../events/event.ts'
import type { Reason } from '../../events/report.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { formatDuration } from '../../time/duration.ts'
import type { PluginContext } from '../contract.ts'
import type { HeldOrder } from './held-order.ts'
import type { HeldOrders } from './held-orders.ts'
import type { WaitingConfig } from './order-fields.ts'
import type { OrderFiring } from './order-firing.ts'
import type { OwnTerms } from './own-terms.ts'
import type { OrderTeller } from './teller.ts'
import { conditionOf } from './terms.ts'
import type { Watches } from './watches.ts'

interface TakeUp {
  readonly context: PluginContext<WaitingConfig>
  readonly terms: OwnTerms
  readonly held: HeldOrders
  readonly watches: Watches
  readonly teller: OrderTeller
  readonly firing: OrderFiring
  readonly give: (event: ForgeEvent) => void
  readonly expire: (ids: readonly string[]) => void
  readonly end: (held: HeldOrder, state: 'cancelled', reason: Reason) => void
}

/**
 * Takes up what an earlier run left: what was on its way first, then what waits, with its marks; and does with that what
 * `onRestart` says.
 */
export function takeUpEarlier(earlier: readonly OrderRecord[], node: TakeUp): void {
  const { context, held: all, watches, teller, firing } = node
  const { clock, config } = context
  for (const { state, intent } of earlier) if (state !== 'armed') node.give({ ...intent, at: clock.now() })
  const waiting = earlier
    .flatMap(order => (order.state === 'armed' ? (heldAgain(order, node) ?? []) : []))
    .sort((a, b) => a.sequence - b.sequence)
  for (const held of waiting) all.add(held)
  const due = watches.restore(waiting)
  all.sequence = Math.max(all.sequence, watches.through)
  for (const held of waiting) {
    teller.armed(held, watches.markOf(held))
    const lost = whatIsLost(held, watches)
    if (lost !== undefined) context.services.desk.note(held.id, `watched again after a restart: ${lost}`)
  }
  node.expire(waiting.filter(({ order }) => (order.intent.expiresAt ?? Infinity) <= clock.now()).map(({ id }) => id))
  const left = waiting.filter(held => all.has(held))
  if (config.onRestart === 'hold' && left.length > 0) {
    for (const held of left) held.state = 'held-back'
    teller.heldBack(left.length)
  } else if (config.onRestart === 'flatten') flatten(left, node)
  else {
    firing.force(left.filter(isImmediate), 'it waits for nothing')
    const fired = left.filter(held => due.includes(held) && !isImmediate(held))
    for (const held of fired) watches.remove(held)
    for (const event of firing.fire(fired.map(held => ({ held, cause: 'its trigger held when the last run ended' }))))
      node.give(event)
  }
}

function heldAgain(order: OrderRecord, { terms: own, teller }: TakeUp): HeldOrder | undefined {
  try {
    return { id: order.id, order, ...own.ofOrder(order), state: 'waits' }
  } catch (thrown) {
    if (!isForgeError(thrown)) throw thrown
    // It stays armed: another version of the plugin may understand it.
    const text = `Its terms are not understood: ${thrown.message}. ${thrown.remedy}`
    teller.notice('critical', `order ${order.id} is not watched`, text)
    return undefined
  }
}

function flatten(orders: readonly HeldOrder[], { firing, end }: TakeUp): void {
  const message = 'a purchase, cancelled at the start (onRestart: flatten)'
  for (const held of orders) if (held.terms.side === 'buy') end(held, 'cancelled', { code: 'FLATTENED', message })
  const sales = orders.filter(({ terms }) => terms.side === 'sell')
  firing.force(sales, 'sold at the start (onRestart: flatten)')
}

/** What an order had seen and does not know any more, in a sentence: prices while nobody watched can not be made up for. */
function whatIsLost(held: HeldOrder, watches: Watches): string | undefined {
  const { confirm, wait } = held.terms
  if (conditionOf(wait)) {
    const hole = watches.holeOf(held)
    if (hole === 'anew') return 'what its condition asks of past prices is known when they have been seen anew'
    if (hole > 0)
      return `what its condition asks of past prices lacks the ${formatDuration(hole)} in which nobody watched`
  }
  if (confirm === 'none') return undefined
  return `its ${'prices' in confirm ? 'prices' : 'sources'} are counted anew for its confirmation`
}

const isImmediate = ({ terms }: HeldOrder): boolean => terms.wait.trigger === 'now'
