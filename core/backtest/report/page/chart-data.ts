import { samePair } from '../../traded-pairs.ts'
import { type PriceCandle, priceCandles } from '../price-candles.ts'
import type { BacktestDocument } from '../report-document.ts'
import type { ReportMarket, ReportTrade } from '../report-input.ts'
import type { ChartData } from './draw-charts.ts'
import { priceDecimals } from './figures.ts'

/** More would be finer than a screen. */
const CANDLES_MAX = 1_500

/** What the charts of a report show, and how long a candle of the price chart is. */
export function chartData(
  document: BacktestDocument,
  markets: readonly [ReportMarket, ...ReportMarket[]],
  trades: readonly ReportTrade[],
): { readonly data: ChartData; readonly intervals_ms: readonly number[] } {
  const drawn = markets.map(market => ({ ...market, ...priceCandles(market.bars, CANDLES_MAX) }))
  const data: ChartData = {
    equity: inSeconds(document.curves.equity),
    drawdown: inSeconds(document.curves.drawdown),
    baselines: document.baselines.map(({ name, curve }) => ({ name, points: inSeconds(curve) })),
    prices: drawn.map(({ bars, candles, interval_ms, pair }) => ({
      candles: candles.map(([start_ms, ...prices]) => [start_ms / 1_000, ...prices]),
      markers: markersOf(
        trades.filter(({ market }) => samePair(market.pair, pair)),
        candles,
        interval_ms,
      ),
      priceDecimals: priceDecimals(bars.close[bars.count - 1]!),
    })),
  }
  return { data, intervals_ms: drawn.map(({ interval_ms }) => interval_ms) }
}

/** The chart has seconds: of points within one the last. */
function inSeconds(curve: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const points = new Map(curve.map(([at, value]) => [Math.floor(at / 1_000), value]))
  return [...points]
}

type Markers = ChartData['prices'][number]['markers']

/** Trades by candle and side; a trade at a candle's close is drawn in it. */
function markersOf(trades: readonly ReportTrade[], candles: readonly PriceCandle[], interval_ms: number): Markers {
  const first_ms = candles[0]![0]
  const known = new Set(candles.map(([start_ms]) => start_ms))
  const markers = new Map<string, Markers[number]>()
  for (const { trade, market } of trades) {
    const start_ms = Math.max(first_ms, Math.floor((trade.at - 1) / interval_ms) * interval_ms)
    if (!known.has(start_ms) || trade.base_units === 0n) continue
    const { side } = trade
    const scale = 10 ** (market.pair.base.decimals - market.pair.quote.decimals)
    const price = (Number(market.quote_units) / Number(trade.base_units)) * scale
    const key = `${start_ms} ${side}`
    markers.set(key, { time: start_ms / 1_000, side, price, count: (markers.get(key)?.count ?? 0) + 1 })
  }
  return [...markers.values()].sort((a, b) => a.time - b.time)
}
