import { expect, test } from 'vitest'
import { amountOf, type Report } from '../../../core/index.ts'
import { TOKENS } from '../../../test/simulation/strategies/tokens.ts'
import { Ledger } from './ledger.ts'

const [USDC, SOL] = [TOKENS.find('USDC'), TOKENS.find('SOL')]
const report = (state: Report['state'], units = 0n): Report => {
  const fill = { input: amountOf(USDC, units), output: amountOf(SOL, units) }
  return { kind: 'report', key: 'a', state, fill } as unknown as Report
}

test('an order in parts keeps all of its amount set aside until its end, and then counts for what it spent', () => {
  const ledger = new Ledger(USDC, 100n)
  ledger.open('a', { units: 60n, expiresAt: 0 })
  expect(ledger.report(report('partly-filled', 20n))).toBe(false)
  expect(ledger.spent).toBe(0n)
  expect(ledger.size(60n)).toBe('wait')
  // The rest could not be traded: its end is a fill of less than was wanted.
  expect(ledger.report(report('filled', 40n))).toBe(true)
  expect(ledger.spent).toBe(40n)
  expect(ledger.size(60n)).toEqual({ units: 60n })
})

test('an order that is heard of late counts for what it did, and not for what it might have done', () => {
  const ledger = new Ledger(USDC, 100n)
  ledger.open('a', { units: 60n, expiresAt: 0 })
  ledger.settle(180_000)
  expect([ledger.spent, ledger.unknown]).toEqual([60n, 60n])
  expect(ledger.size(60n)).toEqual({ units: 40n })
  expect(ledger.report(report('expired'))).toBe(true)
  expect([ledger.spent, ledger.unknown]).toEqual([0n, 0n])
  expect(ledger.size(60n)).toEqual({ units: 60n })
  // Heard once more, it changes nothing.
  expect(ledger.report(report('filled', 60n))).toBe(false)
  ledger.open('a', { units: 60n, expiresAt: 0 })
  ledger.settle(180_000)
  ledger.report(report('filled', 50n))
  expect([ledger.spent, ledger.unknown, ledger.held]).toEqual([50n, 0n, 50n])
})
