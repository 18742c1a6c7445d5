import { METRICS, type Metrics } from '../../../accounting/metrics.ts'
import type { BacktestDocument } from '../report-document.ts'
import { number, signedPercent, signOf } from './figures.ts'
import { html, type Markup } from './markup.ts'
import { BASELINE_NAMES, figure, toned } from './toned.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** A month of this return or more has the full colour. */
const FULL_COLOUR = 0.2
/** Shown as 0.0, and in no colour. */
const UNSEEN = 0.000_5

export function monthSection({ months }: BacktestDocument): Markup {
  const years = [...new Set(months.map(({ year }) => year))]
  const cell = (value: number | undefined): Markup => {
    if (value === undefined) return html`<td></td>`
    const strength = Math.min(1, Math.abs(value) / FULL_COLOUR) * 0.42 + (Math.abs(value) < UNSEEN ? 0 : 0.06)
    const rgb = value < 0 ? 'loss' : 'gain'
    return html`<td class="month" style="background-color: rgba(var(--${rgb}-rgb), ${strength.toFixed(3)})">${number(value * 100, 1)}</td>`
  }
  const rows = years.map(year => {
    const own = months.filter(month => month.year === year)
    const total = own.reduce((product, { value }) => product * (1 + value), 1) - 1
    const cells = MONTHS.map((_, place) => cell(own.find(({ month }) => month === place + 1)?.value))
    return html`<tr><td>${year}</td>${cells}<td class="total">${toned(signedPercent(total), signOf(total))}</td></tr>`
  })
  return html`<section class="card">
<div class="head"><h2>Returns by month</h2><p class="soft">in percent, UTC</p></div>
<div class="wide"><table class="months"><thead><tr><th></th>${MONTHS.map(name => html`<th>${name}</th>`)}<th>Year</th></tr></thead><tbody>${rows}</tbody></table></div>
</section>`
}

const COMPARED: readonly (keyof Metrics)[] = [
  'totalReturn',
  'cagr',
  'volatility',
  'sharpe',
  'sortino',
  'calmar',
  'maxDrawdown',
  'maxDrawdown_ms',
  'longestDrawdown_ms',
  'probabilisticSharpe',
]

export function baselineSection(document: BacktestDocument): Markup {
  const columns = [
    { name: document.pipeline, metrics: document.metrics },
    ...document.baselines.map(({ name, metrics }) => ({ name: BASELINE_NAMES[name], metrics })),
  ]
  const rows = COMPARED.map(
    name =>
      html`<tr><td>${METRICS[name].label}</td>${columns.map(({ metrics }) => html`<td>${figure(name, document, metrics).markup}</td>`)}</tr>`,
  )
  const notes = document.baselines.map(({ name, description }) => `${BASELINE_NAMES[name]}: ${description}`).join(' ')
  return html`<section class="card"><div class="head"><h2>Compared with holding</h2><p class="soft">${notes}</p></div>
<div class="wide"><table><thead><tr><th></th>${columns.map(({ name }) => html`<th>${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div></section>`
}
