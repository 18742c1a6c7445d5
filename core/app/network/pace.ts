import type { Clock } from '../../time/clock.ts'
import type { ClockDriver, VirtualClock } from '../../time/virtual-clock.ts'

/** Slows a virtual clock down to so many times real time. */
export function pacedBy(real: Pick<Clock, 'now' | 'sleep'>, virtual: VirtualClock, speed: number): ClockDriver {
  const startedReal = real.now()
  const startedVirtual = virtual.now()
  return {
    advance: async to_ms => {
      // Against the start, so that what the run itself takes is not added to the pace.
      const due_ms = startedReal + (to_ms - startedVirtual) / speed
      await real.sleep(due_ms - real.now())
      return { now_ms: to_ms }
    },
  }
}
