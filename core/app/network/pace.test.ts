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

test('a timer that is set during a long wait is reached in its own time', async () => {
  let now = 0
  const paced = createVirtualClock({ start_ms: 0 })
  let woken: number | undefined
  const real = {
    now: () => now,
    sleep: async (duration_ms: number) => {
      now += Math.max(0, duration_ms)
      // Something from outside, a signal say, in the middle of the wait.
      if (now === 500) paced.at(paced.now() + 200, () => (woken = now))
    },
  }
  paced.setDriver(pacedBy(real, paced, 1))
  await paced.run(paced.sleep(3_600_000))
  expect(woken).toBe(600)
})
