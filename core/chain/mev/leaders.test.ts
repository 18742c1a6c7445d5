import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import { BundleLeaders } from './leaders.ts'

/** What is said and how long is waited when a listed leader's turn is so many slots away. */
async function waited(away: number | undefined, validators = ['J']): Promise<{ said: string; ms: number }> {
  const clock = createVirtualClock({ start_ms: 0 })
  const leaders = new BundleLeaders(
    {
      slot: async () => 100,
      slotLeaders: async (_from, limit) => Array.from({ length: limit }, (_, index) => (index === away ? 'J' : 'X')),
    },
    clock,
    validators,
  )
  const said = await clock.run(leaders.near(new AbortController().signal))
  return { said, ms: clock.now() }
}

describe('the next leader that takes bundles', () => {
  it.each([
    [0, 0, 'slot 100, waited 0 slots'],
    [2, 0, 'slot 102, waited 0 slots'],
    [3, 400, 'slot 103, waited 1 slots'],
    [31, 29 * 400, 'slot 131, waited 29 slots'],
  ])('%i slots away is waited for %i ms', async (away, ms, said) => {
    expect(await waited(away)).toEqual({ said: expect.stringContaining(said), ms })
  })

  it('is not waited for when none comes soon', async () => {
    expect(await waited(undefined)).toEqual({ said: expect.stringContaining('none within 32 slots'), ms: 0 })
  })

  it('is not known where the cluster file lists no validators', async () => {
    expect(await waited(9, [])).toEqual({ said: expect.stringContaining('not known'), ms: 0 })
  })
})
