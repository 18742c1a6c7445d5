import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import { Expiries } from './expiries.ts'

describe('expiries', () => {
  const made = () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const told: string[] = []
    const expiries = new Expiries(clock, ids => told.push(`${clock.now()} ${ids.join(' ')}`))
    return { clock, told, expiries }
  }

  it('come at their time, together when they share it, in the order they were set', async () => {
    const { clock, told, expiries } = made()
    for (const [id, at] of [
      ['late', 300],
      ['b', 100],
      ['a', 100],
      ['soon', 50],
    ] as const)
      expiries.set(id, at)
    await clock.advanceTo(1_000)
    expect(told).toEqual(['50 soon', '100 b a', '300 late'])
    expect(clock.nextTimer_ms()).toBeUndefined()
  })

  it('can be moved and taken back, and what is over at once comes at once', async () => {
    const { clock, told, expiries } = made()
    await clock.advanceTo(10)
    expiries.set('moved', 20)
    expiries.set('moved', 40)
    expiries.set('gone', 30)
    expiries.delete('gone')
    expiries.set('past', 5)
    await clock.advanceTo(100)
    expect(told).toEqual(['10 past', '40 moved'])
  })

  it('leave no timer when they are stopped', async () => {
    const { clock, told, expiries } = made()
    expiries.set('a', 100)
    expiries.stop()
    await clock.advanceTo(1_000)
    expect(told).toEqual([])
    expect(clock.nextTimer_ms()).toBeUndefined()
  })
})
