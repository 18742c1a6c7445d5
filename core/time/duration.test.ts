import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'

test('what is printed is read back to the millisecond', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10 ** 12 }),
      duration_ms => parseDuration(formatDuration(duration_ms)) === duration_ms,
    ),
  )
})

test.each([
  ['30s', 30_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['2w', 1_209_600_000],
  ['250ms', 250],
])('%s is %i milliseconds', (text, duration_ms) => expect(parseDuration(text)).toBe(duration_ms))

test.each(['', '10', 's', '-1s', '1 h', '1h 30m', '1x', '1e3s', 'NaN'])(
  '"%s" is refused: a unit is never guessed',
  text => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'DURATION_INVALID' }))
  },
)
