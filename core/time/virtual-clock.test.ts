import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { interval, lastValueFrom, take, timer, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from './virtual-clock.ts'

describe('a virtual clock', () => {
  it('fires any set of timers by time, then world before normal, then in order of insertion', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ time: fc.integer({ min: 0, max: 20 }), world: fc.boolean(), cancelled: fc.boolean() }), {
          maxLength: 60,
        }),
        async specs => {
          const clock = createVirtualClock({ start_ms: 5 })
          const fired: { index: number; now: number }[] = []
          specs.forEach((spec, index) => {
            const handle = clock.at(
              spec.time,
              () => fired.push({ index, now: clock.now() }),
              spec.world ? 'world' : 'normal',
            )
            if (spec.cancelled) handle.cancel()
          })
          await clock.run(clock.sleep(30))
          const expected = specs
            .map((spec, index) => ({
              index,
              now: Math.max(5, spec.time),
              world: spec.world,
              cancelled: spec.cancelled,
            }))
            .filter(entry => !entry.cancelled)
            .sort((a, b) => a.now - b.now || Number(b.world) - Number(a.world) || a.index - b.index)
            .map(({ index, now }) => ({ index, now }))
          expect(fired).toEqual(expected)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('never goes back, whatever timers set from within timers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 80 }), async steps => {
        const clock = createVirtualClock({ start_ms: 1_000 })
        const seen: number[] = []
        let index = 0
        await clock.run(
          new Promise<void>(resolve => {
            const next = (): void => {
              seen.push(clock.now())
              const step = steps[index++]
              if (step === undefined) resolve()
              else clock.at(clock.now() + step, next)
            }
            clock.at(0, next)
          }),
        )
        expect(seen).toEqual([...seen].sort((a, b) => a - b))
      }),
      { numRuns: 100 },
    )
  })

  it('comes to rest between the world and those who watch it at the same instant', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const order: string[] = []
    clock.at(10, () => order.push('watcher'))
    clock.at(
      10,
      () => {
        order.push('world')
        turn().then(() => order.push('what the world set off'))
      },
      'world',
    )
    await clock.run(clock.sleep(11))
    expect(order).toEqual(['world', 'what the world set off', 'watcher'])
  })

  it('stands still while it is held, and goes on when the last hold ends', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const first = clock.hold('a')
    const second = clock.hold('b')
    let fired = false
    clock.at(1, () => {
      fired = true
    })
    const run = clock.run(clock.sleep(1))
    for (let index = 0; index < 5; index++) await turn()
    first()
    first()
    for (let index = 0; index < 5; index++) await turn()
    expect(fired).toBe(false)
    second()
    await run
    expect(fired).toBe(true)
  })

  it('does not fire a timer that an earlier one of the same instant cancelled', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    let fired = false
    clock.at(1, () => second.cancel())
    const second = clock.at(1, () => {
      fired = true
    })
    await clock.run(clock.sleep(2))
    expect(fired).toBe(false)
  })

  it('says that it is stuck when nothing can settle what is awaited', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    await expect(clock.run(new Promise(() => undefined))).rejects.toMatchObject({ code: 'CLOCK_STUCK' })
  })

  it('fails its runner when a timer throws, and can run again', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    clock.at(1, () => {
      throw new Error('broken timer')
    })
    await expect(clock.run(clock.sleep(5))).rejects.toThrow('broken timer')
    await clock.run(clock.sleep(5))
    expect(clock.now()).toBe(6)
  })

  it('moves only as far as asked, and stops early when told to', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    let count = 0
    const again = (): void => {
      count++
      clock.at(clock.now() + 10, again)
    }
    clock.at(10, again)
    expect(await clock.advanceTo(35)).toBe(35)
    expect(count).toBe(3)
    expect(await clock.advanceTo(1_000, () => count >= 5)).toBe(50)
    expect(clock.nextTimer_ms()).toBe(60)
  })

  it('leaps at once where no timer stands in between, and not at all where one does or somebody holds it', () => {
    const clock = createVirtualClock({ start_ms: 0 })
    expect([clock.leap(50), clock.now()]).toEqual([true, 50])
    expect([clock.leap(20), clock.now()]).toEqual([true, 50])
    const timer = clock.at(100, () => undefined)
    expect([clock.leap(100), clock.now()]).toEqual([false, 50])
    expect([clock.leap(99), clock.now()]).toEqual([true, 99])
    timer.cancel()
    const release = clock.hold('a file')
    expect([clock.leap(200), clock.now()]).toEqual([false, 99])
    release()
    expect([clock.leap(200), clock.now()]).toEqual([true, 200])
    clock.setDriver({ advance: async to_ms => ({ now_ms: to_ms }) })
    expect(clock.leap(300)).toBe(false)
  })

  it('does not leap over others of the same instant, whose turn is still to come', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const leapt: boolean[] = []
    for (let each = 0; each < 3; each++) clock.at(10, () => leapt.push(clock.leap(20, () => true)))
    await clock.advanceTo(10)
    expect([leapt, clock.now()]).toEqual([[false, false, true], 20])
  })

  it('fires what is due on the way of a leap, as long as the world rests, and not what a promise waits for', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const fired: string[] = []
    const at = (time_ms: number) => clock.at(time_ms, () => fired.push(`${time_ms} at ${clock.now()}`))
    for (const time_ms of [10, 20, 30, 40, 50]) at(time_ms)
    const cancelled = at(15)
    cancelled.cancel()
    // What is due at the end of the leap comes after who leaps: that is one of the world.
    expect(clock.leap(30, () => true)).toBe(true)
    expect([clock.now(), fired.splice(0)]).toEqual([30, ['10 at 10', '20 at 20']])
    expect(clock.leap(60, () => fired.length < 2)).toBe(false)
    expect([clock.now(), fired.splice(0)]).toEqual([40, ['30 at 30', '40 at 40']])
    const slept = clock.sleep(5).then(() => fired.push('slept'))
    expect([clock.leap(60, () => true), clock.now()]).toEqual([false, 40])
    await clock.run(slept)
    expect(clock.leap(60, () => true)).toBe(true)
    expect([clock.now(), fired]).toEqual([60, ['slept', '50 at 50']])
    clock.at(70, () => undefined, 'world')
    expect([clock.leap(80, () => true), clock.now()]).toEqual([false, 60])
  })

  it('follows a remote clock, and deals with its notifications before its own timers', async () => {
    const asked: number[] = []
    const order: string[] = []
    const clock = createVirtualClock({
      start_ms: 0,
      driver: {
        advance: async to_ms => {
          asked.push(to_ms)
          await turn()
          if (asked.length > 1) return { now_ms: to_ms }
          clock.at(40, () => order.push('answer to the notification'))
          return { now_ms: 30 }
        },
      },
    })
    clock.at(100, () => order.push('timer'))
    await clock.run(clock.sleep(100))
    expect(asked).toEqual([100, 40, 100])
    expect(order).toEqual(['answer to the notification', 'timer'])
  })

  it('lets a remote clock bring the only thing that is awaited, and is stuck when it brings nothing', async () => {
    let notify = (): void => undefined
    const notified = new Promise<void>(resolve => {
      notify = resolve
    })
    const clock = createVirtualClock({
      start_ms: 0,
      driver: {
        advance: async to_ms => {
          notify()
          return { now_ms: Math.min(to_ms, 700) }
        },
      },
    })
    await clock.run(notified)
    clock.setDriver({ advance: async to_ms => ({ now_ms: to_ms }) })
    await expect(clock.run(new Promise(() => undefined))).rejects.toMatchObject({ code: 'CLOCK_STUCK' })
  })

  it('is a scheduler for RxJS', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const ticks = lastValueFrom(interval(60_000, clock.scheduler).pipe(take(1_440), toArray()))
    expect(await clock.run(ticks)).toHaveLength(1_440)
    expect(clock.now()).toBe(86_400_000)
    const subscription = timer(10, 10, clock.scheduler).subscribe()
    subscription.unsubscribe()
    expect(clock.nextTimer_ms()).toBeUndefined()
  })

  it('ends a sleep with the reason of the signal that aborts it', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const abort = new AbortController()
    const asleep = clock.sleep(100, abort.signal)
    clock.at(10, () => abort.abort(new Error('enough')))
    await expect(clock.run(asleep)).rejects.toThrow('enough')
    expect(clock.now()).toBe(10)
    await expect(clock.sleep(1, abort.signal)).rejects.toThrow('enough')
  })

  it('forgets cancelled timers, so that timeouts which never come do not pile up', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    for (let index = 0; index < 50_000; index++) clock.at(1e9, () => undefined).cancel()
    expect(clock.nextTimer_ms()).toBeUndefined()
  })

  it('fires tens of thousands of timers a second, also on a busy machine', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const work = async (): Promise<void> => {
      for (let index = 0; index < 50_000; index++) await clock.sleep(10)
    }
    const start_ms = clock.wall_ms()
    await clock.run(work())
    expect(clock.wall_ms() - start_ms).toBeLessThan(4_000)
  })
})
