import { day, number, shownMetric, signedNumber, signedPercent, wholes } from './page/figures.ts'
import { pairsText } from './page/head-sections.ts'
import type { BacktestDocument } from './report-document.ts'

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/**
 * A curve as a line of so many characters, from ▁ at the lowest of the curve to █ at its highest. Each stands for an equal
 * stretch of time and shows the last value within it.
 */
export function sparkline(curve: readonly (readonly [at: number, value: number])[], width: number): string {
  const [first, last] = [curve[0], curve.at(-1)]
  if (first === undefined || last === undefined) return ''
  const values: number[] = []
  let place = 0
  for (let column = 1; column <= width; column++) {
    const end = first[0] + ((last[0] - first[0]) * column) / width
    while (place + 1 < curve.length && curve[place + 1]![0] <= end) place++
    values.push(curve[place]![1])
  }
  const all = curve.map(([, value]) => value)
  const [low, high] = [Math.min(...all), Math.max(...all)]
  const level = (value: number): number => (high > low ? Math.round(((value - low) / (high - low)) * 7) : 3)
  return values.map(value => BARS[level(value)]).join('')
}

const FIRST = ['cagr', 'sharpe', 'sortino', 'calmar'] as const
const SECOND = ['profitFactor', 'hitRate', 'expectancy', 'exposure'] as const

/** A backtest in a few lines for a terminal, without colours. */
export function terminalSummary(document: BacktestDocument, width = 72): string {
  const { equity, quote, metrics, trades, baselines } = document
  const figure = (name: keyof typeof metrics): string => {
    const { text, unit } = shownMetric(name, metrics[name], quote.symbol)
    return unit === undefined ? text : `${text} ${unit}`
  }
  const pairs = (names: readonly (keyof typeof metrics)[], labels: readonly string[]): string =>
    names.map((name, place) => `${labels[place]} ${figure(name)}`).join('   ')
  const total = signedPercent(equity.start > 0 ? equity.end / equity.start - 1 : 0)
  const others = baselines.map(
    ({ name, start, end }) => `${name === 'dca' ? 'DCA' : 'buy and hold'} ${signedPercent(end / start - 1)}`,
  )
  const lines = [
    `${document.pipeline} on ${pairsText(document)}, ${day(document.from)} to ${day(document.to)} (${equity.days} days)`,
    sparkline(document.curves.equity, width),
    `${total}   ${number(equity.start, 2)} → ${number(equity.end, 2)} ${quote.symbol}${others.length > 0 ? `   (${others.join(', ')})` : ''}`,
    pairs(FIRST, ['CAGR', 'Sharpe', 'Sortino', 'Calmar']),
    `drawdown ${figure('maxDrawdown')} for ${figure('maxDrawdown_ms')}   ${number(trades.count, 0)} trades, ${number(trades.closed, 0)} closed`,
    pairs(SECOND, ['profit factor', 'hits', 'expectancy', 'exposure']),
  ]
  for (const { name, start: from, end } of document.wallets ?? []) {
    const share = from > 0 ? `   ${signedPercent(end / from - 1)}` : ''
    lines.push(`wallet ${name ?? "(the run's own)"}   ${number(from, 2)} → ${number(end, 2)} ${quote.symbol}${share}`)
  }
  if (document.strategies.length > 1) {
    for (const { node, net, base: of, quote: by, trades: count } of document.strategies) {
      const profit = signedNumber(wholes(net, by.decimals), 2)
      lines.push(`${node}   ${of.symbol}/${by.symbol}   ${profit} ${by.symbol}   ${number(count, 0)} trades`)
    }
  }
  const reasons = new Set(
    Object.values(metrics).flatMap(value => (typeof value === 'number' ? [] : [value.notAvailable])),
  )
  if (reasons.size > 0) lines.push(`N/A: ${[...reasons].join('; ')}`)
  return lines.join('\n')
}
