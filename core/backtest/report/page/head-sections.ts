import { METRICS, type Metrics } from '../../../accounting/metrics.ts'
import { formatDuration } from '../../../time/duration.ts'
import type { BacktestDocument } from '../report-document.ts'
import { day, duration, number, signedNumber, signedPercent, signOf } from './figures.ts'
import { html, type Markup } from './markup.ts'
import { BASELINE_NAMES, figure, toned } from './toned.ts'

const NOTHING = html``

/** The figures of the first look, beside the result. */
const TILES: readonly (keyof Metrics)[] = [
  'cagr',
  'sharpe',
  'sortino',
  'calmar',
  'maxDrawdown',
  'profitFactor',
  'hitRate',
  'expectancy',
  'exposure',
  'turnover',
]

/** `SOL/USDC, BONK/SOL` */
export function pairsText({ base, quote, pairs }: Pick<BacktestDocument, 'base' | 'quote' | 'pairs'>): string {
  return (pairs ?? [{ base, quote }]).map(pair => `${pair.base.symbol}/${pair.quote.symbol}`).join(', ')
}

/** Name, pairs, period and data. */
export function headSection(document: BacktestDocument): Markup {
  const { data, from, to, equity, pairs = [data] } = document
  const sources = pairs.map(
    ({ bars, interval_ms, name }) =>
      html`<span>${number(bars, 0)} bars of ${formatDuration(interval_ms)}</span><span>${name}</span>`,
  )
  return html`<header>
<h1>${document.pipeline} <span class="soft">on ${pairsText(document)}</span></h1>
<p class="soft">${document.summary}</p>
<p class="facts"><span>${day(from)} to ${day(to)}, ${equity.days} days</span>${sources}</p>
</header>`
}

/** The result beside the baselines, and the figures of the first look. */
export function heroSection(document: BacktestDocument): Markup {
  const { equity, quote, baselines } = document
  const total = equity.start > 0 ? equity.end / equity.start - 1 : 0
  const rows = [
    html`<div><dt>Equity</dt><dd>${number(equity.start, 2)} → ${number(equity.end, 2)} ${quote.symbol}</dd></div>`,
    html`<div><dt>Profit</dt><dd>${toned(`${signedNumber(equity.end - equity.start, 2)} ${quote.symbol}`, signOf(equity.end - equity.start))}</dd></div>`,
    ...baselines.map(
      ({ name, start, end }) =>
        html`<div><dt>${BASELINE_NAMES[name]}</dt><dd>${toned(signedPercent(end / start - 1), signOf(end - start))}</dd></div>`,
    ),
  ]
  return html`<section class="card hero">
<div><p class="soft">Total return</p><p class="result">${toned(signedPercent(total), signOf(total))}</p><dl>${rows}</dl></div>
<div class="tiles">${TILES.map(name => tile(name, document))}</div>
</section>`
}

function tile(name: keyof Metrics, document: BacktestDocument): Markup {
  const { markup, why } = figure(name, document)
  const note = why ?? (name === 'maxDrawdown' ? fallNote(document) : undefined)
  return html`<div class="tile" title="${METRICS[name].formula}"><p class="name">${METRICS[name].label}</p><p class="value">${markup}</p>${note === undefined ? NOTHING : html`<p class="note">${note}</p>`}</div>`
}

function fallNote({ equity, metrics }: BacktestDocument): string {
  if (equity.drawdown.depth === 0) return 'it never fell'
  const length = duration(Number(metrics.maxDrawdown_ms))
  return equity.drawdown.recovered === undefined ? `${length}, not recovered` : `recovered in ${length}`
}

export function warningSection({ warnings, metrics, data }: BacktestDocument): Markup {
  const reasons = new Set(
    Object.values(metrics).flatMap(value => (typeof value === 'number' ? [] : [value.notAvailable])),
  )
  const repairs = [
    ...(data.gaps > 0 ? [`The data have ${data.gaps} gaps with ${data.missing} bars missing.`] : []),
    ...(data.duplicates > 0 ? [`The data had ${data.duplicates} bars twice.`] : []),
  ]
  const missing = reasons.size > 0 ? [`Figures that are not available: ${[...reasons].join('; ')}.`] : []
  const notes = [...warnings, ...repairs, ...missing]
  if (notes.length === 0) return NOTHING
  return html`<section class="card"><ul class="notes">${notes.map(note => html`<li>${note}</li>`)}</ul></section>`
}
