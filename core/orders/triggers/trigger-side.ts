import { type HeapItem, IndexedHeap } from './indexed-heap.ts'
import { type Follower, groupOf } from './mark-group.ts'
import { distanceOf } from './trailing-distance.ts'
import { TrailingStops } from './trailing-stops.ts'
import type { ArmedOrder } from './trigger.ts'

interface FixedEntry extends HeapItem {
  readonly kind: 'fixed'
  readonly order: ArmedOrder
  readonly sequence: number
  /** Of a side that looks for falling prices the trigger price; of its mirror image, negated. */
  readonly level: bigint
}

interface TrailingEntry extends Follower {
  readonly kind: 'trailing'
  readonly order: ArmedOrder
  /** The activation price, as `level` above. */
  readonly level: bigint | undefined
  isActive: boolean
}

export type SideEntry = FixedEntry | TrailingEntry

/** The marks of a side, small enough to be written whenever they move. Marks are scaled prices. */
export interface SideMarks {
  /** Orders up to this sequence have a mark. */
  readonly through: number
  /** From the first order's sequence on, up to the next entry's, this is the mark. */
  readonly marks: readonly (readonly [first: number, mark: bigint])[]
  /** Orders whose activation price was reached, by their sequences, with the mark they share. */
  readonly activated: readonly (readonly [sequences: readonly number[], mark: bigint])[]
}

/** Where a trailing order stands. */
export interface TrailingState {
  readonly isActive: boolean
  readonly mark?: bigint
  readonly stop?: bigint
}

type OnFire = (entry: SideEntry, trigger: bigint, mark: bigint | undefined) => void

/**
 * The orders that wait for a falling price: stops and limit purchases, and trailing stops that sell. A rising side is
 * the same with every price negated: what goes in and comes out here is negated by it, and only here.
 */
