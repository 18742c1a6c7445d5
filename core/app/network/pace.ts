import type { Clock } from '../../time/clock.ts'
import type { ClockDriver, VirtualClock } from '../../time/virtual-clock.ts'

/** Real time after which a paced clock looks for what has come up: a timer set meanwhile may be nearer. */
export const PACE_STEP_MS = 100

/** Slows a virtual clock down to so many times real time, until the signal aborts: then it stands still. */
export function pacedBy(
  real: Pick<Clock, 'now' | 'sleep'>,
  virtual: VirtualClock,
  speed: number,
  signal?: AbortSignal,
): ClockDriver {
  const startedReal = real.now()
  const startedVirtual = virtual.now()
  return {
    advance: async to_ms => {
      // Against the start, so that what the run itself takes is not added to the pace.
      const due_ms = startedReal + (to_ms - startedVirtual) / speed
      const wait_ms = due_ms - real.now()
      if (wait_ms <= PACE_STEP_MS) {
        await real.sleep(wait_ms, signal)
        return { now_ms: to_ms }
      }
      await real.sleep(PACE_STEP_MS, signal)
      return { now_ms: Math.min(to_ms, startedVirtual + Math.floor((real.now() - startedReal) * speed)) }
    },
  }
}
