import { type Cell, csvCell } from '../../events/csv-cell.ts'
import { formatUnits } from '../../money/amount.ts'
import { formatPrice, priceOf, valueAt } from '../../money/price.ts'
import { pairName, SOL_MINT, type Token } from '../../money/token.ts'
import type { ReportLanding, ReportTrade } from './report-input.ts'

const COLUMNS = [
  'time',
  'node',
  'wallet',
  'pair',
  'side',
  'base',
  'quote',
  'price',
  'worth',
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
 * Trades as CSV (RFC 4180), one a line in order of time. Amounts are exact decimals: `base` and `closedBase` in the base
 * token of the pair, `quote` and `price` in its quote token, all other money in the report's, in which `worth` is `quote`
 * again. Fees are rounded up there, so they stand in lamports as well. `gross` and `net` are what the trade closed, before
 * and after network fees. A transaction that landed and failed has a line as well, with the side `failed`: it traded
 * nothing, and its fees are paid. So the fees of the lines are all there were. `wallet` is empty for the one that a run is
 * started with.
 */
export function tradesToCsv(trades: readonly ReportTrade[], refused: readonly ReportLanding[], quote: Token): string {
  const rows = [
    ...trades.map(row => ({ at: row.trade.at, cells: cellsOf(row) })),
    ...refused.map(landing => ({ at: landing.at, cells: failedCellsOf(landing, quote) })),
  ]
  const lines = rows
    .toSorted((a, b) => a.at - b.at)
    .map(({ cells }) => COLUMNS.map(column => csvCell(cells[column])).join(','))
  return `${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`
}

type Cells = Partial<Record<(typeof COLUMNS)[number], Cell>>

function failedCellsOf(
  { at, fees, intent, orderId, pair, reason, signature, sol, wallet }: ReportLanding,
  quote: Token,
): Cells {
  const money = (lamports: bigint): Cell => {
    if (quote.mint === SOL_MINT) return formatUnits(lamports, quote.decimals)
    return sol && formatUnits(valueAt(sol, { token: sol.pair.base, units: lamports }, 'up').units, quote.decimals)
  }
  return {
    time: timeOf(at),
    node: intent.node,
    wallet,
    pair: pairName(pair),
    side: 'failed',
    base: '0',
    quote: '0',
    worth: '0',
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

function cellsOf({ trade, closed, market, wallet }: ReportTrade): Cells {
  const { base, quote } = trade.pair
  const money = (units: bigint): string => formatUnits(units, quote.decimals)
  return {
    time: timeOf(trade.at),
    node: trade.node,
    wallet,
    pair: pairName(market.pair),
    side: trade.side,
    base: formatUnits(trade.base_units, base.decimals),
    quote: formatUnits(market.quote_units, market.pair.quote.decimals),
    price: priceText({ ...market, base_units: trade.base_units }),
    worth: money(trade.quote_units),
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
function priceText({ pair, base_units, quote_units }: ReportTrade['market'] & { readonly base_units: bigint }): string {
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
