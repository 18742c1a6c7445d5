import type { Clock, Timer } from './clock.ts'
import { schedulerOf } from './clock-scheduler.ts'
import { sleepOn } from './sleep.ts'

/** The longest delay that Node's timers take; a longer one would fire at once. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1

/** The machine's own time. Holds mean nothing to it: the world does not wait. */
export function createRealClock(): Clock {
  const now = steadyTime()
  const at = (time_ms: number, callback: () => void): Timer => {
    let handle: NodeJS.Timeout
    const arm = (): void => {
      const delay_ms = Math.max(0, Math.ceil(time_ms - now()))
      handle = delay_ms > TIMEOUT_MAX_MS ? setTimeout(arm, TIMEOUT_MAX_MS) : setTimeout(due, delay_ms)
    }
    // Node's timers count by a clock of their own, and may be up to a millisecond early by this one.
    const due = (): void => (now() < time_ms ? arm() : callback())
    arm()
    return { cancel: () => clearTimeout(handle) }
  }
  const base = { now, at }
  return {
    kind: 'real',
    ...base,
    sleep: (duration_ms, signal) => sleepOn(base, duration_ms, signal),
    hold: () => () => undefined,
    holdWhile: async (_reason, work) => work(),
    scheduler: schedulerOf(base),
    wall_ms: () => performance.now(),
  }
}

/**
 * The machine's time, which people and time servers may set back: then this one goes on from where it was, at half its
 * pace, until the machine's has caught up. Set back by an hour, it must not leave a transaction unwatched, a blockhash
 * in use or a timeout unheard for that hour.
 */
function steadyTime(): () => number {
  let last_ms = Date.now()
  let lastWall_ms = performance.now()
  return () => {
    const wall_ms = performance.now()
    last_ms = Math.max(Date.now(), last_ms + (wall_ms - lastWall_ms) / 2)
    lastWall_ms = wall_ms
    return Math.floor(last_ms)
  }
}