export class TriggerSide {
  readonly #sign: bigint
  readonly #fixed = new IndexedHeap<FixedEntry>((a, b) =>
    a.level === b.level ? a.sequence < b.sequence : a.level > b.level,
  )
  readonly #waiting = new IndexedHeap<TrailingEntry>((a, b) =>
    a.level === b.level ? a.sequence < b.sequence : a.level! < b.level!,
  )
  readonly #plain = new TrailingStops()
  readonly #activated = new TrailingStops()
  #through = Number.NEGATIVE_INFINITY
  #joined = Number.NEGATIVE_INFINITY

  constructor(direction: 'falling' | 'rising') {
    this.#sign = direction === 'falling' ? 1n : -1n
  }

  /** `marked`: it comes back with a mark, which `restore` gives it. */
  add(order: ArmedOrder, marked = false): SideEntry {
    const { trigger, sequence } = order
    if (trigger.kind !== 'trailing') {
      const entry: FixedEntry = { kind: 'fixed', order, sequence, level: this.#sign * trigger.price, place: -1 }
      this.#fixed.add(entry)
      return entry
    }
    const level = trigger.activation === undefined ? undefined : this.#sign * trigger.activation
    const distance = distanceOf(trigger.offset)
    const isActive = marked || level === undefined
    const entry: TrailingEntry = {
      kind: 'trailing',
      order,
      sequence,
      level,
      distance,
      isActive,
      group: undefined,
      place: -1,
    }
    if (marked) return entry
    if (level === undefined) this.#joinPlain(entry)
    else this.#waiting.add(entry)
    return entry
  }

  remove(entry: SideEntry): void {
    if (entry.kind === 'fixed') this.#fixed.remove(entry)
    else if (!entry.isActive) this.#waiting.remove(entry)
    else this.#stopsOf(entry).remove(entry)
  }

  /**
   * Evaluates one price: orders fire against the marks as they were, then the marks follow.
   *
   * @param against how far the price is believed in the direction that fires
   * @param favour how far in the direction that marks follow
   * @returns whether a mark moved or an order was activated
   */
  evaluate(against: bigint, favour: bigint, onFire: OnFire): boolean {
    const price = this.#sign * against
    const best = this.#sign * favour
    for (let entry = this.#fixed.top; entry !== undefined && entry.level >= price; entry = this.#fixed.top) {
      this.#fixed.remove(entry)
      onFire(entry, this.#sign * entry.level, undefined)
    }
    const onStop = (follower: Follower, stop: bigint, mark: bigint): void =>
      onFire(follower as TrailingEntry, this.#sign * stop, this.#sign * mark)
    this.#plain.fire(price, onStop)
    this.#activated.fire(price, onStop)
    for (let entry = this.#waiting.top; entry !== undefined && entry.level! <= best; entry = this.#waiting.top) {
      this.#waiting.remove(entry)
      entry.isActive = true
      this.#activated.join(entry)
    }
    const movedPlain = this.#plain.raise(best)
    this.#through = this.#joined
    return this.#activated.raise(best) || movedPlain
  }

  /** Where a fixed trigger stands, or where a trailing stop is now. */
  triggerOf(entry: SideEntry): bigint | undefined {
    return entry.kind === 'fixed' ? this.#sign * entry.level : this.trailingState(entry).stop
  }

  trailingState(entry: SideEntry): TrailingState {
    if (entry.kind === 'fixed' || !entry.isActive) return { isActive: false }
    const group = groupOf(entry)
    if (group === undefined) return { isActive: true }
    return { isActive: true, mark: this.#sign * group.mark, stop: this.#sign * group.stopOf(entry) }
  }

  marks(): SideMarks | undefined {
    const plain = this.#plain.groups()
    const activated = this.#activated.groups()
    if (plain.length === 0 && activated.length === 0) return undefined
    return {
      through: this.#through,
      marks: plain.map(group => [group.first, this.#sign * group.mark] as const),
      activated: activated.map(
        group => [group.followers.map(one => one.sequence).sort((a, b) => a - b), this.#sign * group.mark] as const,
      ),
    }
  }

  /**
   * Takes back trailing orders with the marks they had; those that had none yet join anew.
   *
   * @param orders in ascending sequence, before anything else was added
   */
  restore(orders: readonly ArmedOrder[], saved: SideMarks): readonly SideEntry[] {
    const plain = saved.marks.map(([, mark]) => ({ mark: this.#sign * mark, followers: [] as TrailingEntry[] }))
    const activated = saved.activated.map(([, mark]) => ({
      mark: this.#sign * mark,
      followers: [] as TrailingEntry[],
    }))
    const activatedAt = new Map(saved.activated.flatMap(([all], index) => all.map(sequence => [sequence, index])))
    const entries = orders.map(order => {
      const group = isFollowed(order)
        ? plain[order.sequence <= saved.through ? lastFrom(saved.marks, order.sequence) : -1]
        : activated[activatedAt.get(order.sequence) ?? -1]
      const entry = this.add(order, group !== undefined)
      if (entry.kind === 'trailing') group?.followers.push(entry)
      return entry
    })
    this.#plain.restore(plain)
    this.#activated.restore(activated)
    this.#through = saved.through
    this.#joined = Math.max(this.#joined, saved.through)
    return entries
  }

  #joinPlain(entry: TrailingEntry): void {
    this.#plain.join(entry)
    this.#joined = entry.sequence
  }

  #stopsOf(entry: TrailingEntry): TrailingStops {
    return entry.level === undefined ? this.#plain : this.#activated
  }
}

/** Whether a trailing order's mark follows from its sequence. */
function isFollowed({ trigger }: ArmedOrder): boolean {
  return trigger.kind === 'trailing' && trigger.activation === undefined
}

/** The last entry that begins at or before the sequence; -1 when none does. */
function lastFrom(marks: SideMarks['marks'], sequence: number): number {
  let low = 0
  let high = marks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (marks[middle]![0] <= sequence) low = middle + 1
    else high = middle
  }
  return low - 1
}
