import type { StrategyProfit } from '../../accounting/strategy-profit.ts'
import { day, number, shownMetric, signedNumber, wholes } from '../../backtest/report/page/figures.ts'
import { formatUnits } from '../../money/amount.ts'
import type { AccountPerformance, QuoteTotals } from './performance-figures.ts'
import { priceText } from './price-text.ts'
import { textTable } from './text-table.ts'

const HEADER = ['node', 'pair', 'trades', 'bought', 'sold', 'held', 'price', 'realised', 'unrealised', 'fees', 'net']
const FIGURES = HEADER.slice(2)

/** What `performance-stats` prints. */
export function performanceText(accounts: readonly AccountPerformance[], directory: string): string {
  if (accounts.length === 0) return `Nothing was traded yet (${directory}).`
  return accounts.map(accountText).join('\n\n')
}

function accountText({ pipeline, wallet, from, to, strategies, totals }: AccountPerformance): string {
  return [
    `${pipeline}, wallet ${wallet}, ${day(from)} to ${day(to)}`,
    '',
    textTable(HEADER, strategies.map(rowOf), FIGURES),
    '',
    ...totals.flatMap(totalLines),
    'Profits are at average cost; what is held is worth the price shown.',
  ].join('\n')
}

function rowOf(row: StrategyProfit): string[] {
  const { base, quote } = row
  const gain = (units: string): string => signedNumber(wholes(units, quote.decimals), 2)
  return [
    row.node,
    `${base.symbol}/${quote.symbol}`,
    String(row.trades),
    number(wholes(row.bought.quote, quote.decimals), 2),
    number(wholes(row.sold.quote, quote.decimals), 2),
    `${number(wholes(row.held, base.decimals), 4)} ${base.symbol}`,
    row.price === undefined ? 'unknown' : priceText(row.price),
    gain(row.realised.average),
    gain(row.unrealised.average),
    number(wholes(row.fees, quote.decimals), 4),
    gain(row.net),
  ]
}

function totalLines(totals: QuoteTotals): string[] {
  const { costs, metrics, quote } = totals
  const money = (units: bigint, places = 2): string =>
    `${number(wholes(units.toString(), quote.decimals), places)} ${quote.symbol}`
  const shown = (name: keyof typeof metrics): string => {
    const { text, unit } = shownMetric(name, metrics[name], quote.symbol)
    return unit === undefined ? text : `${text} ${unit}`
  }
  const reasons = new Set(
    Object.values(metrics).flatMap(value => (typeof value === 'number' ? [] : [value.notAvailable])),
  )
  const failed = costs.failed_units > 0n ? `, failed transactions ${money(costs.failed_units, 4)}` : ''
  const fees = `network fees ${money(costs.network_units, 4)} (priority ${money(costs.priority_units, 4)}, tips ${money(costs.tip_units, 4)}${failed})`
  return [
    `${quote.symbol}: ${totals.trades} trades of ${money(totals.volume_units)}, ${totals.closed} closed, ${totals.wins} with a profit`,
    `  ${fees}, deposits ${money(costs.rent_units, 4)}, slippage ${money(costs.slippage_units, 4)} within the prices`,
    ...(costs.unvalued_lamports > 0n
      ? [
          `  and ${formatUnits(costs.unvalued_lamports, 9)} SOL of fees that have no value in ${quote.symbol}: not within the net`,
        ]
      : []),
    `  profit factor ${shown('profitFactor')}   hits ${shown('hitRate')}   expectancy ${shown('expectancy')}   exposure ${shown('exposure')}`,
    ...(reasons.size > 0 ? [`  N/A: ${[...reasons].join('; ')}`] : []),
  ]
}
