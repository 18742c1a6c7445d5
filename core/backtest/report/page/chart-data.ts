import { type PriceCandle, priceCandles } from '../price-candles.ts'
import type { BacktestDocument } from '../report-document.ts'
import type { ReportBars, ReportTrade } from '../report-input.ts'
import type { ChartData } from './draw-charts.ts'
import { priceDecimals } from './figures.ts'

/** More would be finer than a screen. */
const CANDLES_MAX = 1_500

/** What the charts of a report show, and how long a candle of the price chart is. */
export function chartData(
  document: BacktestDocument,
  bars: ReportBars,
  trades: readonly ReportTrade[],
): { readonly data: ChartData; readonly interval_ms: number } {
  const { candles, interval_ms } = priceCandles(bars, CANDLES_MAX)
  const data: ChartData = {
    equity: inSeconds(document.curves.equity),
    drawdown: inSeconds(document.curves.drawdown),
    baselines: document.baselines.map(({ name, curve }) => ({ name, points: inSeconds(curve) })),
    candles: candles.map(([start_ms, ...prices]) => [start_ms / 1_000, ...prices]),
    markers: markersOf(trades, candles, interval_ms),
    priceDecimals: priceDecimals(bars.close[bars.count - 1]!),
  }
  return { data, interval_ms }
}

/** The chart has seconds: of points within one the last. */
function inSeconds(curve: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const points = new Map(curve.map(([at, value]) => [Math.floor(at / 1_000), value]))
  return [...points]
}

/** Trades by candle and side; a trade at a candle's close is drawn in it. */
function markersOf(
  trades: readonly ReportTrade[],
  candles: readonly PriceCandle[],
  interval_ms: number,
): ChartData['markers'] {
  const first_ms = candles[0]![0]
  const known = new Set(candles.map(([start_ms]) => start_ms))
  const markers = new Map<string, ChartData['markers'][number]>()
  for (const { trade } of trades) {
    const start_ms = Math.max(first_ms, Math.floor((trade.at - 1) / interval_ms) * interval_ms)
    if (!known.has(start_ms) || trade.base_units === 0n) continue
    const { side, pair } = trade
    const scale = 10 ** (pair.base.decimals - pair.quote.decimals)
    const price = (Number(trade.quote_units) / Number(trade.base_units)) * scale
    const key = `${start_ms} ${side}`
    markers.set(key, { time: start_ms / 1_000, side, price, count: (markers.get(key)?.count ?? 0) + 1 })
  }
  return [...markers.values()].sort((a, b) => a.time - b.time)
}
