import type { Metrics } from '../../../accounting/metrics.ts'
import type { BacktestDocument } from '../report-document.ts'
import { type Shown, shownMetric } from './figures.ts'
import { html, type Markup } from './markup.ts'

/** What the baselines are called. */
export const BASELINE_NAMES = { 'buy-and-hold': 'Buy and hold', dca: 'DCA' } as const

/** Figures that are good above zero. */
const SIGNED: ReadonlySet<keyof Metrics> = new Set(['totalReturn', 'cagr', 'sharpe', 'sortino', 'calmar', 'expectancy'])

/** Green above zero, red below. */
export const toned = (text: string, sign: number): Markup =>
  sign === 0 ? html`${text}` : html`<span class="${sign > 0 ? 'gain' : 'loss'}">${text}</span>`

/** A metric as it is shown, in its colour where it has one. */
export function figure(
  name: keyof Metrics,
  document: BacktestDocument,
  metrics = document.metrics,
): Shown & { markup: Markup } {
  const shown = shownMetric(name, metrics[name], document.quote.symbol)
  const unit = shown.unit === undefined ? html`` : html` <small>${shown.unit}</small>`
  return { ...shown, markup: html`${toned(shown.text, SIGNED.has(name) ? shown.sign : 0)}${unit}` }
}
