import { expect, test } from 'vitest'
import { retryAfter_ms } from './retry-after.ts'

const at = (text: string): number => Date.parse(text)
const read = (headers: Record<string, string>, now = '2026-01-01T00:00:00Z') =>
  retryAfter_ms(new Headers(headers), at(now))

test('seconds are milliseconds then', () => {
  expect(read({ 'retry-after': '7' })).toBe(7_000)
  expect(read({ 'retry-after': '0.5' })).toBe(500)
})

test('a date counts from what the server says the time is, else from ours', () => {
  const date = { 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' }
  expect(read(date)).toBe(5_000)
  // A clock that is an hour off waits no hour.
  expect(read({ ...date, date: 'Thu, 01 Jan 2026 00:00:02 GMT' }, '2026-01-01T01:00:00Z')).toBe(3_000)
  expect(read(date, '2026-01-01T01:00:00Z')).toBe(0)
})

test('what is neither says nothing', () => {
  expect(read({})).toBeUndefined()
  expect(read({ 'retry-after': 'soon' })).toBeUndefined()
  expect(read({ 'retry-after': '-1' })).toBeUndefined()
})
