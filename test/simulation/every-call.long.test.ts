import { expect, it } from 'vitest'
import type { CallPort, FaultKind } from './faults/fault-plan.ts'
import { OneFault } from './faults/one-fault.ts'
import { type Job, runJobs } from './run-seeds.ts'
import { simulateSeed } from './simulate-seed.ts'

/** A world of purchases in parts, and one of orders that wait in a market that moves. */
const WORLDS = ['5', '11']

/** What ends a process at a call: before its request has come through and after; a write has come to pass or has not. */
const ENDS: Readonly<Record<string, readonly FaultKind<CallPort>[]>> = {
  rpc: ['killed-before', 'killed-after'],
  store: ['killed-after', 'power-after'],
}

it.each(WORLDS)(
  'a process that ends at any one of its calls, in world %s, forgets nothing and does nothing twice',
  async seed => {
    const undisturbed = new OneFault(seed)
    expect((await simulateSeed(seed, { plan: undisturbed })).violations).toEqual([])
    const jobs = undisturbed.asked.flatMap(key => {
      const kinds = ENDS[key.split(' ')[0]!] ?? []
      return kinds.map((kind): Job => ({ seed, only: { key, kind } }))
    })
    const failed: object[] = []
    let ended = 0
    await runJobs(jobs.values(), {}, ({ only }, { processes, violations }) => {
      if (processes > 1) ended++
      if (violations.length > 0) failed.push({ ...only, violations })
    })
    expect(failed).toEqual([])
    // Only the last few have nobody left to end.
    expect(ended).toBeGreaterThan(0.9 * jobs.length)
  },
  900_000,
)
