import { expect, test } from 'vitest'
import type { Report } from '../../../core/index.ts'
import { Ledger } from './ledger.ts'

const report = (state: Report['state'], units = 0n): Report =>
  ({ kind: 'report', key: 'a', state, fill: { input: { units } } }) as unknown as Report

test('an order in parts keeps all of its amount set aside until its end, and then counts for what it spent', () => {
  const ledger = new Ledger(100n)
  ledger.open('a', 60n, 0)
  expect(ledger.report(report('partly-filled', 20n))).toBe(false)
  expect(ledger.spent).toBe(0n)
  expect(ledger.size(60n)).toBe('wait')
  // The rest could not be traded: its end is a fill of less than was wanted.
  expect(ledger.report(report('filled', 40n))).toBe(true)
  expect(ledger.spent).toBe(40n)
  expect(ledger.size(60n)).toEqual({ units: 60n })
})
