import type { Clock, Timer } from './clock.ts'
import { schedulerOf } from './clock-scheduler.ts'
import { sleepOn } from './sleep.ts'

/** The longest delay that Node's timers take; a longer one would fire at once. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1

/** The machine's own time. Holds mean nothing to it: the world does not wait. */
export function createRealClock(): Clock {
  const at = (time_ms: number, callback: () => void): Timer => {
    let handle: NodeJS.Timeout
    const arm = (): void => {
      const delay_ms = Math.max(0, Math.ceil(time_ms - Date.now()))
      handle = delay_ms > TIMEOUT_MAX_MS ? setTimeout(arm, TIMEOUT_MAX_MS) : setTimeout(due, delay_ms)
    }
    // Node's timers count by a clock of their own, and may be up to a millisecond early by this one.
    const due = (): void => (Date.now() < time_ms ? arm() : callback())
    arm()
    return { cancel: () => clearTimeout(handle) }
  }
  const base = { now: () => Date.now(), at }
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
