/** What the charts of a page show; times in Unix seconds. */
export interface ChartData {
  readonly equity: readonly (readonly [time: number, value: number])[]
  readonly drawdown: readonly (readonly [time: number, share: number])[]
  readonly baselines: readonly {
    readonly name: string
    readonly points: readonly (readonly [time: number, value: number])[]
  }[]
  /** Of each pair. */
  readonly prices: readonly {
    readonly candles: readonly (readonly [time: number, open: number, high: number, low: number, close: number])[]
    /** Trades of a candle and side put together. */
    readonly markers: readonly {
      readonly time: number
      readonly side: 'buy' | 'sell'
      readonly count: number
      /** Of the last of them. */
      readonly price: number
    }[]
    readonly priceDecimals: number
  }[]
}

interface Series {
  setData(points: readonly object[]): void
  applyOptions(options: object): void
}

interface Chart {
  addSeries(kind: unknown, options: object, pane?: number): Series
  applyOptions(options: object): void
  panes(): { setStretchFactor(factor: number): void }[]
  timeScale(): { fitContent(): void }
  subscribeCrosshairMove(listener: (at: { readonly time?: unknown }) => void): void
}

/** What is used of lightweight-charts, its standalone build. */
export interface ChartLibrary {
  createChart(container: unknown, options: object): Chart
  createSeriesMarkers(series: Series, markers: readonly object[]): { setMarkers(markers: readonly object[]): void }
  readonly BaselineSeries: unknown
  readonly LineSeries: unknown
  readonly CandlestickSeries: unknown
}

/** What is used of a browser. */
export interface Browser {
  readonly document: {
    getElementById(id: string): { textContent: string } | null
    readonly documentElement: unknown
  }
  getComputedStyle(element: unknown): { getPropertyValue(name: string): string }
  matchMedia(query: string): { addEventListener(event: 'change', listener: () => void): void }
}

/**
 * Draws the charts. It runs in the page: its own text is put there, so it may use nothing but what it is given.
 * The colours are those of the page's style, and change with it.
 */
