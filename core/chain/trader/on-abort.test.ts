import { expect, test } from 'vitest'
import { onAbort } from './on-abort.ts'

test('calls each who still waits, once, and who comes later at once', () => {
  const stop = new AbortController()
  const called: string[] = []
  onAbort(stop.signal, () => called.push('a'))
  const over = onAbort(stop.signal, () => called.push('b'))
  // The same function twice is two who wait.
  const twice = (): void => void called.push('c')
  onAbort(stop.signal, twice)
  onAbort(stop.signal, twice)
  over()
  expect(called).toEqual([])
  stop.abort()
  expect(called).toEqual(['a', 'c', 'c'])
  onAbort(stop.signal, () => called.push('late'))
  expect(called.at(-1)).toBe('late')
})

test('one who leaves while the others are called is not called any more', () => {
  const stop = new AbortController()
  const called: string[] = []
  onAbort(stop.signal, () => {
    called.push('first')
    over()
  })
  const over = onAbort(stop.signal, () => called.push('second'))
  stop.abort()
  expect(called).toEqual(['first'])
})
