import { type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs'
import type { Clock, Timer } from './clock.ts'

/** One scheduled piece of RxJS work; it may schedule itself again from inside its work, as `interval` does. */
class ClockAction<T> extends Subscription implements SchedulerAction<T> {
  readonly #clock: Pick<Clock, 'now' | 'at'>
  readonly #work: (this: SchedulerAction<T>, state?: T) => void
  #timer: Timer | undefined

  constructor(clock: Pick<Clock, 'now' | 'at'>, work: (this: SchedulerAction<T>, state?: T) => void) {
    super()
    this.#clock = clock
    this.#work = work
    this.add(() => this.#timer?.cancel())
  }

  schedule(state?: T, delay_ms = 0): Subscription {
    if (this.closed) return this
    this.#timer?.cancel()
    const timer = this.#clock.at(this.#clock.now() + Math.max(0, delay_ms), () => {
      try {
        this.#work.call(this, state)
      } catch (thrown) {
        this.unsubscribe()
        throw thrown
      }
      if (this.#timer === timer) this.unsubscribe()
    })
    this.#timer = timer
    return this
  }
}

/** A clock's time and timers in the form that RxJS operators take. */
export function schedulerOf(clock: Pick<Clock, 'now' | 'at'>): SchedulerLike {
  return {
    now: () => clock.now(),
    schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay_ms?: number, state?: T): Subscription =>
      new ClockAction<T>(clock, work).schedule(state, delay_ms),
  }
}
