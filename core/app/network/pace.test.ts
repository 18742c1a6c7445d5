import { expect, test } from 'vitest'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import { pacedBy } from './pace.ts'

test('a paced clock reaches each timer only after its share of real time, counted from the start', async () => {
  let now = 1_000
  const real = {
    now: () => now,
    sleep: async (duration_ms: number) => {
      now += Math.max(0, duration_ms)
    },
  }
  const paced = createVirtualClock({ start_ms: 0 })
  paced.setDriver(pacedBy(real, paced, 20))
  const realTimes: number[] = []
  const work = async (): Promise<void> => {
    await paced.sleep(2_000)
    realTimes.push(real.now())
    // What the run itself takes does not slow it down further.
    now += 50
    await paced.sleep(4_000)
    realTimes.push(real.now())
  }
  await paced.run(work())
  expect(realTimes).toEqual([1_100, 1_300])
})
