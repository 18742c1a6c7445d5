import type { SchedulerLike } from 'rxjs'

/** Which timers go first among those due at the same instant: the world moves before those who watch it. */
export type TimerRank = 'world' | 'normal'

export interface Timer {
  cancel(): void
}

/**
 * Time as a value that is handed in. Nothing outside `core/time` asks the machine for the time.
 *
 * A virtual clock moves only when the world is quiet: no one holds it, two macrotask turns found nothing to do;
 * then it goes straight to the next timer. A real clock ignores holds.
 */
export interface Clock {
  readonly kind: 'real' | 'virtual'
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Calls back once at `time_ms` (at once, but never synchronously, when that has passed). */
  at(time_ms: number, callback: () => void, rank?: TimerRank): Timer
  /** Resolves after the duration; rejects with the signal's reason when it aborts. */
  sleep(duration_ms: number, signal?: AbortSignal): Promise<void>
  /**
   * Says that real work is under way (a request on a socket, a file, an import): virtual time stands still until the
   * returned function is called. Every port that leaves the process's own microtasks holds the clock.
   */
  hold(reason: string): () => void
  /** Runs work that leaves the microtask queue, holding the clock until it settles. */
  holdWhile<T>(reason: string, work: () => Promise<T>): Promise<T>
  /** This clock as an RxJS scheduler: hand it to every operator that takes one. */
  readonly scheduler: SchedulerLike
  /** Wall time in milliseconds from an arbitrary start, monotonic: for figures under `timing`, never for a decision. */
  wall_ms(): number
}
