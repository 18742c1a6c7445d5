import type { PriceEvent } from '../../events/event.ts'
import { assertSameToken, type Pair } from '../../money/token.ts'
import { checkArmedOrder } from './check-trigger.ts'
import { PriceMemory } from './price-memory.ts'
import { type PricePoint, pricePoints } from './price-points.ts'
import { type ArmedOrder, type Firing, TRIGGER_SOURCES, type TriggerSource } from './trigger.ts'
import { type SideEntry, type SideMarks, TriggerSide } from './trigger-side.ts'
import { statusOf, type TriggerStatus } from './trigger-status.ts'

/** The high-water marks of a book, by what its orders look at: JSON but for its bigints. */
export type TriggerMarks = Readonly<Record<string, SideMarks>>

/** Orders that look at the same price and believe it by the same rule. */
interface Lane {
  readonly key: string
  readonly source: TriggerSource
  readonly confirm: ArmedOrder['confirm']
  readonly falling: TriggerSide
  readonly rising: TriggerSide
}

interface Armed {
  readonly order: ArmedOrder
  readonly lane: Lane
  readonly side: TriggerSide
  readonly entry: SideEntry
}

const NONE: readonly Firing[] = []

/**
 * All armed orders of one pair, found by price: a price that fires nothing costs a few comparisons, however many there
 * are. Pure: the same orders and prices fire the same, in the same order.
 *
 * An order fires once and is out of the book then. Of one price, orders fire by the time of the price that fired them
 * (several may have been conflated, see `pricePoints`), then in the sequence they were armed in.
 *
 * @example
 * const book = new TriggerBook(pair, { maxAge_ms: 10_000 })
 * book.add({ id, sequence: 1, trigger: { kind: 'at-or-below', price: 140n * 10n ** 12n }, source: 'last', confirm: 'none' })
 * for (const { id, price } of book.onPrice(event, clock.now())) trade(id)
 */
