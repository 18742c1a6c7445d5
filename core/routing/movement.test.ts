import { expect, test } from 'vitest'
import { volatilityPerSecond, waitingCost } from './movement.ts'

test('a price that moves 1% every 100 seconds has a deviation of 0.1% a second', () => {
  const samples = Array.from({ length: 9 }, (_, index) => ({
    at_ms: index * 100_000,
    price: 100 * Math.exp(0.01 * (index % 2)),
  }))
  expect(volatilityPerSecond(samples)).toBeCloseTo(0.001, 9)
})

test('too few samples, or samples of one instant, say nothing', () => {
  expect(
    volatilityPerSecond([
      { at_ms: 0, price: 1 },
      { at_ms: 1, price: 2 },
    ]),
  ).toBeUndefined()
  expect(volatilityPerSecond(Array.from({ length: 9 }, () => ({ at_ms: 5, price: 1 })))).toBeUndefined()
})

test('what waits for one landing risks a deviation, what waits for four risks two; what goes first risks none', () => {
  const legs = [{ output: 1_000_000n }, { output: 2_000_000n }, { output: 4_000_000n }]
  expect(waitingCost(legs, [[0, 1, 2]], 0.001)).toBe(0n)
  expect(waitingCost(legs, [[2], [0, 1]], 0.001)).toBe(3_000n)
  expect(waitingCost(legs, [[2], [], [], [], [0]], 0.001)).toBe(2_000n)
})
