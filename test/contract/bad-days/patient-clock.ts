import type { Clock, Timer } from '../../../core/time/clock.ts'

/** How soon a deadline that was put off is looked at again. */
const AGAIN_MS = 5

/**
 * Real time, except that no deadline passes while `isUnderWay`: a busy machine that answers late is not one that does
 * not answer, and a test of the second must not depend on how busy its machine is.
 */
export function patientClock(real: Clock, isUnderWay: () => boolean): Clock {
  const at: Clock['at'] = (time_ms, callback, rank) => {
    let isOver = false
    let timer: Timer
    const due = (): void => {
      // What has arrived by now is dealt with first.
      setImmediate(() => {
        if (isOver) return
        if (isUnderWay()) timer = real.at(real.now() + AGAIN_MS, due, rank)
        else callback()
      })
    }
    timer = real.at(time_ms, due, rank)
    return {
      cancel: () => {
        isOver = true
        timer.cancel()
      },
    }
  }
  return {
    kind: real.kind,
    scheduler: real.scheduler,
    now: () => real.now(),
    wall_ms: () => real.wall_ms(),
    at,
    sleep: (duration_ms, signal) => real.sleep(duration_ms, signal),
    hold: reason => real.hold(reason),
    holdWhile: (reason, work) => real.holdWhile(reason, work),
  }
}
