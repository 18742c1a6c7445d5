import { PositionBook } from '../../accounting/position-book.ts'
import { pairOf } from '../../accounting/quote-token.ts'
import { lastPaid, type StrategyProfit, strategyProfit } from '../../accounting/strategy-profit.ts'
import { lostFeesOf, tradeOf } from '../../accounting/trade.ts'
import { formatUnits } from '../../money/amount.ts'
import { SOL_MINT } from '../../money/token.ts'
import type { KeptOrder } from '../../store/directory/kept-orders.ts'
import type { StoreView } from '../../store/store.ts'
import { OrderFills } from '../run/order-fills.ts'
import type { RunPortfolio } from '../run/run-document.ts'
import { viewKept } from './kept-history.ts'
import { stateWord, wishText } from './list-orders.ts'
import { inFamilies, partName } from './order-families.ts'
import { priceText } from './price-text.ts'
import type { Printed } from './printed.ts'
import { textTable } from './text-table.ts'
import { readWallet, type WalletHolding, type WalletQuestion } from './wallet-balance.ts'

const SOL_DECIMALS = 9

/**
 * What the wallets of a data directory hold beside what it has traded with them: cost and profit of what was bought here,
 * what came from elsewhere, and the orders that are open. The given wallet comes first.
 *
 * @throws HISTORY_MISSING, and what stands in the way of asking the chain
 */
export async function showPositions(where: WalletQuestion): Promise<Printed> {
  const { view, directory } = await viewKept(where)
  try {
    const othersOn = (genesisHash: string): readonly string[] => view.wallets(genesisHash)
    const { cluster, others, ...own } = await readWallet({ ...where, dataDirectory: directory }, othersOn)
    const of = ({ address, held }: WalletHolding): WalletPositions => positionsOf(view, address, held)
    const [first, rest] = [of(own), others.map(of)]
    const stopped = view.stopped()
    return {
      text: [
        `${own.address} on ${cluster} (${directory})`,
        ...(stopped ? [`All trading is stopped since ${new Date(stopped.since).toISOString()}.`] : []),
        ...textOf(first),
        ...rest.flatMap(each => ['', '', each.address, ...textOf(each)]),
      ].join('\n'),
      document: {
        document: 'positions',
        version: 1,
        cluster,
        dataDirectory: directory,
        ...documentOf(first),
        ...(rest.length > 0 && { others: rest.map(documentOf) }),
        stopped: stopped !== undefined,
      },
    }
  } finally {
    view.close()
  }
}

interface WalletPositions {
  readonly address: string
  readonly held: RunPortfolio
  readonly profits: readonly StrategyProfit[]
  readonly open: readonly KeptOrder[]
}

function positionsOf(view: StoreView, address: string, held: RunPortfolio): WalletPositions {
  const own = view.orders().filter(({ wallet }) => wallet === address)
  const open = own.filter(({ order }) => !['confirmed', 'failed', 'expired', 'cancelled'].includes(order.state))
  const history = view.history().filter(({ wallet }) => wallet === address)
  return {
    address,
    held,
    profits: profitsOf(
      history.map(({ report }) => report),
      own,
    ),
    open,
  }
}

function textOf({ held, open, profits }: WalletPositions): string[] {
  return [
    '',
    holdingsText(held, profits),
    ...(profits.length > 0 ? ['', profitsText(profits)] : []),
    '',
    open.length === 0 ? 'No open orders.' : ordersText(open),
  ]
}

function documentOf({ address, held, open, profits }: WalletPositions): object {
  return {
    address,
    holdings: holdingsOf(held).map(holding => ({ ...holding, traded: tradedOf(holding.mint, profits).toString() })),
    positions: profits,
    openOrders: open.map(({ order }) => order.id),
  }
}

/** All that the directory traded, by pair, whatever strategy wanted it. */
function profitsOf(
  reports: Parameters<OrderFills['see']>[0][],
  orders: readonly KeptOrder[],
): readonly StrategyProfit[] {
  const fills = new OrderFills()
  for (const report of reports) fills.see(report)
  const book = new PositionBook()
  const trades = fills.list().map(({ fill }) => tradeOf({ fill, node: 'wallet' }))
  for (const trade of trades.toSorted((a, b) => a.at - b.at)) book.apply(trade)
  for (const { order } of orders) {
    const { input, output } = order.intent
    const pair = pairOf(input, output)
    for (const { failed } of order.attempts) if (failed) book.pay(lostFeesOf(failed, { node: 'wallet', pair }))
  }
  return book.positions().map(position => strategyProfit(position, lastPaid(position)))
}

