import { identifyComputeBudgetInstruction } from '@solana-program/compute-budget'
import { identifyTokenInstruction } from '@solana-program/token'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { computeBudgetInstruction, tokenInstruction } from './instruction-kinds.ts'

const outcome = (identify: (data: Uint8Array) => unknown, data: Uint8Array): unknown => {
  try {
    return identify(data)
  } catch {
    return 'unknown'
  }
}

test.each([
  ['token', tokenInstruction, identifyTokenInstruction],
  ['compute budget', computeBudgetInstruction, identifyComputeBudgetInstruction],
])('of the %s program the first byte says what the package says of the whole, known or not', (_, ours, theirs) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 80 }), (first, rest) => {
      const data = Uint8Array.of(first, ...rest)
      expect(outcome(ours, data)).toBe(outcome(theirs, data))
    }),
    { numRuns: 1_000 },
  )
  expect(outcome(ours, new Uint8Array())).toBe('unknown')
})
