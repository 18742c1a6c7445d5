import { expect, test } from 'vitest'
import { allInCost, type Landing } from './cost.ts'
import type { Curve } from './curve.ts'

const SOL_PER_USDC = { input: 150n * 10n ** 6n, output: 10n ** 9n }

const curve: Curve = {
  id: 'pool',
  venue: 'pool',
  label: 'pool',
  pools: ['pool'],
  out: () => undefined,
  mid: SOL_PER_USDC,
  feeBps: 25,
  computeUnits: 3_000,
}

const landing: Landing = {
  signatures: 1,
  lamportsPerSignature: 5_000n,
  priorityFee_lamports: 20_000n,
  tip_lamports: 0n,
  rent_lamports: 2_039_280n,
  lamportRate: { input: 1n, output: 1n },
  expectedSlippageBps: 0,
  waiting: 0n,
  sources: {
    priorityFee: 'recent fees',
    tip: 'none',
    rent: 'one account',
    slippage: 'none seen',
    waiting: 'nothing waits',
  },
}

// 1,500 USDC at 150 is 10 SOL; the pool keeps 25 bps (0.025 SOL), its depth costs another 0.010 SOL.
const leg = { curve, input: 1_500_000_000n, output: 9_965_000_000n }

test('what is within the quote is shown and not subtracted twice', () => {
  const cost = allInCost([leg], SOL_PER_USDC, landing)
  const lines = new Map(cost.lines.map(line => [line.kind, line]))
  expect(lines.get('pool-fee')).toMatchObject({
    output: 25_000_000n,
    bps: 25,
    withinQuote: true,
    input: 3_750_000n,
  })
  expect(lines.get('price-impact')).toMatchObject({
    output: 10_000_000n,
    bps: 10,
    withinQuote: true,
  })
  expect(cost.netOutput).toBe(9_965_000_000n - 25_000n)
})

test('a fee is told as what it is, also where the value at mid does not divide', () => {
  const thirds = { input: 3n, output: 1n }
  const curve = { ...leg.curve, feeBps: 4 }
  const cost = allInCost([{ ...leg, curve, input: 1_000_000_001n, output: 333_000_000n }], thirds, landing)
  expect(cost.lines.find(line => line.kind === 'pool-fee')).toMatchObject({ output: 133_333n, bps: 4 })
})

test('rent is shown as refundable and does not count against a route', () => {
  const cost = allInCost([leg], SOL_PER_USDC, landing)
  expect(cost.lines.find(line => line.kind === 'rent')).toMatchObject({
    output: 2_039_280n,
    refundable: true,
  })
  expect(cost.totalBps).toBeCloseTo(35.02, 1)
})

test('the lines within the quote and the quote add up to the value at mid', () => {
  const cost = allInCost([leg], SOL_PER_USDC, landing, {
    platform: 1_000_000n,
    transfer: 2_000_000n,
  })
  const within = cost.lines.filter(line => line.withinQuote).reduce((sum, line) => sum + line.output, 0n)
  expect(within + leg.output).toBe(10_000_000_000n)
})

test('expected slippage counts against the route', () => {
  const calm = allInCost([leg], SOL_PER_USDC, landing)
  const wild = allInCost([leg], SOL_PER_USDC, {
    ...landing,
    expectedSlippageBps: 3.5,
  })
  expect(calm.netOutput - wild.netOutput).toBe(3_487_750n)
})
