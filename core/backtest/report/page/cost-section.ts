import type { BacktestDocument } from '../report-document.ts'
import { number, percent, wholes } from './figures.ts'
import { html, type Markup } from './markup.ts'

export function costSection({ costs, quote, equity, trades, refused }: BacktestDocument): Markup {
  const parts = [
    { name: 'Signatures', units: costs.base, mark: 'c1' },
    { name: 'Priority fees', units: costs.priority, mark: 'c2' },
    { name: 'Tips', units: costs.tip, mark: 'c3' },
    { name: `Failed transactions (${refused})`, units: costs.refused, mark: 'c4' },
  ]
  const total = parts.reduce((sum, { units }) => sum + Number(units), 0)
  const places = Math.max(2, Math.min(6, quote.decimals))
  const shown = (units: string): string => number(wholes(units, quote.decimals), places)
  const bars = parts
    .filter(({ units }) => total > 0 && Number(units) > 0)
    .map(
      ({ units, mark }) => html`<i class="${mark}" style="width: ${((Number(units) / total) * 100).toFixed(3)}%"></i>`,
    )
  const volume = wholes(trades.volume, quote.decimals)
  const inBps = (units: string): string =>
    volume > 0 ? `${number((wholes(units, quote.decimals) / volume) * 10_000, 2)} bps` : ''
  const within = [
    { name: 'Price impact, as quoted', units: costs.impact },
    { name: 'Slippage against the quotes', units: costs.slippage },
  ]
  return html`<section class="card">
<div class="head"><h2>Network costs</h2><p class="soft">${percent(equity.mean > 0 ? total / 10 ** quote.decimals / equity.mean : 0)} of the mean equity</p></div>
<div class="bar">${bars}</div>
<table><tbody>${parts.map(({ name, units, mark }) => html`<tr><td><i class="swatch ${mark}"></i>${name}</td><td>${shown(units)} ${quote.symbol}</td><td>${inBps(units)}</td></tr>`)}
<tr><td>Deposits, which come back</td><td>${shown(costs.rent)} ${quote.symbol}</td><td></td></tr>
<tr class="sub"><td>Inside the prices, not added</td><td></td><td>of the volume</td></tr>${within.map(({ name, units }) => html`<tr><td>${name}</td><td>${shown(units)} ${quote.symbol}</td><td>${inBps(units)}</td></tr>`)}</tbody></table>
</section>`
}
