import { expect, it } from 'vitest'
import { PriceWindow } from '../../orders/conditions/price-window.ts'
import type { NodeState } from '../../orders/journal.ts'
import { KeptWindows } from './kept-windows.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

function world(quietAfter_ms = 10 * MINUTE) {
  const values = new Map<string, unknown>()
  const state: NodeState = {
    get: key => values.get(key) as never,
    set: (key, value) => void values.set(key, typeof value === 'function' ? value() : value),
    flush: () => undefined,
  }
  const clock = { time: 0, now: () => clock.time }
  let saves = 0
  const open = () => new KeptWindows({ state, clock, quietAfter_ms, save: () => void saves++ })
  return { clock, open, saves: () => saves }
}

it('is written a hundred times within its time, and no price in between costs a write', () => {
  const { clock, open, saves } = world()
  const [kept, window] = [open(), new PriceWindow(HOUR)]
  for (; clock.time < HOUR; clock.time += 1_000) {
    window.push(150, clock.time)
    kept.keep([{ pair: 'p', window }])
  }
  expect(saves()).toBe(100)
  kept.keep([])
  expect(saves()).toBe(100)
})

it.each([
  ['a tenth of it may lack', HOUR, 10 * MINUTE, 6 * MINUTE],
  ['of a day no more than prices may be old', 24 * HOUR, 10 * MINUTE, 10 * MINUTE],
  ['of five minutes, half a minute', 5 * MINUTE, 10 * MINUTE, 30_000],
])('is gone on with, and its hole is known: %s', (_what, window_ms, quietAfter_ms, most_ms) => {
  for (const hole_ms of [0, most_ms, most_ms + 1]) {
    const { clock, open } = world(quietAfter_ms)
    const window = new PriceWindow(window_ms)
    window.push(150, 0)
    open().keep([{ pair: 'p', window }])
    clock.time += hole_ms
    const later = open()
    expect(later.earlier('another', window_ms)).toBeUndefined()
    expect(later.earlier('p', window_ms + 1)).toBeUndefined()
    expect(later.earlier('p', window_ms)?.since).toBe(hole_ms > most_ms ? undefined : 0)
    expect(later.holeOf('p', window_ms)).toBe(hole_ms > most_ms ? undefined : hole_ms)
  }
})
