import { type Cell, csvCell } from '../../events/csv-cell.ts'
import { formatUnits } from '../../money/amount.ts'
import { LazyPrice } from '../../money/lazy-price.ts'
import { formatPrice, priceOf, valueAt } from '../../money/price.ts'
import { type Pair, SOL_MINT } from '../../money/token.ts'
import type { RefusedLanding } from '../order-fill.ts'
import type { ReportTrade } from './report-input.ts'

const COLUMNS = [
  'time',
  'node',
  'wallet',
  'pair',
  'side',
  'base',
  'quote',
  'price',
  'baseFee',
  'priorityFee',
  'tip',
  'rent',
  'fees_lamports',
  'slippage',
  'priceImpactBps',
  'closedBase',
  'grossAverage',
  'netAverage',
  'grossFifo',
  'netFifo',
  'openedAt',
  'venue',
  'slot',
  'orderId',
  'key',
  'signature',
  'failure',
] as const

/**
 * Trades as CSV (RFC 4180), one a line in order of time. `wallet` is empty for the one that a run is started with. Amounts are exact decimals: `base` and `closedBase` in the base
 * token, all other money in the quote token; fees are rounded up there, so they stand in lamports as well. `gross` and
 * `net` are what the trade closed, before and after network fees. A transaction that landed and failed has a line as well,
 * with the side `failed`: it traded nothing, and its fees are paid. So the fees of the lines are all there were.
 */
export function tradesToCsv(trades: readonly ReportTrade[], refused: readonly RefusedLanding[], pair: Pair): string {
  const rows = [
    ...trades.map(row => ({ at: row.trade.at, cells: cellsOf(row) })),
    ...refused.map(landing => ({ at: landing.at, cells: failedCellsOf(landing, pair) })),
  ]
  const lines = rows
    .toSorted((a, b) => a.at - b.at)
    .map(({ cells }) => COLUMNS.map(column => csvCell(cells[column])).join(','))
  return `${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`
}

type Cells = Partial<Record<(typeof COLUMNS)[number], Cell>>

function failedCellsOf(
  { at, fees, intent, orderId, price, reason, signature, wallet }: RefusedLanding,
  { base, quote }: Pair,
): Cells {
  // A fee in SOL has a worth in the quote token only where SOL is a side of the pair.
  const worthOf = (lamports: bigint): bigint | undefined => {
    if (quote.mint === SOL_MINT) return lamports
    if (base.mint !== SOL_MINT) return undefined
    return valueAt(new LazyPrice({ base, quote }, price), { token: base, units: lamports }, 'up').units
  }
  const money = (lamports: bigint): Cell => {
    const units = worthOf(lamports)
    return units === undefined ? undefined : formatUnits(units, quote.decimals)
  }
  return {
    time: timeOf(at),
    node: intent.node,
    wallet,
    pair: `${base.symbol}/${quote.symbol}`,
    side: 'failed',
    base: '0',
    quote: '0',
    baseFee: money(fees.base_lamports),
    priorityFee: money(fees.priority_lamports),
    tip: money(fees.tip_lamports),
    rent: '0',
    fees_lamports: fees.base_lamports + fees.priority_lamports + fees.tip_lamports,
    orderId,
    key: intent.key,
    signature,
    failure: reason.code,
  }
}

function cellsOf({ trade, closed, wallet }: ReportTrade): Cells {
  const { base, quote } = trade.pair
  const money = (units: bigint): string => formatUnits(units, quote.decimals)
  return {
    time: timeOf(trade.at),
    node: trade.node,
    wallet,
    pair: `${base.symbol}/${quote.symbol}`,
    side: trade.side,
    base: formatUnits(trade.base_units, base.decimals),
    quote: money(trade.quote_units),
    price: priceText(trade),
    baseFee: money(trade.fees.base_units),
    priorityFee: money(trade.fees.priority_units),
    tip: money(trade.fees.tip_units),
    rent: money(trade.fees.rent_units),
    fees_lamports: trade.fees_lamports,
    slippage: money(trade.slippage_units),
    priceImpactBps: trade.priceImpactBps,
    ...(closed && {
      closedBase: formatUnits(closed.average.units, base.decimals),
      grossAverage: money(closed.average.gross_units),
      netAverage: money(closed.average.net_units),
      grossFifo: money(closed.fifo.gross_units),
      netFifo: money(closed.fifo.net_units),
      openedAt: timeOf(closed.fifo.openedAt),
    }),
    venue: trade.venue,
    slot: trade.slot,
    orderId: trade.orderId,
    key: trade.key,
    signature: trade.signature,
  }
}

/** Without its symbol; empty for a trade of nothing. */
function priceText({ pair, base_units, quote_units }: ReportTrade['trade']): string {
  if (base_units === 0n) return ''
  const price = priceOf(
    pair,
    { token: pair.base, units: base_units },
    { token: pair.quote, units: quote_units },
    'half-even',
  )
  return formatPrice(price).split(' ')[0]!
}

function timeOf(at_ms: number): string {
  return new Date(at_ms).toISOString()
}