export function drawCharts(data: ChartData, charts: ChartLibrary, browser: Browser): void {
  const colour = (name: string): string =>
    browser.getComputedStyle(browser.document.documentElement).getPropertyValue(`--${name}`).trim()
  const faded = (name: string, opacity: number): string => `rgba(${colour(`${name}-rgb`)}, ${opacity})`
  const compact = (value: number): string =>
    value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0 })
  const asShare = (value: number): string =>
    `${(value * 100).toFixed(value !== 0 && Math.abs(value) < 0.01 ? 3 : 1).replace('-', '\u2212')} %`
  const look = (isFirst: boolean): object => ({
    layout: {
      background: { type: 'solid', color: 'transparent' },
      textColor: colour('soft'),
      fontFamily: 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif',
      attributionLogo: isFirst,
      panes: { separatorColor: colour('edge'), separatorHoverColor: colour('grid') },
    },
    grid: { vertLines: { visible: false }, horzLines: { color: colour('grid') } },
    crosshair: { mode: 0 },
  })
  const open = (id: string, isFirst: boolean): Chart =>
    charts.createChart(browser.document.getElementById(id), {
      autoSize: true,
      ...look(isFirst),
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.1, bottom: 0.08 } },
      timeScale: { borderVisible: false, timeVisible: true, secondsVisible: false, minBarSpacing: 0.02 },
      handleScale: { mouseWheel: false },
    })
  const pointsOf = (list: readonly (readonly [number, number])[]): { time: number; value: number }[] =>
    list.map(([time, value]) => ({ time, value }))
  const quiet = { priceLineVisible: false, lastValueVisible: false, crosshairMarkerRadius: 3 }
  const restyles: (() => void)[] = []
  const styled = (series: Series, style: () => object): Series => {
    const apply = (): void => series.applyOptions(style())
    apply()
    restyles.push(apply)
    return series
  }

  const account = open('equity-chart', true)
  const baselineColours = ['hold', 'dca']
  for (const [place, baseline] of data.baselines.entries()) {
    const series = account.addSeries(charts.LineSeries, {
      ...quiet,
      lineWidth: 1,
      priceFormat: { type: 'custom', formatter: compact, minMove: 0.01 },
    })
    styled(series, () => ({ color: colour(baselineColours[place] ?? 'faint') })).setData(pointsOf(baseline.points))
  }
  const equity = account.addSeries(charts.LineSeries, {
    ...quiet,
    lineWidth: 2,
    lastValueVisible: true,
    priceFormat: { type: 'custom', formatter: compact, minMove: 0.01 },
  })
  styled(equity, () => ({ color: colour('strategy') })).setData(pointsOf(data.equity))
  const fall = account.addSeries(
    charts.BaselineSeries,
    {
      ...quiet,
      lineWidth: 1,
      baseValue: { type: 'price', price: 0 },
      priceFormat: { type: 'custom', formatter: asShare, minMove: 0.0001 },
    },
    1,
  )
  styled(fall, () => ({
    topLineColor: colour('loss'),
    bottomLineColor: colour('loss'),
    topFillColor1: 'transparent',
    topFillColor2: 'transparent',
    bottomFillColor1: faded('loss', 0.1),
    bottomFillColor2: faded('loss', 0.3),
  })).setData(data.drawdown.map(([time, share]) => ({ time, value: -share })))
  const panes = account.panes()
  panes[0]?.setStretchFactor(3)
  panes[1]?.setStretchFactor(1)

  // What the crosshair is on, in the legend; the last value of each curve when it is nowhere.
  const valueAt = (points: readonly (readonly [number, number])[], time: unknown): number | undefined => {
    let [low, high] = [0, points.length]
    while (typeof time === 'number' && low < high) {
      const middle = (low + high) >> 1
      if (points[middle]![0] <= time) low = middle + 1
      else high = middle
    }
    return points[typeof time === 'number' ? low - 1 : points.length - 1]?.[1]
  }
  const tell = (time: unknown): void => {
    const write = (key: string, value: number | undefined, text: (value: number) => string): void => {
      const element = browser.document.getElementById(`legend-${key}`)
      if (element) element.textContent = value === undefined ? '' : text(value)
    }
    write('strategy', valueAt(data.equity, time), compact)
    for (const { name, points } of data.baselines) write(name, valueAt(points, time), compact)
    write('drawdown', valueAt(data.drawdown, time), asShare)
  }
  account.subscribeCrosshairMove(at => tell(at.time))
  tell(undefined)

  const markets = data.prices.map(({ candles, markers, priceDecimals }, place) => {
    const market = open(`price-chart-${place}`, false)
    // The library's own rounds prices below a millionth to nonsense.
    const priceFormat = {
      type: 'custom',
      formatter: (price: number): string => price.toFixed(priceDecimals),
      minMove: 10 ** -priceDecimals,
    }
    const series = market.addSeries(charts.CandlestickSeries, {
      priceLineVisible: false,
      borderVisible: false,
      priceFormat,
    })
    styled(series, () => ({
      upColor: faded('gain', 0.45),
      downColor: faded('loss', 0.45),
      wickUpColor: faded('gain', 0.45),
      wickDownColor: faded('loss', 0.45),
    })).setData(candles.map(([time, o, high, low, close]) => ({ time, open: o, high, low, close })))
    // Arrows for trades that can be told apart, small dots at their prices where arrows would hide the chart.
    const isDense = markers.length > 300
    const tones = { buy: 'gain', sell: 'loss' } as const
    if (isDense) {
      for (const side of ['buy', 'sell'] as const) {
        const dots = market.addSeries(charts.LineSeries, {
          ...quiet,
          lineVisible: false,
          pointMarkersVisible: true,
          pointMarkersRadius: 1.8,
          crosshairMarkerVisible: false,
          priceFormat,
        })
        const own = markers.filter(marker => marker.side === side)
        styled(dots, () => ({ color: colour(tones[side]) })).setData(
          own.map(({ time, price }) => ({ time, value: price })),
        )
      }
    } else {
      const arrows = (): object[] =>
        markers.map(({ time, side, count }) => ({
          time,
          position: side === 'buy' ? 'belowBar' : 'aboveBar',
          shape: side === 'buy' ? 'arrowUp' : 'arrowDown',
          color: colour(tones[side]),
          ...(count > 1 ? { text: `${count}` } : {}),
        }))
      const trades = charts.createSeriesMarkers(series, arrows())
      restyles.push(() => trades.setMarkers(arrows()))
    }
    return market
  })

  for (const chart of [account, ...markets]) {
    chart.timeScale().fitContent()
    restyles.push(() => chart.applyOptions(look(chart === account)))
  }
  browser.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const restyle of restyles) restyle()
  })
}
