import { formatDuration } from '../../../time/duration.ts'
import type { BacktestDocument } from '../report-document.ts'
import { number } from './figures.ts'
import { html, type Markup } from './markup.ts'
import { BASELINE_NAMES } from './toned.ts'

export function equityChartSection(document: BacktestDocument): Markup {
  const keys = document.baselines.map(
    ({ name }) =>
      html`<span class="${name === 'dca' ? 'key-dca' : 'key-hold'}"><i></i>${BASELINE_NAMES[name]} <b id="legend-${name}"></b></span>`,
  )
  return html`<section class="card">
<div class="head"><h2>Equity and drawdown</h2><p class="legend"><span class="key-strategy"><i></i>${document.pipeline} <b id="legend-strategy"></b></span>${keys}<span class="key-drawdown"><i></i>Drawdown <b id="legend-drawdown"></b></span></p></div>
<div class="chart tall" id="equity-chart"></div>
</section>`
}

/** @param place of the pair among those of the report */
export function priceChartSection(
  { pairs, trades }: BacktestDocument,
  place: number,
  pair: string,
  interval_ms: number,
): Markup {
  const count = pairs?.[place]?.trades ?? trades.count
  return html`<section class="card">
<div class="head"><h2>${pair} and trades</h2><p class="legend"><span>candles of ${formatDuration(interval_ms)}</span><span class="gain">▲ Buy</span><span class="loss">▼ Sell</span><span>${number(count, 0)} trades</span></p></div>
<div class="chart" id="price-chart-${place}"></div>
</section>`
}
