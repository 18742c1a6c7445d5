import type { Timer, TimerRank } from './clock.ts'

/** A timer that waits in a queue; `cancelled` ones are skipped when their turn comes. */
export interface QueuedTimer extends Timer {
  readonly time_ms: number
  readonly rank: TimerRank
  readonly sequence: number
  readonly callback: () => void
  /** A promise waits for it: what follows comes in a microtask. */
  readonly isAwaited: boolean
  cancelled: boolean
}

/** Timers by time, then rank (world first), then order of insertion: a binary heap. */
export class TimerQueue {
  #heap: QueuedTimer[] = []
  #sequence = 0
  #live = 0
  /** Of those, the ones that a promise waits for. */
  #awaited = 0

  /** Timers that are neither fired nor cancelled. */
  get size(): number {
    return this.#live
  }

  add(time_ms: number, rank: TimerRank, callback: () => void, isAwaited = false): QueuedTimer {
    const timer: QueuedTimer = {
      time_ms,
      rank,
      sequence: this.#sequence++,
      callback,
      isAwaited,
      cancelled: false,
      cancel: () => {
        if (timer.cancelled) return
        this.#gone(timer)
        this.#dropCancelled()
      },
    }
    this.#live++
    if (isAwaited) this.#awaited++
    this.#heap.push(timer)
    this.#siftUp(this.#heap.length - 1)
    return timer
  }

  /** The next timer to fire, without taking it. */
  peek(): QueuedTimer | undefined {
    let head = this.#heap[0]
    while (head?.cancelled) {
      this.#removeHead()
      head = this.#heap[0]
    }
    return head
  }

  /** Takes every timer that shares the next one's time and rank, in order of insertion. */
  takeBatch(): QueuedTimer[] {
    const first = this.peek()
    if (!first) return []
    const batch: QueuedTimer[] = []
    for (let head = this.peek(); head?.time_ms === first.time_ms && head.rank === first.rank; head = this.peek()) {
      batch.push(head)
      this.#removeHead()
    }
    return batch
  }

  /** Whether a promise waits for one of those that `takeBatch` would take. */
  isBatchAwaited(): boolean {
    if (this.#awaited === 0) return false
    const first = this.peek()
    return this.#heap.some(
      timer => timer.isAwaited && !timer.cancelled && timer.time_ms === first?.time_ms && timer.rank === first.rank,
    )
  }

  /** Marks a taken timer as spent; false when it was cancelled after it was taken. */
  spend(timer: QueuedTimer): boolean {
    if (timer.cancelled) return false
    this.#gone(timer)
    return true
  }

  #gone(timer: QueuedTimer): void {
    timer.cancelled = true
    this.#live--
    if (timer.isAwaited) this.#awaited--
  }

  /** Timeouts are mostly cancelled, long before their time: without this they would pile up in the heap. */
  #dropCancelled(): void {
    if (this.#heap.length < 64 || this.#live * 2 > this.#heap.length) return
    this.#heap = this.#heap.filter(timer => !timer.cancelled).sort((a, b) => (before(a, b) ? -1 : 1))
  }

  #removeHead(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#siftDown()
  }

  #siftUp(from: number): void {
    const heap = this.#heap
    const moved = heap[from]!
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!before(moved, heap[parent]!)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = moved
  }

  #siftDown(): void {
    const heap = this.#heap
    const moved = heap[0]!
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
      if (!before(heap[child]!, moved)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = moved
  }
}

function before(a: QueuedTimer, b: QueuedTimer): boolean {
  if (a.time_ms !== b.time_ms) return a.time_ms < b.time_ms
  if (a.rank !== b.rank) return a.rank === 'world'
  return a.sequence < b.sequence
}