interface Holding {
  readonly symbol: string
  readonly mint: string
  readonly decimals: number
  readonly amount: string
}

/** Wrapped SOL counts as SOL. */
function holdingsOf({ sol_lamports, tokens }: RunPortfolio): readonly Holding[] {
  const wrapped = tokens.find(({ mint }) => mint === SOL_MINT)
  const lamports = BigInt(sol_lamports) + BigInt(wrapped?.amount ?? 0)
  const sol = { symbol: 'SOL', mint: SOL_MINT, decimals: SOL_DECIMALS, amount: lamports.toString() }
  return [sol, ...tokens.filter(({ mint }) => mint !== SOL_MINT)]
}

/** What the trades of the directory brought in of a token, less what they gave. */
function tradedOf(mint: string, profits: readonly StrategyProfit[]): bigint {
  let units = 0n
  for (const { base, quote, bought, sold } of profits) {
    if (base.mint === mint) units += BigInt(bought.base) - BigInt(sold.base)
    if (quote.mint === mint) units += BigInt(sold.quote) - BigInt(bought.quote)
  }
  return units
}

function holdingsText(held: RunPortfolio, profits: readonly StrategyProfit[]): string {
  const rows = holdingsOf(held).map(({ symbol, decimals, amount, mint }) => {
    const traded = tradedOf(mint, profits)
    const elsewhere = BigInt(amount) - traded
    return [
      symbol,
      formatUnits(BigInt(amount), decimals),
      formatUnits(traded, decimals),
      formatUnits(elsewhere, decimals),
    ]
  })
  return textTable(['token', 'held', 'traded here', 'from elsewhere, fees apart'], rows, [
    'held',
    'traded here',
    'from elsewhere, fees apart',
  ])
}

/** A column for each pair: their figures side by side would be wider than a terminal. */
function profitsText(profits: readonly StrategyProfit[]): string {
  const names = profits.map(({ base, quote }) => `${base.symbol}/${quote.symbol}`)
  const row = (title: string, of: (profit: StrategyProfit) => string): string[] => [title, ...profits.map(of)]
  const money = (of: (profit: StrategyProfit) => string) => (profit: StrategyProfit) =>
    formatUnits(BigInt(of(profit)), profit.quote.decimals)
  return textTable(
    ['pair', ...names],
    [
      row('trades', ({ trades }) => String(trades)),
      row('position', ({ held, base }) => formatUnits(BigInt(held), base.decimals)),
      row('average cost', ({ held, cost, base, quote }) =>
        averageText(BigInt(held), BigInt(cost.average), base.decimals, quote.decimals),
      ),
      row('last paid', ({ price }) => (price === undefined ? '' : priceText(price))),
      row(
        'realised, average cost',
        money(({ realised }) => realised.average),
      ),
      row(
        'realised, first in first out',
        money(({ realised }) => realised.fifo),
      ),
      row(
        'unrealised',
        money(({ unrealised }) => unrealised.average),
      ),
      row(
        'fees',
        money(({ fees }) => fees),
      ),
      row(
        'net',
        money(({ net }) => net),
      ),
    ],
    names,
  )
}

/** Quote for one whole base, to the quote token's unit. */
function averageText(held: bigint, cost: bigint, baseDecimals: number, quoteDecimals: number): string {
  return held === 0n ? '' : formatUnits((cost * 10n ** BigInt(baseDecimals)) / held, quoteDecimals)
}

function ordersText(open: readonly KeptOrder[]): string {
  const rows = inFamilies(open).map(member => {
    const { order } = member.kept
    const part = partName(member)
    return [
      order.id,
      part === undefined ? (order.arming?.plugin ?? '') : `  ${part}`,
      stateWord(order.state),
      wishText(order),
    ]
  })
  return textTable(['open order', 'type', 'state', ''], rows)
}
