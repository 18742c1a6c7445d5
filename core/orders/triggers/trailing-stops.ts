import { IndexedHeap } from './indexed-heap.ts'
import { type Follower, groupOf, MarkGroup } from './mark-group.ts'

/**
 * Trailing orders whose best price is the highest one (their mirror image comes with its prices negated).
 *
 * An order's mark is the highest price since it joined, so who joined earlier never has a lower one: from the oldest to
 * the newest the marks fall, a monotonic stack. A price above the newest marks melts these groups into one; one below
 * changes nothing. Each order melts into an older group at most once a level, so rising prices cost amortised O(log n) an
 * order, and a price that fires nothing is one comparison with the nearest stop of all groups.
 */
export class TrailingStops {
  #newest: MarkGroup | undefined
  readonly #byStop = new IndexedHeap<MarkGroup>((a, b) => a.stop! > b.stop!)
  /** Joined since the last price: their mark is the next one. In the order they came. */
  readonly #fresh = new Set<Follower>()

  get size(): number {
    return this.groups().reduce((sum, group) => sum + group.size, this.#fresh.size)
  }

  join(follower: Follower): void {
    follower.group = undefined
    this.#fresh.add(follower)
  }

  remove(follower: Follower): void {
    if (this.#fresh.delete(follower)) return
    const group = groupOf(follower)!
    group.remove(follower)
    this.#changed(group)
  }

  /** Takes out every order whose stop is at or above the price, nearest stop first. */
  fire(price: bigint, onFire: (follower: Follower, stop: bigint, mark: bigint) => void): void {
    for (let group = this.#byStop.top; group !== undefined && group.stop! >= price; group = this.#byStop.top) {
      const follower = group.nearest!
      onFire(follower, group.stop!, group.mark)
      group.remove(follower)
      this.#changed(group)
    }
  }

  /** Lifts the marks below the price to it. Whether any moved. */
  raise(price: bigint): boolean {
    let group = this.#newest
    const hasFresh = this.#fresh.size > 0
    if (!hasFresh && (group === undefined || group.mark >= price)) return false
    if (group === undefined || group.mark > price) {
      group = new MarkGroup(price, Number.POSITIVE_INFINITY)
      this.#push(group)
    }
    group.mark = price
    for (let { older } = group; older !== undefined && older.mark <= price; older = group.older) {
      group.absorb(older)
      this.#drop(older)
    }
    for (const follower of this.#fresh) {
      group.first = Math.min(group.first, follower.sequence)
      group.add(follower)
    }
    this.#fresh.clear()
    this.#changed(group)
    return true
  }

  /** From the highest mark, which is the oldest, to the lowest. */
  groups(): readonly MarkGroup[] {
    const found: MarkGroup[] = []
    for (let group = this.#newest; group !== undefined; group = group.older) found.push(group)
    return found.reverse()
  }

  /** Takes groups back as they were: from the highest mark to the lowest, before anything else joins. */
  restore(groups: Iterable<{ readonly mark: bigint; readonly followers: readonly Follower[] }>): void {
    for (const { mark, followers } of groups) {
      if (followers.length === 0) continue
      const group = new MarkGroup(mark, Math.min(...followers.map(follower => follower.sequence)))
      for (const follower of followers) group.add(follower)
      this.#push(group)
      this.#changed(group)
    }
  }

  #push(group: MarkGroup): void {
    group.older = this.#newest
    if (this.#newest) this.#newest.newer = group
    this.#newest = group
  }

  /** After orders or the mark of a group changed: its place among the stops, or none when it is empty. */
  #changed(group: MarkGroup): void {
    group.settle()
    if (group.size === 0) this.#drop(group)
    else if (group.place === -1) this.#byStop.add(group)
    else this.#byStop.moved(group)
  }

  #drop(group: MarkGroup): void {
    if (group.place !== -1) this.#byStop.remove(group)
    if (group.newer) group.newer.older = group.older
    else this.#newest = group.older
    if (group.older) group.older.newer = group.newer
    group.older = undefined
    group.newer = undefined
  }
}
