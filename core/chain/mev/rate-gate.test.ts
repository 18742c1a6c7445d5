import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import { RateGate } from './rate-gate.ts'

describe('the gate', () => {
  it('lets one pass a second, in the order they came', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const gate = new RateGate(clock, 1_000)
    const passed: [string, number][] = []
    const pass = (name: string) => gate.pass().then(() => void passed.push([name, clock.now()]))
    await clock.run(Promise.all([pass('a'), pass('b'), pass('c')]))
    expect(passed).toEqual([
      ['a', 0],
      ['b', 1_000],
      ['c', 2_000],
    ])
  })

  it('gives the place of who gave up to the next', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const gate = new RateGate(clock, 1_000)
    const left = new AbortController()
    const first = gate.pass()
    const second = gate.pass(left.signal)
    const third = gate.pass().then(() => clock.now())
    left.abort(new Error('landed'))
    await expect(second).rejects.toThrow('landed')
    await first
    expect(await clock.run(third)).toBe(1_000)
  })

  it('stays closed as long as it is told', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const gate = new RateGate(clock, 1_000)
    gate.close(5_000)
    expect(await clock.run(gate.pass().then(() => clock.now()))).toBe(5_000)
  })
})
