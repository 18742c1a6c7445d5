import { expect, test } from 'vitest'
import type { Token } from '../../money/token.ts'
import type { Quote } from '../../plugin/venue.ts'
import type { Curve } from '../../routing/curve.ts'
import { feesOf } from './quote-fees.ts'

const token = (symbol: string): Token => ({ cluster: 'x', mint: symbol, symbol, decimals: 6, program: 'spl-token' })
const [A, B, C] = [token('A'), token('B'), token('C')]

function quote(input: [Token, bigint], output: [Token, bigint], fees?: Quote['fees']): Quote {
  const [from, to] = [
    { token: input[0], units: input[1] },
    { token: output[0], units: output[1] },
  ]
  return {
    venue: 'v',
    input: from,
    output: to,
    threshold: to,
    exact: 'in',
    route: [],
    raw: undefined,
    ...(fees && { fees }),
  }
}

const leg = { curve: {} as Curve, input: 1_000_000n, output: 0n }
/** Two output units for one of input. */
const mid = { input: 1n, output: 2n }

test('each fee counts once, as its share of the value at mid, whichever side or hop it was taken on', () => {
  const hops = [
    quote([A!, 1_000_000n], [B!, 990_000n], [{ kind: 'pool', amount: { token: A!, units: 10_000n } }]),
    quote(
      [B!, 990_000n],
      [C!, 1_960_000n],
      [
        { kind: 'creator', amount: { token: B!, units: 990n } },
        { kind: 'transfer', amount: { token: C!, units: 40_000n } },
      ],
    ),
  ]
  // 1% and 0.1% of the input of their hops, 2% of what would have come out: of 2,000,000.
  expect(feesOf([leg], [hops], mid)).toEqual({ pool: 20_000n, platform: 2_000n, transfer: 40_000n })
})

test('a quote that does not itemise leaves it to the pools’ own rates', () => {
  expect(feesOf([leg], [[quote([A!, 1n], [B!, 1n])]], mid)).toBeUndefined()
})
