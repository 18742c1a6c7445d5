import { expect, it } from 'vitest'
import { priceOf, priceToNumber } from '../../../core/money/price.ts'
import type { AnyPlugin } from '../../../core/plugin/contract.ts'
import grid from '../../../plugins/strategy/grid/index.ts'
import { backtest, barsOf, PAIR, pipelineOf } from './toys.ts'

type Row = readonly [number, number, number, number]

/** A grid of two levels, 100 and 110, each selling ten above, over bars that begin outside of it. */
async function tradesOf(rows: readonly Row[]): Promise<string[]> {
  const config = {
    pair: 'SOL/USDC',
    budget: '200 USDC',
    lower: '100',
    upper: '120',
    levels: 2,
    spacing: 'arithmetic',
    startWith: 'buys',
    outOfRange: 'hold',
    atEnd: 'keep',
  }
  const defaults = Object.fromEntries(
    Object.entries(grid.config.properties).flatMap(([name, field]) =>
      'default' in field ? [[name, field.default] as const] : [],
    ),
  )
  const strategy: AnyPlugin = {
    ...grid,
    setup: context => (grid as AnyPlugin).setup({ ...context, config: { ...defaults, ...config } }),
  }
  const { fills } = await backtest(pipelineOf(strategy), barsOf(rows))
  return fills.map(({ fill, intent: { key } }) => {
    const isPurchase = fill.input.token.symbol === 'USDC'
    const [base, quote] = isPurchase ? [fill.output, fill.input] : [fill.input, fill.output]
    return `${key} ${priceToNumber(priceOf(PAIR, base, quote, 'half-even')).toFixed(2)}`
  })
}

const ABOVE: Row = [118, 119, 117, 118]

it('a level that a bar reaches trades at its line, although nobody knows when in the bar that was', async () => {
  expect(
    await tradesOf([ABOVE, [118, 118, 109, 112], [112, 119.5, 111, 119], [119, 121, 118, 119], [119, 119, 118, 119]]),
  ).toEqual(['g1-l2-c1-buy 110.00', 'g1-l2-c1-sell 120.00'])
})

it('a level that a bar begins beyond trades at its open: that was a gap', async () => {
  expect(await tradesOf([ABOVE, [105, 107, 104, 106], [106, 107, 105, 106]])).toEqual(['g1-l2-c1-buy 105.00'])
})

it('a level that was not free all through the bar trades at the open of the next one, as any other order', async () => {
  // What was bought within the second bar is sold for 120 only when that has come after the purchase: here at its close.
  expect(await tradesOf([ABOVE, [118, 121, 109, 120.5], [120.2, 120.3, 119, 119.8], ABOVE])).toEqual([
    'g1-l2-c1-buy 110.00',
    'g1-l2-c1-sell 120.20',
  ])
})
