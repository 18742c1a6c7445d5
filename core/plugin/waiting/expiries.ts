import { type HeapItem, IndexedHeap } from '../../orders/triggers/indexed-heap.ts'
import type { Clock, Timer } from '../../time/clock.ts'

interface Entry extends HeapItem {
  readonly id: string
  readonly at: number
  readonly sequence: number
}

/** Calls back for each id at its time, with one timer however many there are; of one time, in the order added. */
export class Expiries {
  readonly #clock: Pick<Clock, 'now' | 'at'>
  readonly #due: (ids: readonly string[]) => void
  readonly #heap = new IndexedHeap<Entry>((a, b) => (a.at === b.at ? a.sequence < b.sequence : a.at < b.at))
  readonly #entries = new Map<string, Entry>()
  #sequence = 0
  #timer: Timer | undefined
  #timerAt = Number.POSITIVE_INFINITY

  constructor(clock: Pick<Clock, 'now' | 'at'>, due: (ids: readonly string[]) => void) {
    this.#clock = clock
    this.#due = due
  }

  /** In place of an earlier time of the same id. */
  set(id: string, at: number): void {
    this.delete(id)
    const entry: Entry = { id, at, sequence: this.#sequence++, place: -1 }
    this.#entries.set(id, entry)
    this.#heap.add(entry)
    this.#wind()
  }

  delete(id: string): void {
    const entry = this.#entries.get(id)
    if (!entry) return
    this.#entries.delete(id)
    this.#heap.remove(entry)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #wind(): void {
    const { top } = this.#heap
    if (!top || top.at >= this.#timerAt) return
    this.#timer?.cancel()
    this.#timerAt = top.at
    this.#timer = this.#clock.at(top.at, () => this.#ring())
  }

  #ring(): void {
    this.#timerAt = Number.POSITIVE_INFINITY
    const due: string[] = []
    const now = this.#clock.now()
    for (let { top } = this.#heap; top && top.at <= now; top = this.#heap.top) {
      due.push(top.id)
      this.delete(top.id)
    }
    this.#wind()
    if (due.length > 0) this.#due(due)
  }
}
