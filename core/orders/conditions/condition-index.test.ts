import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Token } from '../../money/token.ts'
import { parseCondition } from './condition.ts'
import { ConditionIndex } from './condition-index.ts'
import type { ConditionWorld } from './evaluate.ts'

const token = (symbol: string): Token => ({ cluster: 'test', mint: symbol, symbol, decimals: 6, program: 'spl-token' })
const [SOL, USDC] = [token('SOL'), token('USDC')]
const TOKENS = { cluster: 'test', tokens: [SOL, USDC], find: (name: string) => (name === 'SOL' ? SOL : USDC) }

const price = 'price(SOL/USDC)'
const change = 'change(SOL/USDC, 1h)'
const low = 'low(SOL/USDC, 1h)'
const operator = fc.constantFrom('<', '<=', '>', '>=', '==', '!=')
const level = fc.integer({ min: 1, max: 6 })
const percent = fc.integer({ min: -3, max: 3 })
const leaf = fc.oneof(
  fc.tuple(operator, level).map(([how, at]) => `${price} ${how} ${at}`),
  fc.tuple(operator, level).map(([how, at]) => `${at} ${how} ${price}`),
  fc.tuple(operator, percent).map(([how, at]) => `${change} ${how} ${at}%`),
  fc.tuple(operator, level).map(([how, at]) => `${price} ${how} ${low} * ${at}`),
)
const condition = fc.letrec<{ tree: string; deep: string }>(tie => ({
  tree: fc.oneof({ maxDepth: 3 }, leaf, tie('deep')),
  deep: fc.oneof(
    fc.tuple(tie('tree'), fc.constantFrom('&&', '||'), tie('tree')).map(([a, how, b]) => `(${a}) ${how} (${b})`),
    tie('tree').map(text => `!(${text})`),
  ),
})).tree
const world = fc.record({
  price: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  change: fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined }),
  low: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
})

describe('many conditions', () => {
  it('hold as each does by itself, in the order they were added, whatever has been removed', () => {
    fc.assert(
      fc.property(
        fc.array(condition, { maxLength: 12 }),
        fc.array(world, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(11), { maxLength: 6 }),
        (texts, worlds, gone) => {
          const index = new ConditionIndex()
          const conditions = texts.map(text => parseCondition(text, TOKENS))
          conditions.forEach((each, number) => void index.add(String(number), each))
          worlds.forEach((values, step) => {
            if (gone[step] !== undefined) index.remove(String(gone[step]))
            const removed = new Set(gone.slice(0, step + 1).map(String))
            const here: ConditionWorld = {
              answer: ({ kind }) =>
                kind === 'change' ? values.change && values.change / 100 : kind === 'low' ? values.low : values.price,
            }
            const expected = conditions.flatMap((each, number) =>
              each.evaluate(here) === 'holds' && !removed.has(String(number)) ? [String(number)] : [],
            )
            expect(index.holding(here)).toEqual(expected)
          })
        },
      ),
    )
  })
})
