import type { SchedulerLike } from 'rxjs'
import type { Clock, Timer, TimerRank } from '../../../core/time/clock.ts'
import { schedulerOf } from '../../../core/time/clock-scheduler.ts'
import { sleepOn } from '../../../core/time/sleep.ts'
import type { Trace } from '../trace.ts'
import { Dead, type Life } from './life.ts'

/** How far a machine's clock is from the true time: it may jump, and runs fast or slow. */
export interface MachineTime {
  offset_ms: number
  /** When it was right. */
  readonly since_ms: number
  /** How much it gains each millisecond; negative when it loses. */
  readonly drift: number
}

/** A request under way holds no time here: it is the network that says how long it takes. */
const HOLDING = /^(accounts|import|setting the nodes up|closing the nodes)$/

/**
 * The clock as one process sees it: the machine's wall clock for `now`, which jumps and drifts, and timers that count
 * the machine's time without its jumps, as `setTimeout` does. Timers of a dead process never fire.
 */
export class MachineClock implements Clock {
  readonly kind = 'virtual'
  readonly scheduler: SchedulerLike = schedulerOf(this)
  readonly #world: Clock
  readonly #machine: MachineTime
  readonly #life: Life
  readonly #trace: Trace
  readonly #crash: (thrown: unknown) => void

  constructor(parts: {
    world: Clock
    machine: MachineTime
    life: Life
    trace: Trace
    crash: (thrown: unknown) => void
  }) {
    this.#world = parts.world
    this.#machine = parts.machine
    this.#life = parts.life
    this.#trace = parts.trace
    this.#crash = parts.crash
  }

  now(): number {
    const { offset_ms, since_ms, drift } = this.#machine
    const true_ms = this.#world.now()
    return true_ms + offset_ms + Math.floor((true_ms - since_ms) * drift)
  }

  wall_ms(): number {
    return 0
  }

  at(time_ms: number, callback: () => void, rank?: TimerRank): Timer {
    if (this.#life.state === 'dead') return { cancel: () => undefined }
    // Rounded up: a timer that fires before its time would find nothing due.
    const due_ms = this.#world.now() + Math.ceil(Math.max(0, time_ms - this.now()) / (1 + this.#machine.drift))
    let cancelled = false
    const timer = this.#life.timer(done =>
      this.#world.at(
        due_ms,
        () => {
          done()
          this.#life.enter(() => {
            if (cancelled) return
            this.#trace.add(`${this.#life.number} timer`)
            this.#call(callback)
          })
        },
        rank,
      ),
    )
    return {
      cancel: () => {
        cancelled = true
        timer.cancel()
      },
    }
  }

  sleep(duration_ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, duration_ms, signal)
  }

  hold(reason: string): () => void {
    if (!HOLDING.test(reason) || this.#life.state !== 'running') return () => undefined
    return this.#life.holding(this.#world.hold(reason))
  }

  async holdWhile<T>(reason: string, work: () => Promise<T>): Promise<T> {
    const release = this.hold(reason)
    try {
      return await work()
    } finally {
      release()
    }
  }

  /** What a callback throws has nobody to tell: it ends a process. */
  #call(callback: () => void): void {
    try {
      callback()
    } catch (thrown) {
      if (!(thrown instanceof Dead)) this.#crash(thrown)
    }
  }
}
