import { createVirtualClock, type VirtualClock } from '../time/virtual-clock.ts'

/** When a test begins, unless it says otherwise: 2026-01-01T00:00:00Z. */
export const TEST_START_MS = Date.UTC(2026, 0, 1)

/**
 * A virtual clock for tests: time moves only while something is awaited through it.
 *
 * @example
 * const clock = testClock()
 * await clock.run(clock.sleep(3_600_000)) // an hour, at once
 */
export function testClock(start_ms: number = TEST_START_MS): VirtualClock {
  return createVirtualClock({ start_ms })
}
