import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IntentEvent } from '../../events/event.ts'
import { type Price, parsePrice } from '../../money/price.ts'
import { bpsOf } from '../../money/rounding.ts'
import type { Token } from '../../money/token.ts'
import type { Quote } from '../../plugin/venue.ts'
import { judgeBounds } from './price-bounds.ts'

const SOL: Token = { cluster: 'x', mint: 'So1', symbol: 'SOL', decimals: 9, program: 'spl-token' }
const USDC: Token = { cluster: 'x', mint: 'Usd', symbol: 'USDC', decimals: 6, program: 'spl-token' }
const PAIR = { base: SOL, quote: USDC }

function quoteOf(side: 'buy' | 'sell', exact: 'in' | 'out', sol: bigint, usdc: bigint, slippageBps: number): Quote {
  const [input, output] =
    side === 'buy'
      ? [
          { token: USDC, units: usdc },
          { token: SOL, units: sol },
        ]
      : [
          { token: SOL, units: sol },
          { token: USDC, units: usdc },
        ]
  const threshold =
    exact === 'in'
      ? { ...output, units: output.units - bpsOf(output.units, slippageBps, 'down') }
      : { ...input, units: input.units + bpsOf(input.units, slippageBps, 'down') }
  return { venue: 'v', input, output, threshold, exact, route: [], raw: undefined }
}

function intentWith(bounds: { min?: Price; max?: Price }): IntentEvent {
  const amount = { token: USDC, units: 1n }
  return {
    kind: 'intent',
    at: 0,
    key: 'k',
    node: 'n',
    input: USDC,
    output: SOL,
    amount,
    exact: 'in',
    reason: '',
    bounds,
  }
}

const price = (value: number): Price => parsePrice(value.toFixed(6), PAIR)
/** The worst price a quote's threshold accepts, as an exact comparison: usdc / sol against the bound. */
const worst = (quote: Quote, side: 'buy' | 'sell'): { sol: bigint; usdc: bigint } => {
  const [input, output] =
    quote.exact === 'in' ? [quote.input.units, quote.threshold.units] : [quote.threshold.units, quote.output.units]
  return side === 'buy' ? { usdc: input, sol: output } : { sol: input, usdc: output }
}
/** usdc / sol ≤ (or ≥) bound, in whole numbers. */
const atMost = ({ sol, usdc }: { sol: bigint; usdc: bigint }, bound: Price): boolean =>
  usdc * 10n ** 15n <= sol * bound.scaled
const atLeast = ({ sol, usdc }: { sol: bigint; usdc: bigint }, bound: Price): boolean =>
  usdc * 10n ** 15n >= sol * bound.scaled

describe('price bounds', () => {
  it('let everything pass when there are none', () => {
    expect(judgeBounds({ ...intentWith({}) }, quoteOf('buy', 'in', 10n, 10n, 50))).toEqual({ kind: 'within' })
  })

  it('name the price and the bound it breaks', () => {
    const quote = quoteOf('buy', 'in', 1_000_000_000n, 150_000_000n, 50)
    expect(judgeBounds(intentWith({ max: price(149) }), quote)).toEqual({
      kind: 'outside',
      reason: { code: 'PRICE_ABOVE_BOUND', message: 'the price is 150 USDC, above 149 USDC' },
    })
    expect(judgeBounds(intentWith({ min: price(151) }), quote)).toMatchObject({ reason: { code: 'PRICE_BELOW_BOUND' } })
    expect(judgeBounds(intentWith({ min: price(140), max: price(160) }), quote)).toEqual({ kind: 'within' })
  })

  it('never accept a threshold beyond the bound: it is within, or tightened until it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('buy' as const, 'sell' as const),
        fc.constantFrom('in' as const, 'out' as const),
        fc.bigInt({ min: 1_000n, max: 10n ** 13n }),
        fc.double({ min: 0.5, max: 500, noNaN: true }),
        fc.double({ min: 0.97, max: 1.03, noNaN: true }),
        fc.integer({ min: 1, max: 500 }),
        (side, exact, sol, perSol, factor, slippageBps) => {
          const usdc = BigInt(Math.round((Number(sol) / 1e9) * perSol * 1e6))
          fc.pre(usdc > 1_000n)
          const bound = price(perSol * factor)
          const bounds = side === 'buy' ? { max: bound } : { min: bound }
          const holds = (quote: Quote): boolean =>
            side === 'buy' ? atMost(worst(quote, side), bound) : atLeast(worst(quote, side), bound)
          const quote = quoteOf(side, exact, sol, usdc, slippageBps)
          const verdict = judgeBounds(intentWith(bounds), quote)
          if (verdict.kind === 'within') expect(holds(quote)).toBe(true)
          if (verdict.kind === 'tighten') {
            expect(verdict.slippageBps).toBeLessThan(slippageBps)
            const tighter = quoteOf(side, exact, sol, usdc, verdict.slippageBps)
            expect(judgeBounds(intentWith(bounds), tighter)).toEqual({ kind: 'within' })
            expect(holds(tighter)).toBe(true)
          }
          if (verdict.kind === 'outside') {
            // Not even one basis point of slippage would have been within.
            expect(holds(quoteOf(side, exact, sol, usdc, 2))).toBe(false)
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
