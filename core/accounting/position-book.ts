import { type Price, valueAt } from '../money/price.ts'
import type { Pair, Token } from '../money/token.ts'
import { type Closing, type CostMethod, type Holding, Lots } from './lots.ts'
import { feesOf, type LostFees, type Trade, type TradeFees, valuedLoss } from './trade.ts'

/** What a strategy node holds of a pair, and what it has earned with it. `_units` are of the quote token. */
export interface Position {
  readonly node: string
  readonly pair: Pair
  readonly firstAt: number
  readonly lastAt: number
  readonly trades: number
  readonly bought: { readonly base_units: bigint; readonly quote_units: bigint }
  readonly sold: { readonly base_units: bigint; readonly quote_units: bigint }
  /** What is still held, by each way to count its cost. */
  readonly average: Holding
  readonly fifo: Holding
  /** Profit of what was closed, before network fees. */
  readonly realisedAverage_units: bigint
  readonly realisedFifo_units: bigint
  /** Network fees of all trades, and of transactions that traded nothing; rent apart. */
  readonly fees: TradeFees
  /** Of the last trade that paid anything. */
  readonly lastPrice: { readonly base_units: bigint; readonly quote_units: bigint }
}

/** What a trade closed of a position, by average cost and first in, first out. */
export interface ClosedTrade {
  readonly trade: Trade
  readonly average: ClosedProfit
  readonly fifo: ClosedProfit
}

interface ClosedProfit extends Closing {
  /** Sold less bought. */
  readonly gross_units: bigint
  /** Less the fees of both ends. */
  readonly net_units: bigint
}

interface Account {
  readonly node: string
  readonly pair: Pair
  readonly firstAt: number
  lastAt: number
  trades: number
  readonly bought: { base_units: bigint; quote_units: bigint }
  readonly sold: { base_units: bigint; quote_units: bigint }
  readonly average: Lots
  readonly fifo: Lots
  readonly realised: { average: bigint; fifo: bigint }
  readonly fees: { -readonly [fee in keyof TradeFees]: bigint }
  last: { readonly base_units: bigint; readonly quote_units: bigint }
}

/**
 * Positions from trades, one for each strategy node and pair, by average cost and first in, first out at once. Both ways
 * tell the same profit in total; they differ in how much of it counts as realised.
 *
 * @example
 * const book = new PositionBook()
 * for (const trade of trades) book.apply(trade)
 * for (const position of book.positions()) console.log(position.node, profitAt(position, price).net_units)
 */
export class PositionBook {
  readonly #accounts = new Map<string, Account>()
  #last: Account | undefined
  #open = 0

  /** @returns what the trade closed; undefined when it only opened or added. Trades of nothing change nothing. */
  apply(trade: Trade): ClosedTrade | undefined {
    const account = this.#accountOf(trade)
    const fees = feesOf(trade)
    account.lastAt = trade.at
    account.trades++
    addFees(account.fees, trade.fees)
    const side = trade.side === 'buy' ? account.bought : account.sold
    side.base_units += trade.base_units
    side.quote_units += trade.quote_units
    if (trade.base_units === 0n) return undefined
    if (trade.quote_units > 0n) account.last = { base_units: trade.base_units, quote_units: trade.quote_units }
    const units = trade.side === 'buy' ? trade.base_units : -trade.base_units
    const wasEmpty = account.average.isEmpty
    const average = account.average.trade(units, trade.quote_units, fees, trade.at)
    const fifo = account.fifo.trade(units, trade.quote_units, fees, trade.at)
    if (wasEmpty !== account.average.isEmpty) this.#open += wasEmpty ? 1 : -1
    if (average === undefined || fifo === undefined) return undefined
    account.realised.average += average.sold_units - average.bought_units
    account.realised.fifo += fifo.sold_units - fifo.bought_units
    return { trade, average: profitOf(average), fifo: profitOf(fifo) }
  }