export class TriggerBook {
  readonly #pair: Pair
  readonly #maxAge_ms: number
  readonly #memories: Readonly<Record<TriggerSource, PriceMemory>> = {
    last: new PriceMemory(),
    mid: new PriceMemory(),
    bid: new PriceMemory(),
    ask: new PriceMemory(),
  }
  readonly #lanes = new Map<string, Lane>()
  readonly #armed = new Map<string, Armed>()
  #sequence = Number.NEGATIVE_INFINITY
  #marksRevision = 0
  readonly #refused = new Map<TriggerSource, NonNullable<TriggerStatus['refused']>>()

  /** @param options `maxAge_ms`: a price older than that neither fires an order nor moves a mark */
  constructor(pair: Pair, options: { readonly maxAge_ms?: number } = {}) {
    this.#pair = pair
    this.#maxAge_ms = options.maxAge_ms ?? Number.POSITIVE_INFINITY
  }

  get size(): number {
    return this.#armed.size
  }

  has(id: string): boolean {
    return this.#armed.has(id)
  }

  /** Grows whenever `marks()` would tell something new. */
  get marksRevision(): number {
    return this.#marksRevision
  }

  /**
   * Arms an order. Prices from before count towards its confirmation, never towards its high-water mark.
   *
   * @throws TRIGGER_INVALID for a trigger that can not be meant; RangeError for an id that is armed already, or a
   *   sequence that is not above all before
   */
  add(order: ArmedOrder): void {
    this.#check(order)
    const [lane, side] = this.#placeOf(order)
    this.#armed.set(order.id, { order, lane, side, entry: side.add(order) })
  }

  /** Whether it was armed. */
  remove(id: string): boolean {
    const armed = this.#armed.get(id)
    if (armed === undefined) return false
    armed.side.remove(armed.entry)
    this.#armed.delete(id)
    return true
  }

  /**
   * The orders a price fires.
   *
   * @param now against which the price's age is measured
   * @throws TOKEN_MISMATCH for a price of another pair
   */
  onPrice(event: PriceEvent, now: number): readonly Firing[] {
    assertSameToken(this.#pair.base, event.price.pair.base)
    assertSameToken(this.#pair.quote, event.price.pair.quote)
    let fired: Firing[] | undefined
    for (const source of TRIGGER_SOURCES) {
      for (const point of pricePoints(event, source)) {
        if (this.#isStale(source, point, now)) continue
        this.#memories[source].push(point)
        for (const lane of this.#lanes.values()) {
          if (lane.source !== source) continue
          for (const firing of this.#evaluate(lane, point)) {
            fired ??= []
            fired.push(firing)
          }
        }
      }
    }
    return fired?.sort((a, b) => a.at - b.at || a.sequence - b.sequence) ?? NONE
  }

  /** Why an order has not fired; undefined when it is not armed. */
  status(id: string): TriggerStatus | undefined {
    const armed = this.#armed.get(id)
    if (armed === undefined) return undefined
    const { order, side, entry } = armed
    return statusOf({
      order,
      memory: this.#memories[order.source],
      stop: side.triggerOf(entry),
      trailing: side.trailingState(entry),
      refused: this.#refused.get(order.source),
    })
  }

  /** The high-water marks of all trailing orders, as `restore` takes them. Its size is that of the different marks. */
  marks(): TriggerMarks {
    const sides = [...this.#lanes.values()].flatMap(({ key, falling, rising }) => [
      [`${key}/falling`, falling.marks()] as const,
      [`${key}/rising`, rising.marks()] as const,
    ])
    return Object.fromEntries(sides.filter(([, marks]) => marks !== undefined)) as TriggerMarks
  }

  /**
   * Arms orders again with the marks they had, in a book that has none: those without one start with the next price.
   *
   * @throws as `add` does
   */
  restore(orders: readonly ArmedOrder[], marks: TriggerMarks): void {
    if (this.#sequence !== Number.NEGATIVE_INFINITY) throw new RangeError('only an unused trigger book can be restored')
    const bySide = new Map<
      TriggerSide,
      { readonly lane: Lane; readonly saved: SideMarks; readonly orders: ArmedOrder[] }
    >()
    for (const order of orders.toSorted((a, b) => a.sequence - b.sequence)) {
      this.#check(order)
      const [lane, side] = this.#placeOf(order)
      const saved = marks[`${lane.key}/${side === lane.falling ? 'falling' : 'rising'}`]
      const found = bySide.get(side) ?? { lane, saved: saved ?? NO_MARKS, orders: [] }
      found.orders.push(order)
      bySide.set(side, found)
    }
    for (const [side, { lane, saved, orders }] of bySide) {
      for (const entry of side.restore(orders, saved))
        this.#armed.set(entry.order.id, { order: entry.order, lane, side, entry })
    }
  }

  #check(order: ArmedOrder): void {
    checkArmedOrder(order)
    if (this.#armed.has(order.id)) throw new RangeError(`order ${order.id} is armed already`)
    if (order.sequence <= this.#sequence)
      throw new RangeError(`sequence ${order.sequence} is not above ${this.#sequence}`)
    this.#sequence = order.sequence
  }

  #placeOf({ source, confirm, trigger }: ArmedOrder): [Lane, TriggerSide] {
    const key = laneKey(source, confirm)
    let lane = this.#lanes.get(key)
    if (lane === undefined) {
      lane = { key, source, confirm, falling: new TriggerSide('falling'), rising: new TriggerSide('rising') }
      this.#lanes.set(key, lane)
    }
    const isFalling = trigger.kind === 'trailing' ? trigger.side === 'sell' : trigger.kind === 'at-or-below'
    return [lane, isFalling ? lane.falling : lane.rising]
  }

  #evaluate(lane: Lane, point: PricePoint): readonly Firing[] {
    const believed = this.#memories[lane.source].believed(lane.confirm)
    if (believed === undefined) return NONE
    let fired: Firing[] | undefined
    const onFire = (entry: SideEntry, trigger: bigint, mark: bigint | undefined): void => {
      const { id, sequence } = entry.order
      this.#armed.delete(id)
      fired ??= []
      fired.push({
        id,
        sequence,
        trigger,
        price: point.scaled,
        at: point.at,
        origin: point.origin,
        ...(mark === undefined ? {} : { mark }),
      })
    }
    const { fall, rise } = believed
    const moved = [lane.falling.evaluate(fall, rise, onFire), lane.rising.evaluate(rise, fall, onFire)]
    if (moved.includes(true) || fired?.some(firing => firing.mark !== undefined)) this.#marksRevision += 1
    return fired ?? NONE
  }

  #isStale(source: TriggerSource, { at }: PricePoint, now: number): boolean {
    const age_ms = now - at
    if (age_ms <= this.#maxAge_ms) return false
    this.#refused.set(source, { count: (this.#refused.get(source)?.count ?? 0) + 1, at, age_ms })
    return true
  }
}

const NO_MARKS: SideMarks = { through: Number.NEGATIVE_INFINITY, marks: [], activated: [] }

function laneKey(source: TriggerSource, confirm: ArmedOrder['confirm']): string {
  if (confirm === 'none') return `${source}/none`
  if ('prices' in confirm) return `${source}/${confirm.prices}-prices`
  return `${source}/${confirm.sources}-sources-${confirm.within_ms}ms`
}
