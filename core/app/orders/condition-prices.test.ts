import { expect, test } from 'vitest'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { pairName } from '../../money/token.ts'
import { testTokens } from '../../testing/index.ts'
import { conditionPairs, withPricesOf } from './condition-prices.ts'

const TOKENS = testTokens()
const [SOL, USDC, BONK] = ['SOL', 'USDC', 'BONK'].map(symbol => TOKENS.find(symbol))
const CONDITION = 'price(SOL/USDC) < 140 && price(BONK/USDC) > 0.00002 && change(BONK/USDC, 1h) > 3%'

test('a condition brings prices of all pairs that it looks at, to whoever takes those of the traded pair', () => {
  const pairs = conditionPairs(CONDITION, TOKENS)
  expect(pairs.map(pairName)).toEqual(['SOL/USDC', 'BONK/USDC'])
  const config = { pair: `${SOL!.mint}/${USDC!.mint}`, every: '2s' }
  const nodes = [
    { id: 'ask', kind: 'strategy', config: {}, from: [] },
    { id: 'prices', kind: 'source', config, from: [] },
    { id: 'order', kind: 'order', config: {}, from: ['ask', 'prices'] },
  ]
  const own = { nodes } as unknown as BoundPipeline
  const { nodes: all } = withPricesOf(own, pairs, TOKENS)
  expect(all.map(({ id, from }) => [id, from])).toEqual([
    ['ask', []],
    ['prices', []],
    ['prices BONK/USDC', []],
    ['order', ['ask', 'prices', 'prices BONK/USDC']],
  ])
  expect(all[2]).toMatchObject({ kind: 'source', config: { pair: `${BONK!.mint}/${USDC!.mint}`, every: '2s' } })
  expect(withPricesOf(own, [], TOKENS)).toEqual(own)
})

test('a signal that nobody gives a single order is refused', () => {
  expect(() => conditionPairs('signal(trend) > 0', TOKENS)).toThrow('the signal "trend"')
  expect(conditionPairs(undefined, TOKENS)).toEqual([])
})
