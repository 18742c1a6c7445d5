import { ForgeError } from '../errors/forge-error.ts'
import type { Clock, Timer, TimerRank } from './clock.ts'
import { schedulerOf } from './clock-scheduler.ts'
import { sleepOn } from './sleep.ts'
import { TimerQueue } from './timer-queue.ts'

/** Turns of the event loop without any activity after which the world counts as quiet. */
const QUIET_TURNS = 2
/** How far a remote clock is asked to go when nothing here waits for a time: a notification may stop it earlier. */
const IDLE_HORIZON_MS = 600_000

/**
 * A clock elsewhere (a local server's) that moves before the local one does. It may stop earlier than asked, when it
 * has sent a notification; its promise resolves only after that notification has arrived here.
 */
export interface ClockDriver {
  advance(to_ms: number): Promise<{ readonly now_ms: number }>
}

export interface VirtualClock extends Clock {
  readonly kind: 'virtual'
  /**
   * Moves time, from timer to timer, until the promise settles; between, time stands still.
   *
   * @throws CLOCK_STUCK when the promise can not settle: nothing is held and no timer is left.
   */
  run<T>(until: Promise<T>): Promise<T>
  /**
   * Moves time to `to_ms`, firing what is due on the way; `stop`, asked whenever the world is quiet, ends it earlier.
   * Answers the time reached. A target in the past changes nothing.
   */
  advanceTo(to_ms: number, stop?: () => boolean): Promise<number>
  /**
   * Moves time to `to_ms` within this very call, for who brings events faster than timers could, as one of the world:
   * only when nobody holds the clock and no remote clock moves first. Whether the world is quiet, the caller must know.
   *
   * @param rests asked after each instant whose timers were fired on the way, whether the world is quiet still. Absent:
   *   none is fired.
   * @returns false where it may not: a timer is due that is not fired here (one that a promise waits for among them), or
   *   the world is not quiet. Time stands where it came to by then.
   */
  leap(to_ms: number, rests?: () => boolean): boolean
  /** When the next timer is due, or undefined when none waits. */
  nextTimer_ms(): number | undefined
  /** Puts a remote clock before this one, or takes it away. */
  setDriver(driver: ClockDriver | undefined): void
}

export function isVirtualClock(clock: Clock): clock is VirtualClock {
  return clock.kind === 'virtual'
}

interface Goal {
  readonly done: () => boolean
  readonly fail: (thrown: unknown) => void
}

/**
 * Time that moves only when the world is quiet: nobody holds it, and two turns of the event loop brought nothing new.
 * Then it goes straight to the next timer. Timers of one instant and rank fire together; before the other rank's turn
 * the world comes to rest again. A callback that throws fails whoever runs the clock.
 *
 * @example
 * const clock = createVirtualClock({ start_ms: Date.parse('2024-01-01T00:00:00Z') })
 * await clock.run(clock.sleep(3_600_000)) // at once
 */
export function createVirtualClock(options: {
  start_ms: number
  driver?: ClockDriver
  /** Empty turns of the event loop that count as quiet; 1 where no port leaves the process's own microtasks. Default 2. */
  quietTurns?: number
}): VirtualClock {
  return new QuietClock(options.start_ms, options.driver, options.quietTurns ?? QUIET_TURNS)
}

class QuietClock implements VirtualClock {
  readonly kind = 'virtual'
  readonly scheduler = schedulerOf(this)
  readonly #timers = new TimerQueue()
  readonly #holds = new Map<symbol, string>()
  readonly #goals = new Set<Goal>()
  readonly #quietTurns: number
  #now_ms: number
  #driver: ClockDriver | undefined
  /** Counts whatever shows that the world is not at rest yet. */
  #activity = 0
  #pumping = false
  /** Timers of the instant that is being fired whose turn is still to come. */
  #unfired = 0
  #onRelease: (() => void)[] = []
  #advancing: Promise<unknown> = Promise.resolve()

  constructor(start_ms: number, driver: ClockDriver | undefined, quietTurns: number) {
    this.#quietTurns = quietTurns
    this.#now_ms = start_ms
    this.#driver = driver
  }

  now(): number {
    return this.#now_ms
  }

  wall_ms(): number {
    return performance.now()
  }

  at(time_ms: number, callback: () => void, rank: TimerRank = 'normal'): Timer {
    this.#activity++
    return this.#timers.add(Math.max(time_ms, this.#now_ms), rank, callback)
  }

