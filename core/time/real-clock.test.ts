import { lastValueFrom, timer } from 'rxjs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createRealClock } from './real-clock.ts'

describe('the real clock', () => {
  it('fires no earlier than asked, and not when cancelled', async () => {
    const clock = createRealClock()
    const due_ms = clock.now() + 15
    let cancelled = true
    clock
      .at(due_ms, () => {
        cancelled = false
      })
      .cancel()
    const fired_ms = await new Promise<number>(resolve => clock.at(due_ms, () => resolve(clock.now())))
    expect(fired_ms).toBeGreaterThanOrEqual(due_ms)
    await clock.sleep(5)
    expect(cancelled).toBe(true)
  })

  it('waits for a time that is further away than a Node timer can count', async () => {
    const clock = createRealClock()
    let fired = false
    const far = clock.at(clock.now() + 2 ** 33, () => {
      fired = true
    })
    await clock.sleep(10)
    far.cancel()
    expect(fired).toBe(false)
  })

  it('ignores holds, ends sleeps by signal, and schedules for RxJS', async () => {
    const clock = createRealClock()
    clock.hold('nothing')
    expect(await clock.holdWhile('nothing', async () => 7)).toBe(7)
    const abort = new AbortController()
    const asleep = clock.sleep(10_000, abort.signal)
    abort.abort(new Error('enough'))
    await expect(asleep).rejects.toThrow('enough')
    expect(await lastValueFrom(timer(5, clock.scheduler))).toBe(0)
  })
})

describe('the real clock, when the machine is set back', () => {
  afterEach(() => vi.restoreAllMocks())

  function setBack(by_ms: number): void {
    const machine = Date.now
    vi.spyOn(Date, 'now').mockImplementation(() => machine() - by_ms)
  }

  it('goes on from where it was, and ends what it was asked to wait for', async () => {
    const clock = createRealClock()
    const before = clock.now()
    const asleep = clock.sleep(20)
    setBack(3_600_000)
    expect(clock.now()).toBeGreaterThanOrEqual(before)
    await asleep
    await clock.sleep(20)
    expect(clock.now() - before).toBeGreaterThanOrEqual(40)
    expect(Number.isInteger(clock.now())).toBe(true)
  })

  it('lets the machine catch up', async () => {
    const clock = createRealClock()
    clock.now()
    setBack(30)
    await clock.sleep(60)
    expect(clock.now()).toBeLessThanOrEqual(Date.now() + 1)
  })
})
