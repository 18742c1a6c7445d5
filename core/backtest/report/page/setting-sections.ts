import { METRICS } from '../../../accounting/metrics.ts'
import type { BacktestDocument } from '../report-document.ts'
import { html, type Markup } from './markup.ts'

export function settingsSection(document: BacktestDocument): Markup {
  const params = Object.entries(document.params).map(
    ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
  )
  const list = [...Object.entries(document.settings), ...params]
  return html`<section class="card"><details open><summary>Settings</summary><dl class="terms">${list.map(([name, value]) => html`<dt>${name}</dt><dd><code>${value ?? ''}</code></dd>`)}</dl></details></section>`
}

export function formulaSection(): Markup {
  const list = Object.values(METRICS).map(({ label, formula }) => html`<dt>${label}</dt><dd>${formula}</dd>`)
  return html`<section class="card"><details><summary>How the figures are computed</summary><dl class="terms">${list}</dl></details></section>`
}
