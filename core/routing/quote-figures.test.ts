import { expect, test } from 'vitest'
import { priceImpactBps, slippageThreshold } from './quote-figures.ts'

test('the impact is what is missing to the value at the mid price', () => {
  expect(priceImpactBps(1_000_000n, 1_990_000n, { input: 1n, output: 2n })).toBe(50)
})

test('an output a unit above the mid value is no impact, and neither is nothing for nothing', () => {
  expect(priceImpactBps(3n, 7n, { input: 1n, output: 2n })).toBe(0)
  expect(priceImpactBps(0n, 0n, { input: 1n, output: 2n })).toBe(0)
})

test('thresholds never allow more slippage than was given', () => {
  expect(slippageThreshold('in', 999n, 50)).toBe(995n)
  expect(slippageThreshold('out', 999n, 50)).toBe(1003n)
  expect(slippageThreshold('in', 999n, 0)).toBe(999n)
})
