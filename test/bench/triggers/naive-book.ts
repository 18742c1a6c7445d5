import type { PriceEvent } from '../../../core/events/event.ts'
import { type PricePoint, pricePoints } from '../../../core/orders/triggers/price-points.ts'
import { type ArmedOrder, type Firing, TRIGGER_SOURCES } from '../../../core/orders/triggers/trigger.ts'

interface Followed {
  readonly order: ArmedOrder
  mark?: bigint
  isActive: boolean
}

/**
 * What the trigger book does, by the definitions alone: every price is held against every order. The tests compare the
 * two; the benchmark says what the difference is worth.
 */
export class NaiveBook {
  readonly #orders = new Map<string, Followed>()
  readonly #seen: Record<string, PricePoint[]> = { last: [], mid: [], bid: [], ask: [] }

  add(order: ArmedOrder): void {
    this.#orders.set(order.id, { order, isActive: order.trigger.kind !== 'trailing' || !order.trigger.activation })
  }

  remove(id: string): boolean {
    return this.#orders.delete(id)
  }

  /** Forgets the prices, as a restart does. */
  restart(): void {
    for (const seen of Object.values(this.#seen)) seen.length = 0
  }

  mark(id: string): bigint | undefined {
    return this.#orders.get(id)?.mark
  }

  onPrice(event: PriceEvent): readonly Firing[] {
    const fired: Firing[] = []
    for (const source of TRIGGER_SOURCES) {
      for (const point of pricePoints(event, source)) {
        const seen = this.#seen[source]!
        seen.push(point)
        const alone = [point]
        for (const followed of this.#orders.values()) {
          if (followed.order.source !== source) continue
          const firing = this.#evaluate(followed, seen, point, followed.order.confirm === 'none' ? alone : seen)
          if (firing) fired.push(firing)
        }
      }
    }
    return fired.sort((a, b) => a.at - b.at || a.sequence - b.sequence)
  }

  #evaluate(
    followed: Followed,
    seen: readonly PricePoint[],
    point: PricePoint,
    levels: readonly PricePoint[],
  ): Firing | undefined {
    const { id, sequence, trigger, confirm } = followed.order
    const holds = (isBeyond: (price: bigint) => boolean): boolean => isConfirmed(confirm, seen, isBeyond)
    const fire = (at: bigint): Firing => {
      this.#orders.delete(id)
      const { scaled: price, at: time, origin } = point
      const { mark } = followed
      return { id, sequence, trigger: at, price, at: time, origin, ...(mark === undefined ? {} : { mark }) }
    }
    if (trigger.kind !== 'trailing') {
      const isBeyond = (price: bigint): boolean =>
        trigger.kind === 'at-or-below' ? price <= trigger.price : price >= trigger.price
      return holds(isBeyond) ? fire(trigger.price) : undefined
    }
    const isSale = trigger.side === 'sell'
    if (followed.mark !== undefined) {
      const behind = distance(trigger.offset, followed.mark)
      const stop = isSale ? followed.mark - behind : followed.mark + behind
      if (holds(price => (isSale ? price <= stop : price >= stop))) return fire(stop)
    }
    const { activation } = trigger
    if (activation !== undefined && holds(price => (isSale ? price >= activation : price <= activation)))
      followed.isActive = true
    if (!followed.isActive) return undefined
    // The best level that the rule confirms is one of the prices seen.
    for (const { scaled } of levels) {
      const isBetter = followed.mark === undefined || (isSale ? scaled > followed.mark : scaled < followed.mark)
      if (isBetter && holds(price => (isSale ? price >= scaled : price <= scaled))) followed.mark = scaled
    }
    return undefined
  }
}

function distance(offset: { price: bigint } | { bps: number } | { percent: number }, mark: bigint): bigint {
  if ('price' in offset) return offset.price
  return (mark * BigInt('bps' in offset ? offset.bps * 100_000 : offset.percent * 10_000_000)) / 1_000_000_000n
}

function isConfirmed(
  confirm: ArmedOrder['confirm'],
  seen: readonly PricePoint[],
  isBeyond: (price: bigint) => boolean,
): boolean {
  const newest = seen.at(-1)!
  if (!isBeyond(newest.scaled)) return false
  if (confirm === 'none') return true
  if ('prices' in confirm)
    return seen.length >= confirm.prices && seen.slice(-confirm.prices).every(one => isBeyond(one.scaled))
  const origins = new Set<string>()
  for (const origin of new Set(seen.map(one => one.origin))) {
    const latest = seen.findLast(one => one.origin === origin)!
    if (newest.at - latest.at <= confirm.within_ms && isBeyond(latest.scaled)) origins.add(origin)
  }
  return origins.size >= confirm.sources
}
