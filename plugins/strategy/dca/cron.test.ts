import { Cron } from 'croner'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCron } from './cron.ts'

const PATTERNS = ['* * * * *', '0 9 * * 1', '*/7 3-5 1,15 * *', '0 0 29 2 *', '0 0 L * *', '0 0 1 * 5', '0 12 * * 5#2']

describe('a cron pattern', () => {
  it("gives croner's own next run, from any millisecond", () => {
    fc.assert(
      fc.property(fc.constantFrom(...PATTERNS), fc.integer({ min: 0, max: 4_000_000_000_000 }), (text, after_ms) => {
        const expected = new Cron(text, { timezone: 'UTC', paused: true }).nextRun(new Date(after_ms))
        expect(readCron(text)(after_ms)).toBe(expected?.getTime())
      }),
    )
  })

  it('gives the match after the one it is at', () => {
    const noon = Date.parse('2024-01-01T12:00:00Z')
    const next = readCron('0 * * * *')
    expect(next(noon)).toBe(noon + 3_600_000)
    expect(next(noon - 1)).toBe(noon)
  })

  it('that never comes gives nothing', () => {
    expect(readCron('0 0 30 2 *')(0)).toBeUndefined()
  })
})