  sleep(duration_ms: number, signal?: AbortSignal): Promise<void> {
    const at = (time_ms: number, callback: () => void): Timer => {
      this.#activity++
      return this.#timers.add(Math.max(time_ms, this.#now_ms), 'normal', callback, true)
    }
    return sleepOn({ now: () => this.#now_ms, at }, duration_ms, signal)
  }

  hold(reason: string): () => void {
    const key = Symbol(reason)
    this.#activity++
    this.#holds.set(key, reason)
    return () => {
      this.#activity++
      if (!this.#holds.delete(key) || this.#holds.size > 0) return
      for (const wake of this.#onRelease.splice(0)) wake()
    }
  }

  async holdWhile<T>(reason: string, work: () => Promise<T>): Promise<T> {
    const release = this.hold(reason)
    try {
      return await work()
    } finally {
      release()
    }
  }

  leap(to_ms: number, rests?: () => boolean): boolean {
    // Others of this very instant have not had their turn: time stands until then.
    if (this.#holds.size > 0 || this.#driver || this.#unfired > 0) return false
    let next = this.#timers.peek()
    // The world moves before those who watch it: what is due at that very instant has its turn after.
    while (rests && next !== undefined && next.time_ms < to_ms) {
      if (next.rank === 'world' || !this.#fireAtOnce()) return false
      if (!rests() || this.#holds.size > 0) return false
      next = this.#timers.peek()
    }
    const isFree = next === undefined || next.time_ms > to_ms || (rests && next.rank === 'normal')
    if (!isFree) return false
    if (to_ms > this.#now_ms) this.#now_ms = to_ms
    return true
  }

  nextTimer_ms(): number | undefined {
    return this.#timers.peek()?.time_ms
  }

  setDriver(driver: ClockDriver | undefined): void {
    this.#driver = driver
  }

  run<T>(until: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let settled = false
      const goal: Goal = {
        done: () => settled,
        fail: thrown => {
          settled = true
          reject(thrown)
        },
      }
      until.then(
        value => {
          settled = true
          resolve(value)
        },
        (reason: unknown) => goal.fail(reason),
      )
      this.#goals.add(goal)
      this.#startPump()
    })
  }

  advanceTo(to_ms: number, stop: () => boolean = () => false): Promise<number> {
    const next = this.#advancing.then(() => this.#advance(to_ms, stop))
    this.#advancing = next.catch(() => undefined)
    return next
  }

  async #advance(to_ms: number, stop: () => boolean): Promise<number> {
    for (;;) {
      await this.#quiet(() => false)
      if (stop()) return this.#now_ms
      const next = this.#timers.peek()
      if (next === undefined || next.time_ms > to_ms) {
        this.#now_ms = Math.max(this.#now_ms, to_ms)
        return this.#now_ms
      }
      this.#fire()
    }
  }

  #startPump(): void {
    if (this.#pumping) return
    this.#pumping = true
    this.#pump()
      .catch((thrown: unknown) => {
        for (const goal of this.#goals) goal.fail(thrown)
      })
      .finally(() => {
        this.#pumping = false
        this.#forgetDoneGoals()
        if (this.#goals.size > 0) this.#startPump()
      })
  }

  async #pump(): Promise<void> {
    const over = (): boolean => {
      this.#forgetDoneGoals()
      return this.#goals.size === 0
    }
    let idledTo_ms: number | undefined
    for (;;) {
      await this.#quiet(over)
      if (over()) return
      const next_ms = this.#timers.peek()?.time_ms
      if (next_ms === undefined && (!this.#driver || idledTo_ms === this.#now_ms)) throw stuck()
      if (this.#driver && (next_ms === undefined || next_ms > this.#now_ms)) {
        const target_ms = next_ms ?? this.#now_ms + IDLE_HORIZON_MS
        const { now_ms } = await this.#driver.advance(target_ms)
        this.#now_ms = Math.max(this.#now_ms, Math.min(now_ms, target_ms))
        if (next_ms === undefined && now_ms >= target_ms) idledTo_ms = target_ms
        // What arrived while the remote clock moved is dealt with before any timer fires.
        continue
      }
      this.#fire()
    }
  }

  #forgetDoneGoals(): void {
    for (const goal of this.#goals) if (goal.done()) this.#goals.delete(goal)
  }

  /** Fires the timers of the next instant, unless a promise waits for one of them: then nothing, and false. */
  #fireAtOnce(): boolean {
    if (this.#timers.isBatchAwaited()) return false
    this.#fire()
    return true
  }

  #fire(): void {
    const batch = this.#timers.takeBatch()
    this.#now_ms = Math.max(this.#now_ms, batch[0]?.time_ms ?? this.#now_ms)
    let failure: { thrown: unknown } | undefined
    this.#unfired += batch.length
    for (const timer of batch) {
      this.#unfired--
      if (!this.#timers.spend(timer)) continue
      try {
        timer.callback()
      } catch (thrown) {
        failure ??= { thrown }
      }
    }
    if (failure) throw failure.thrown
  }

  /** Resolves when nothing is held and two turns in a row were empty, or as soon as `over`. */
  async #quiet(over: () => boolean): Promise<void> {
    for (let empty = 0; empty < this.#quietTurns; ) {
      const before = this.#activity
      await new Promise<void>(resolve => setImmediate(resolve))
      if (over()) return
      if (this.#holds.size > 0) {
        await new Promise<void>(resolve => this.#onRelease.push(resolve))
        empty = 0
      } else empty = this.#activity === before ? empty + 1 : 0
    }
  }
}

function stuck(): ForgeError {
  return new ForgeError('CLOCK_STUCK', {
    message: 'virtual time can not go on: something is awaited, and no timer is left',
  })
}
