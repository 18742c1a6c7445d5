import { type HeapItem, IndexedHeap } from './indexed-heap.ts'
import { distanceBehind, type TrailingDistance } from './trailing-distance.ts'

/** A trailing order that follows. */
export interface Follower extends HeapItem {
  readonly sequence: number
  readonly distance: TrailingDistance
  /** The group it joined; that may have been merged into another since: see `groupOf`. */
  group: MarkGroup | undefined
}

/** The nearest stop is the first to fire: the smallest distance. Of equal ones, the order armed first. */
const isNearer = (a: Follower, b: Follower): boolean =>
  a.distance.size === b.distance.size ? a.sequence < b.sequence : a.distance.size < b.distance.size

/**
 * Trailing orders that share a high-water mark. Whatever their distances are, of one kind the nearest fires first, so a
 * heap each for price differences and for parts of the mark is all it takes.
 */
export class MarkGroup implements HeapItem {
  place = -1
  mark: bigint
  /** The sequence of the first order that joined. */
  first: number
  /** The nearest stop of all; undefined in an empty group. */
  stop: bigint | undefined
  older: MarkGroup | undefined
  newer: MarkGroup | undefined
  /** Where its orders went. */
  mergedInto: MarkGroup | undefined
  #absolute = new IndexedHeap<Follower>(isNearer)
  #relative = new IndexedHeap<Follower>(isNearer)

  constructor(mark: bigint, first: number) {
    this.mark = mark
    this.first = first
  }

  get size(): number {
    return this.#absolute.size + this.#relative.size
  }

  get followers(): readonly Follower[] {
    return [...this.#absolute.items, ...this.#relative.items]
  }

  /** Call `settle` when done adding, removing and moving the mark. */
  add(follower: Follower): void {
    follower.group = this
    this.#heapOf(follower).add(follower)
  }

  remove(follower: Follower): void {
    this.#heapOf(follower).remove(follower)
  }

  stopOf(follower: Follower): bigint {
    return this.mark - distanceBehind(this.mark, follower.distance)
  }

  /** The order whose stop is nearest. */
  get nearest(): Follower | undefined {
    const [absolute, relative] = [this.#absolute.top, this.#relative.top]
    if (absolute === undefined || relative === undefined) return absolute ?? relative
    return this.stopOf(absolute) >= this.stopOf(relative) ? absolute : relative
  }

  settle(): void {
    const { nearest } = this
    this.stop = nearest && this.stopOf(nearest)
  }

  /** Takes over all orders of another: of each kind the fewer are moved, so that an order moves O(log n) times at most. */
  absorb(other: MarkGroup): void {
    this.first = Math.min(this.first, other.first)
    this.#absolute = united(this.#absolute, other.#absolute)
    this.#relative = united(this.#relative, other.#relative)
    other.mergedInto = this
  }

  #heapOf(follower: Follower): IndexedHeap<Follower> {
    return follower.distance.isRelative ? this.#relative : this.#absolute
  }
}

function united(a: IndexedHeap<Follower>, b: IndexedHeap<Follower>): IndexedHeap<Follower> {
  const [larger, smaller] = a.size >= b.size ? [a, b] : [b, a]
  for (const follower of smaller.items) larger.add(follower)
  return larger
}

/** The group a follower is in now; shortens the way for the next to ask. */
export function groupOf(follower: Follower): MarkGroup | undefined {
  let { group } = follower
  while (group?.mergedInto !== undefined) group = group.mergedInto
  follower.group = group
  return group
}
