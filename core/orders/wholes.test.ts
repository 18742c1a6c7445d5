import { describe, expect, it } from 'vitest'
import type { Fill } from '../events/report.ts'
import type { Token } from '../money/token.ts'
import type { OrderRecord } from './journal.ts'
import { asGiven, isPartOf, keysAbove, withoutParts } from './wholes.ts'

const SOL: Token = { cluster: 'test', mint: 'sol', symbol: 'SOL', decimals: 9, program: 'spl-token' }
const USDC: Token = { ...SOL, mint: 'usdc', symbol: 'USDC', decimals: 6 }

/** An order that pays so much of USDC (or takes it back), as far as it was filled. */
function order(
  key: string,
  more: { isWhole?: true; traded?: bigint; isBack?: boolean; node?: string } = {},
): OrderRecord {
  const { isWhole, traded, isBack, node = 'dca' } = more
  const [input, output] = isBack ? [SOL, USDC] : [USDC, SOL]
  const fill = traded === undefined ? {} : { fill: fillOf(key, { token: input, units: traded }, output) }
  const arming = isWhole ? { arming: { plugin: 'p', version: '1', holder: 'h', terms: {}, isWhole } } : {}
  return {
    id: `id of ${node} ${key}`,
    fullKey: key,
    state: 'confirmed',
    intent: {
      kind: 'intent',
      at: 1,
      key,
      node,
      input,
      output,
      amount: { token: input, units: 9n },
      exact: 'in',
      reason: '',
    },
    attempts: [],
    createdAt: 1,
    updatedAt: 1,
    ...arming,
    ...fill,
  }
}

function fillOf(key: string, input: Fill['input'], output: Token): Fill {
  const received = { token: output, units: input.units * 2n }
  return {
    orderId: `id of ${key}`,
    key,
    venue: 'v',
    signature: key,
    slot: 1,
    at: 1,
    input,
    output: received,
    quotedOutput: received,
    minimumOutput: received,
    fees: { base_lamports: 1n, priority_lamports: 0n, tip_lamports: 0n, rent_lamports: 0n },
    computeUnits: 1,
    slippageBps: 0,
  }
}

it('a part’s key begins with those above it', () => {
  expect(keysAbove('a/1/stop')).toEqual(['a/1', 'a'])
  expect(keysAbove('a')).toEqual([])
  expect([isPartOf('a/1/stop', 'a'), isPartOf('ab/1', 'a'), isPartOf('a', 'a')]).toEqual([true, false, false])
})

describe('the orders of a strategy as it gave them', () => {
  it('have the sum of what was made of them, once', () => {
    const orders = [
      order('a', { isWhole: true }),
      order('a/1', { traded: 3n }),
      order('a/2', { traded: 4n }),
      order('b'),
    ]
    const [a, b, ...others] = asGiven(orders)
    expect(others).toEqual([])
    expect(a).toMatchObject({ id: 'id of dca a', fill: { orderId: 'id of dca a', key: 'a', input: { units: 7n } } })
    expect(b).toBe(orders[3])
  })

  it('do not count what an entry’s stop traded back', () => {
    const orders = [
      order('a', { isWhole: true }),
      order('a/entry', { traded: 5n }),
      order('a/1/stop', { traded: 10n, isBack: true }),
    ]
    expect(asGiven(orders).map(({ intent, fill }) => [intent.key, fill?.input.units])).toEqual([['a', 5n]])
  })

  it('are left as they are where none is a whole, whatever their keys look like', () => {
    const orders = [order('a/b', { traded: 1n }), order('a', { traded: 2n })]
    expect(asGiven(orders)).toBe(orders)
  })
})

it('orders of one key at two nodes are not taken for parts of each other', () => {
  const orders = [order('a', { isWhole: true }), order('a/1'), order('a/1', { node: 'other' })]
  expect(withoutParts(orders).map(({ id }) => id)).toEqual(['id of dca a', 'id of other a/1'])
})
