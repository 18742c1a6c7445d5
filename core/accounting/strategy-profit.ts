import type { Static } from 'typebox'
import { Type } from 'typebox'
import { Count, doc, Text, Units } from '../events/document-fields.ts'
import { formatUnits } from '../money/amount.ts'
import { PRICE_DECIMALS, type Price, priceOf } from '../money/price.ts'
import type { Token } from '../money/token.ts'
import { type Position, type Profit, profitAt } from './position-book.ts'

/** A token as documents have it. */
export const TokenFields = doc(
  { symbol: Text('Symbol.'), mint: Text('Base58 address of the mint.'), decimals: Count('Decimals of the mint.') },
  'A token.',
)

const Methods = (description: string) =>
  doc({ average: Units('At average cost.'), fifo: Units('First in, first out.') }, description)

/** A strategy node and what it earned with a pair, as documents have it. */
export const StrategyProfit = doc(
  {
    node: Text('Id of the strategy node.'),
    base: TokenFields,
    quote: TokenFields,
    trades: Count('Trades.'),
    bought: doc({ base: Units('Base token.'), quote: Units('Quote token.') }, 'All purchases.'),
    sold: doc({ base: Units('Base token.'), quote: Units('Quote token.') }, 'All sales.'),
    held: Units('Base token held; negative when more was sold than bought, out of what the wallet had before.'),
    cost: Methods('What that cost.'),
    price: Type.Optional(
      Text('Quote for one base, at which what is held is valued; absent where none is known: it is told at its cost.'),
    ),
    value: Units('Worth of what is held, in the quote token.'),
    realised: Methods('Profit of what was closed, before network fees.'),
    unrealised: Methods('Profit of what is held, at that price.'),
    fees: Units(
      'Network fees in the quote token, those of failed transactions too; deposits, which come back, are none.',
    ),
    unvaluedFees_lamports: Units('Fees that could not be valued in the quote token, in lamports: not within the net.'),
    net: Units('Realised and unrealised, less fees: the same either way.'),
  },
  'A strategy node and what it earned with a pair. In base units.',
)
export type StrategyProfit = Static<typeof StrategyProfit>

/**
 * What a position earned, for a document.
 *
 * @param price what is held is worth; left out where nobody knows one
 */
export function strategyProfit(position: Position, price: Price | undefined): StrategyProfit {
  const { pair, average, fifo, fees } = position
  const at = (method: 'average' | 'fifo'): Profit =>
    price ? profitAt(position, price, method) : profitAtCost(position, method)
  const [byAverage, byFifo] = [at('average'), at('fifo')]
  return {
    node: position.node,
    base: tokenFields(pair.base),
    quote: tokenFields(pair.quote),
    trades: position.trades,
    bought: textOf(position.bought),
    sold: textOf(position.sold),
    held: average.units.toString(),
    cost: { average: average.cost_units.toString(), fifo: fifo.cost_units.toString() },
    ...(price && { price: formatUnits(price.scaled, PRICE_DECIMALS) }),
    value: byAverage.value_units.toString(),
    realised: { average: byAverage.realised_units.toString(), fifo: byFifo.realised_units.toString() },
    unrealised: { average: byAverage.unrealised_units.toString(), fifo: byFifo.unrealised_units.toString() },
    fees: byAverage.fees_units.toString(),
    unvaluedFees_lamports: fees.unvalued_lamports.toString(),
    net: byAverage.net_units.toString(),
  }
}

/** What the position's last trade paid; undefined where that was too little to be a price. */
export function lastPaid({ lastPrice, pair }: Position): Price | undefined {
  const { base_units, quote_units } = lastPrice
  if (base_units === 0n) return undefined
  const price = priceOf(
    pair,
    { token: pair.base, units: base_units },
    { token: pair.quote, units: quote_units },
    'half-even',
  )
  return price.scaled > 0n ? price : undefined
}

export function tokenFields({ symbol, mint, decimals }: Token): StrategyProfit['base'] {
  return { symbol, mint, decimals }
}

function profitAtCost(position: Position, method: 'average' | 'fifo'): Profit {
  const value_units = position[method].cost_units
  const realised_units = method === 'average' ? position.realisedAverage_units : position.realisedFifo_units
  const { base_units, priority_units, tip_units } = position.fees
  const fees_units = base_units + priority_units + tip_units
  return { value_units, realised_units, unrealised_units: 0n, fees_units, net_units: realised_units - fees_units }
}

function textOf(sum: { readonly base_units: bigint; readonly quote_units: bigint }): { base: string; quote: string } {
  return { base: sum.base_units.toString(), quote: sum.quote_units.toString() }
}
