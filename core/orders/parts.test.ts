import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Fill } from '../events/report.ts'
import type { Token } from '../money/token.ts'
import type { Attempt, OrderRecord } from './journal.ts'
import { assertPartsKept, endOf, endsOrder, leftOf, partsOf, wholeFill } from './parts.ts'

const SOL: Token = { cluster: 'x', mint: 'So1', symbol: 'SOL', decimals: 9, program: 'spl-token' }
const USDC: Token = { cluster: 'x', mint: 'Usd', symbol: 'USDC', decimals: 6, program: 'spl-token' }

function partOf(number: number, units: bigint, received = units * 6n, quoted = received): Fill {
  return {
    orderId: 'o',
    key: 'a',
    venue: number % 2 === 0 ? 'orca' : 'raydium',
    signature: `s${number}`,
    slot: 10 + number,
    at: 1_000 * number,
    input: { token: USDC, units },
    output: { token: SOL, units: received },
    quotedOutput: { token: SOL, units: quoted },
    minimumOutput: { token: SOL, units: quoted - 5n },
    fees: { base_lamports: 5_000n, priority_lamports: 7n, tip_lamports: 2n, rent_lamports: number === 1 ? 3n : 0n },
    computeUnits: 100,
    slippageBps: quoted === 0n ? 0 : Number(((quoted - received) * 1_000_000n) / quoted) / 100,
  }
}

function attemptOf(number: number, inputUnits: bigint, fill?: Fill): Attempt {
  return {
    orderId: 'o',
    number,
    signature: `s${number}`,
    wire: new Uint8Array(1),
    lastValidBlockHeight: 1,
    venue: 'v',
    promise: { inputUnits, quotedOutputUnits: 1n, minimumOutputUnits: 1n },
    createdAt: 1,
    ...(fill && { fill }),
  }
}

function orderOf(units: bigint, attempts: readonly Attempt[], exact: 'in' | 'out' = 'in'): OrderRecord {
  const amount = { token: exact === 'in' ? USDC : SOL, units }
  const pair = { input: USDC, output: SOL }
  const intent = { kind: 'intent', at: 1, key: 'a', node: 'plan', ...pair, amount, exact, reason: 'a test' } as const
  return { id: 'o', fullKey: 'f', intent, state: 'submitting', attempts, createdAt: 1, updatedAt: 1 }
}

describe('an order in parts', () => {
  it('has left what no landed part was signed for, and attempts that expired take nothing of it', () => {
    const order = orderOf(100n, [
      attemptOf(1, 60n, partOf(1, 60n)),
      attemptOf(2, 40n),
      attemptOf(3, 25n, partOf(3, 25n)),
    ])
    expect(leftOf(order)).toEqual({ token: USDC, units: 15n })
    expect(endsOrder(order, attemptOf(4, 14n))).toBe(false)
    expect(endsOrder(order, attemptOf(4, 15n))).toBe(true)
  })

  it('counts what was signed for, not what the chain took: a venue that took less is not asked for the difference', () => {
    const order = orderOf(100n, [attemptOf(1, 60n, partOf(1, 59n))])
    expect(leftOf(order).units).toBe(40n)
  })

  it('knows no parts of an exact output', () => {
    expect(endsOrder(orderOf(100n, [], 'out'), attemptOf(1, 3n))).toBe(true)
  })

  it('ends as it is told while nothing has landed, and as confirmed with its fill once money moved', () => {
    const reason = { code: 'ROUTE_NOT_FOUND', message: 'no route' }
    expect(endOf(orderOf(100n, [attemptOf(1, 60n)]), 'failed', reason)).toEqual({ state: 'failed', reason })
    const order = orderOf(100_000_000n, [attemptOf(1, 60_000_000n, partOf(1, 60_000_000n))])
    for (const state of ['failed', 'expired', 'cancelled'] as const) {
      expect(endOf(order, state, reason)).toEqual({
        state: 'confirmed',
        fill: partOf(1, 60_000_000n),
        reason: { code: 'ORDER_PARTLY_FILLED', message: '40 USDC of 100 USDC were not traded: no route' },
      })
    }
  })

  it('can not be ended without its fill once a part has landed', () => {
    const order = orderOf(100n, [attemptOf(1, 60n, partOf(1, 60n))])
    for (const to of ['failed', 'expired', 'cancelled', 'confirmed'] as const) {
      expect(() => assertPartsKept(order, to, undefined)).toThrow(
        expect.objectContaining({ code: 'ORDER_MOVE_ILLEGAL' }),
      )
    }
    expect(() => assertPartsKept(order, 'failed', partOf(1, 60n))).toThrow()
    expect(() => assertPartsKept(order, 'confirmed', partOf(1, 60n))).not.toThrow()
    expect(() => assertPartsKept(order, 'unresolved', undefined)).not.toThrow()
    expect(() => assertPartsKept(orderOf(100n, [attemptOf(1, 60n)]), 'failed', undefined)).not.toThrow()
  })
})

describe('the fill of the whole', () => {
  it('is the part itself when there is one', () => {
    expect(wholeFill([partOf(1, 60n)])).toEqual(partOf(1, 60n))
  })

  it('names every transaction, sums what was paid and stands where the last one landed', () => {
    const whole = wholeFill([partOf(1, 60n), partOf(2, 40n)])
    expect(whole).toMatchObject({
      venue: 'raydium+orca',
      signature: 's2',
      slot: 12,
      at: 2_000,
      input: { token: USDC, units: 100n },
      output: { token: SOL, units: 600n },
      fees: { base_lamports: 10_000n, priority_lamports: 14n, tip_lamports: 4n, rent_lamports: 3n },
      computeUnits: 200,
    })
    expect(whole.parts?.map(({ signature, input }) => [signature, input.units])).toEqual([
      ['s1', 60n],
      ['s2', 40n],
    ])
  })

  it('weighs slippage by size: that of the sums, to a hundredth of a basis point', () => {
    const units = fc.bigInt({ min: 1_000_000n, max: 10n ** 15n })
    const parts = fc.array(fc.tuple(units, fc.integer({ min: -300, max: 300 })), { minLength: 2, maxLength: 6 })
    fc.assert(
      fc.property(parts, sizes => {
        const fills = sizes.map(([quoted, bps], index) =>
          partOf(index + 1, quoted, quoted - (quoted * BigInt(bps)) / 10_000n, quoted),
        )
        const [first, ...others] = fills
        const whole = wholeFill([first!, ...others])
        const lost = whole.quotedOutput.units - whole.output.units
        const ofSums = Number((lost * 1_000_000n) / whole.quotedOutput.units) / 100
        expect(Math.abs(whole.slippageBps - ofSums)).toBeLessThanOrEqual(0.02)
        expect(whole.output.units).toBe(fills.reduce((sum, fill) => sum + fill.output.units, 0n))
      }),
    )
  })

  it('never leaves less than nothing, whatever the parts were signed for', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 1_000n }), fc.array(fc.bigInt({ min: 1n, max: 400n })), (units, signed) => {
        const order = orderOf(
          units,
          signed.map((part, index) => attemptOf(index + 1, part, partOf(index + 1, part))),
        )
        const sum = signed.reduce((total, part) => total + part, 0n)
        expect(leftOf(order).units).toBe(sum > units ? 0n : units - sum)
        expect(partsOf(order)).toHaveLength(signed.length)
      }),
    )
  })
})
