import { expect, it } from 'vitest'
import { createRealClock } from '../../core/time/real-clock.ts'
import { runSeeds, type SeedResult } from './run-seeds.ts'

const SEEDS = 2_000
const LIMIT_MS = 240_000

it(
  `holds with ${SEEDS} seeds, within 4 minutes on two cores`,
  async () => {
    const clock = createRealClock()
    const started_ms = clock.wall_ms()
    const failed: Pick<SeedResult, 'seed' | 'violations'>[] = []
    let done = 0
    await runSeeds({ from: 1, seeds: SEEDS }, ({ seed, violations }) => {
      done++
      if (violations.length > 0) failed.push({ seed, violations })
    })
    expect(failed).toEqual([])
    expect(done).toBe(SEEDS)
    expect(clock.wall_ms() - started_ms).toBeLessThan(LIMIT_MS)
  },
  2 * LIMIT_MS,
)
