import { expect, test } from 'vitest'
import { candidatesOf, chains, quotedCandidate, rank } from './candidates.ts'
import { quoteExactIn } from './constant-product.ts'
import type { Landing } from './cost.ts'
import type { Curve } from './curve.ts'
import type { Leg } from './split.ts'

function pool(id: string, reserveIn: bigint, reserveOut: bigint, feeBps: number, computeUnits = 10_000): Curve {
  return {
    id,
    venue: 'test',
    label: id,
    pools: [id],
    out: input => quoteExactIn({ reserveIn, reserveOut, feeBps }, input)?.amountOut,
    mid: { input: reserveIn, output: reserveOut },
    feeBps,
    computeUnits,
  }
}

/** A lamport is worth one output unit, a compute unit costs one lamport. */
function landing(legs: readonly Leg[]): Landing {
  return {
    signatures: 1,
    lamportsPerSignature: 5_000n,
    priorityFee_lamports: BigInt(legs.reduce((sum, leg) => sum + leg.curve.computeUnits, 0)),
    tip_lamports: 0n,
    rent_lamports: 0n,
    lamportRate: { input: 1n, output: 1n },
    expectedSlippageBps: 0,
    waiting: 0n,
    sources: { priorityFee: '', tip: '', rent: '', slippage: '', waiting: '' },
  }
}

const context = { mid: { input: 1n, output: 1n }, maxLegs: 3, landing }
const TRILLION = 10n ** 12n

test('what is left in the wallet decides, not the headline quote', () => {
  // The first quotes 60,000 units more, and costs 90,000 more to land.
  const dear = pool('dear', TRILLION, TRILLION, 10, 100_000)
  const cheap = pool('cheap', TRILLION, TRILLION - 60n * 10n ** 6n, 10, 10_000)
  const ranked = candidatesOf([dear, cheap], 10n ** 9n, { ...context, maxLegs: 1 })
  expect(ranked[0]!.label).toBe('cheap')
  expect(ranked[1]!.output).toBeGreaterThan(ranked[0]!.output)
})

test('at equal results the one that is cheaper to land comes first', () => {
  const twins = candidatesOf([pool('a', TRILLION, TRILLION, 10), pool('b', TRILLION, TRILLION, 10)], 10n ** 6n, {
    ...context,
    maxLegs: 1,
  })
  const heavy = { ...twins[0]!, legs: [{ ...twins[0]!.legs[0]!, curve: pool('c', TRILLION, TRILLION, 10, 99_000) }] }
  expect(rank([heavy, twins[1]!])[0]).toBe(twins[1])
})

test('a large trade is split, a small one is not', () => {
  const curves = [pool('a', TRILLION, TRILLION, 10), pool('b', TRILLION / 2n, TRILLION / 2n, 10)]
  expect(candidatesOf(curves, 10n ** 11n, context)[0]).toMatchObject({ kind: 'split', label: '66.6% a + 33.3% b' })
  expect(candidatesOf(curves, 10n ** 6n, context)[0]!.kind).toBe('direct')
})

test('a leg never shares a pool with another leg', () => {
  const first = pool('a', TRILLION, TRILLION, 1)
  const second = pool('b', TRILLION, TRILLION, 1)
  const twoHop = chains([first], [second], 10n ** 11n)
  for (const { legs } of candidatesOf([first, ...twoHop], 10n ** 11n, context)) {
    const used = legs.flatMap(leg => leg.curve.pools)
    expect(new Set(used).size).toBe(used.length)
  }
})

test('an aggregator is compared by the same measure', () => {
  const leg = { curve: pool('jupiter', TRILLION, TRILLION, 0), input: 10n ** 9n, output: 999_000_000n }
  const quoted = quotedCandidate('Jupiter', leg, context, { platform: 0n, transfer: 0n })
  expect(quoted.cost.netOutput).toBe(999_000_000n - 5_000n - 10_000n)
  expect(quoted.cost.lines.find(line => line.kind === 'price-impact')).toMatchObject({ bps: 10 })
})