  /**
   * Fees of a transaction that traded nothing: they are among the position's, and no trade's.
   *
   * @returns what they come to in the quote token
   */
  pay(lost: LostFees): TradeFees {
    const account = this.#accountOf(lost)
    const fees = valuedLoss(lost, account.last)
    if (lost.at > account.lastAt) account.lastAt = lost.at
    addFees(account.fees, fees)
    return fees
  }

  /** How many of its positions hold anything. */
  get open(): number {
    return this.#open
  }

  /** In the order of the first that was heard of each. */
  positions(): readonly Position[] {
    return [...this.#accounts.values()].map(account => ({
      node: account.node,
      pair: account.pair,
      firstAt: account.firstAt,
      lastAt: account.lastAt,
      trades: account.trades,
      bought: { ...account.bought },
      sold: { ...account.sold },
      average: account.average.holding(),
      fifo: account.fifo.holding(),
      realisedAverage_units: account.realised.average,
      realisedFifo_units: account.realised.fifo,
      fees: { ...account.fees },
      lastPrice: account.last,
    }))
  }

  #accountOf(trade: Pick<Trade, 'node' | 'pair' | 'at'>): Account {
    // Trades of a run share their pair: mostly it is the same account again.
    if (this.#last?.pair !== trade.pair || this.#last.node !== trade.node) this.#last = this.#findAccount(trade)
    return this.#last
  }

  #findAccount({ node, pair, at }: Pick<Trade, 'node' | 'pair' | 'at'>): Account {
    const key = `${node} ${idOf(pair.base)} ${idOf(pair.quote)}`
    const known = this.#accounts.get(key)
    if (known) return known
    const account: Account = {
      node,
      pair,
      firstAt: at,
      lastAt: at,
      trades: 0,
      bought: { base_units: 0n, quote_units: 0n },
      sold: { base_units: 0n, quote_units: 0n },
      average: new Lots('average'),
      fifo: new Lots('fifo'),
      realised: { average: 0n, fifo: 0n },
      fees: { base_units: 0n, priority_units: 0n, tip_units: 0n, rent_units: 0n, unvalued_lamports: 0n },
      last: { base_units: 0n, quote_units: 0n },
    }
    this.#accounts.set(key, account)
    return account
  }
}

/** What a position is worth at a price, and what it has earned. All in the quote token's base units. */
export interface Profit {
  readonly value_units: bigint
  readonly realised_units: bigint
  readonly unrealised_units: bigint
  readonly fees_units: bigint
  /** Realised and unrealised, less fees. The same by either method. */
  readonly net_units: bigint
}

/**
 * @param price of the position's pair; what is held is worth it, rounded down
 * @throws TOKEN_MISMATCH when it is another pair's
 */
export function profitAt(position: Position, price: Price, method: CostMethod = 'average'): Profit {
  const { units, cost_units } = position[method]
  const worth = valueAt(price, { token: position.pair.base, units: units < 0n ? -units : units }, 'down').units
  const value_units = units < 0n ? -worth : worth
  const realised_units = method === 'average' ? position.realisedAverage_units : position.realisedFifo_units
  const unrealised_units = value_units - cost_units
  const { base_units, priority_units, tip_units } = position.fees
  const fees_units = base_units + priority_units + tip_units
  const net_units = realised_units + unrealised_units - fees_units
  return { value_units, realised_units, unrealised_units, fees_units, net_units }
}

function profitOf(closing: Closing): ClosedProfit {
  const gross_units = closing.sold_units - closing.bought_units
  return { ...closing, gross_units, net_units: gross_units - closing.fees_units }
}

function addFees(sum: { -readonly [fee in keyof TradeFees]: bigint }, fees: TradeFees): void {
  sum.base_units += fees.base_units
  sum.priority_units += fees.priority_units
  sum.tip_units += fees.tip_units
  sum.rent_units += fees.rent_units
  sum.unvalued_lamports += fees.unvalued_lamports
}

function idOf(token: Token): string {
  return `${token.cluster}:${token.mint}`
}
