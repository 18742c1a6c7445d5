import { pairName } from '../../../money/token.ts'
import type { BacktestDocument } from '../report-document.ts'
import type { ReportMarket, ReportTrade } from '../report-input.ts'
import { chartData } from './chart-data.ts'
import { equityChartSection, priceChartSection } from './chart-sections.ts'
import { costSection } from './cost-section.ts'
import { drawCharts } from './draw-charts.ts'
import { headSection, heroSection, pairsText, warningSection } from './head-sections.ts'
import { html, jsonData, Markup } from './markup.ts'
import { pairSection, walletSection } from './part-sections.ts'
import { baselineSection, monthSection } from './return-sections.ts'
import { formulaSection, settingsSection } from './setting-sections.ts'
import { STYLE } from './style.ts'
import { latestSection, strategySection, tradeSection } from './trade-sections.ts'

/** Nothing is loaded from anywhere: what the page needs is in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"

/**
 * A report as one page that needs no network.
 *
 * @param library the standalone build of lightweight-charts, as JavaScript
 */
export function renderPage(
  document: BacktestDocument,
  markets: readonly [ReportMarket, ...ReportMarket[]],
  trades: readonly ReportTrade[],
  library: string,
): string {
  const { data, intervals_ms } = chartData(document, markets, trades)
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${document.pipeline} on ${pairsText(document)}: backtest</title>
<style>${Markup.trusted(STYLE)}</style>
</head>
<body>
<main>
${headSection(document)}
${heroSection(document)}
${warningSection(document)}
${equityChartSection(document)}
${markets.map(({ pair }, place) => priceChartSection(document, place, pairName(pair), intervals_ms[place]!))}
${monthSection(document)}
${baselineSection(document)}
${pairSection(document)}
${walletSection(document)}
${strategySection(document)}
<div class="pair">${costSection(document)}${tradeSection(document)}</div>
${latestSection(trades)}
${settingsSection(document)}
${formulaSection()}
<footer><p>Past results say little about future ones.</p><p>TradingView Lightweight Charts™. Copyright © TradingView, Inc. <a href="https://www.tradingview.com/">https://www.tradingview.com/</a></p></footer>
</main>
${jsonData('chart-data', data)}
<script>${script(library)}</script>
<script>${script(`(${drawCharts.toString()})(JSON.parse(document.getElementById('chart-data').textContent), LightweightCharts, window)`)}</script>
</body>
</html>
`
  return body.text
}

/** Code for a script element: nothing in it may look like the element's end. */
function script(code: string): Markup {
  return Markup.trusted(code.replaceAll('</script', '<\\/script'))
}
