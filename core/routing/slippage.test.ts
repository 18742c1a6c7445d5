import { expect, test } from 'vitest'
import { quoteExactIn } from './constant-product.ts'
import { dynamicSlippage } from './slippage.ts'

const deep = {
  out: (input: bigint) => quoteExactIn({ reserveIn: 10n ** 15n, reserveOut: 10n ** 15n, feeBps: 5 }, input)?.amountOut,
}
const shallow = {
  out: (input: bigint) => quoteExactIn({ reserveIn: 10n ** 10n, reserveOut: 10n ** 10n, feeBps: 5 }, input)?.amountOut,
}
const base = {
  input: 10n ** 9n,
  landing_s: 2,
  observedErrorsBps: [],
  minBps: 1,
  maxBps: 300,
}

test('a shallow pool asks for a wider tolerance than a deep one', () => {
  expect(dynamicSlippage({ ...base, curve: shallow }).bps).toBeGreaterThan(
    dynamicSlippage({ ...base, curve: deep }).bps + 50,
  )
})

test('twice the volatility and four times the wait double the movement part', () => {
  const calm = dynamicSlippage({
    ...base,
    curve: deep,
    volatilityPerSecond: 0.0005,
  })
  const wild = dynamicSlippage({
    ...base,
    curve: deep,
    volatilityPerSecond: 0.001,
  })
  const slow = dynamicSlippage({
    ...base,
    curve: deep,
    volatilityPerSecond: 0.0005,
    landing_s: 8,
  })
  expect(calm.bps).toBe(15)
  expect(wild.bps).toBe(29)
  expect(slow.bps).toBe(29)
})

test("the user's bounds hold, and the reasons say when they did", () => {
  const bounded = dynamicSlippage({ ...base, curve: shallow, maxBps: 30 })
  expect(bounded.bps).toBe(30)
  expect(bounded.reasons.at(-1)).toContain('1–30 bps')
})

test('fills that lately missed their quotes widen it, and say what to expect', () => {
  const choice = dynamicSlippage({
    ...base,
    curve: deep,
    observedErrorsBps: [1, 2, 3, 4, 40, 5, 6, 7, 8, 60],
  })
  expect(choice.bps).toBe(40)
  expect(choice.expectedBps).toBeCloseTo(13.6)
})
