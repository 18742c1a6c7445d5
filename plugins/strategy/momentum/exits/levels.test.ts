import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Levels } from './levels.ts'

/** What each price in turn breaches, until the first that does. */
function until(levels: Levels, prices: readonly number[]): string {
  for (const price of prices) {
    const breach = levels.meet(price)
    if (breach) return `${breach} at ${price}`
  }
  return 'nothing'
}

describe('levels', () => {
  it('stop at and below, target at and above', () => {
    const distances = { stopPercent: 2, targetPercent: 5 }
    expect(until(new Levels(distances, 100, Number.NaN), [99, 98.01, 98])).toBe('stop at 98')
    expect(until(new Levels(distances, 100, Number.NaN), [104.99, 105])).toBe('target at 105')
    expect(until(new Levels(distances, 100, Number.NaN), [80])).toBe('stop at 80')
  })

  it('in ranges are as far as the range was, and of two the nearer one counts', () => {
    expect(until(new Levels({ stopRanges: 2 }, 100, 3), [94.1, 94])).toBe('stop at 94')
    expect(until(new Levels({ stopRanges: 2, stopPercent: 1 }, 100, 3), [99])).toBe('stop at 99')
    expect(until(new Levels({ targetRanges: 2, targetPercent: 10 }, 100, 3), [106])).toBe('target at 106')
  })

  it('trail the highest price, and never go down again', () => {
    expect(until(new Levels({ trailPercent: 10 }, 100, Number.NaN), [95, 110, 105, 100, 99])).toBe(
      'trailing stop at 99',
    )
    expect(until(new Levels({ trailRanges: 2 }, 100, 3), [110, 104.5, 104])).toBe('trailing stop at 104')
  })

  it('trail only from a gain on, where one is asked for', () => {
    const distances = { trailPercent: 1, trailAfterPercent: 5 }
    expect(until(new Levels(distances, 100, Number.NaN), [104, 90, 104.9, 105, 103.95])).toBe('trailing stop at 103.95')
  })

  it('trail from where an earlier run had the highest price', () => {
    expect(until(new Levels({ trailPercent: 10 }, 100, Number.NaN, 200), [180])).toBe('trailing stop at 180')
  })

  it('that are not set are never reached', () => {
    expect(until(new Levels({}, 100, Number.NaN), [1e-9, 1e9, 0.01])).toBe('nothing')
  })

  it('ignore just those prices that would change nothing', () => {
    const value = fc.double({ min: 50, max: 150, noNaN: true })
    const percent = fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined })
    fc.assert(
      fc.property(
        percent,
        percent,
        percent,
        fc.array(value, { maxLength: 10 }),
        value,
        value,
        (stop, target, trail, before, a, b) => {
          const distances = { stopPercent: stop, targetPercent: target, trailPercent: trail }
          const [ignoring, meeting] = [new Levels(distances, 100, Number.NaN), new Levels(distances, 100, Number.NaN)]
          for (const price of before) {
            ignoring.meet(price)
            meeting.meet(price)
          }
          if (!ignoring.ignores(Math.min(a, b), Math.max(a, b))) return
          const { peak } = meeting
          expect([meeting.meet(a), meeting.meet(b)]).toEqual([undefined, undefined])
          if (trail !== undefined) expect(meeting.peak).toBe(peak)
        },
      ),
    )
  })

  it('a trailing stop ends where the largest fall from a peak is first as large as asked for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 1_000, noNaN: true }), { maxLength: 50 }),
        fc.integer({ min: 1, max: 99 }),
        (prices, trailPercent) => {
          const levels = new Levels({ trailPercent }, 100, Number.NaN)
          const ended = prices.findIndex(price => levels.meet(price) !== undefined)
          const expected = prices.findIndex((price, index) => {
            const peak = Math.max(100, ...prices.slice(0, index))
            return price <= peak * (1 - trailPercent / 100)
          })
          expect(ended).toBe(expected)
        },
      ),
    )
  })
})
