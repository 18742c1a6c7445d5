import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { buyAndHold, dollarCostAverage } from '../../accounting/baselines.ts'
import { EquityMeter } from '../../accounting/equity-meter.ts'
import { tradeOf } from '../../accounting/trade.ts'
import { TradeTally } from '../../accounting/trade-tally.ts'
import { SOL_MINT, type Token } from '../../money/token.ts'
import { seededRandom } from '../../time/random.ts'
import { createReport } from './create-report.ts'
import { type Browser, type ChartLibrary, drawCharts } from './page/draw-charts.ts'
import { priceCandles } from './price-candles.ts'
import { BacktestDocument } from './report-document.ts'
import type { ReportBars, ReportInput, ReportTrade } from './report-input.ts'
import { sparkline, terminalSummary } from './terminal-summary.ts'

const token = (symbol: string, decimals: number, mint: string): Token => ({
  cluster: 'test',
  mint,
  symbol,
  decimals,
  program: 'spl-token',
})
const SOL = token('SOL', 9, SOL_MINT)
const USDC = token('USDC', 6, 'USDC-mint')
const pair = { base: SOL, quote: USDC }
/** Of a transaction that failed. */
const LOST = { base_lamports: 5_000n, priority_lamports: 71_000n, tip_lamports: 0n, rent_lamports: 0n }
const START = 10_000_000_000n
const FIVE_MINUTES = 300_000
const T0 = Date.UTC(2024, 0, 30)

/** A seeded walk of 40 days. */
function walk(count: number): ReportBars {
  const random = seededRandom('report')
  const columns = Array.from({ length: 5 }, () => new Float64Array(count))
  const [start_ms, open, high, low, close] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  let price = 100
  for (let place = 0; place < count; place++) {
    start_ms[place] = T0 + place * FIVE_MINUTES
    open[place] = price
    price = Math.round(price * (1 + (random.next() - 0.499) / 100) * 100) / 100
    close[place] = price
    high[place] = Math.max(open[place]!, price) + 0.05
    low[place] = Math.min(open[place]!, price) - 0.05
  }
  return { name: 'walk.csv', interval_ms: FIVE_MINUTES, count, start_ms, open, high, low, close }
}

/** Buys at every 200th bar's open and sells it 100 bars later, in halves. */
function backtest(bars: ReportBars, names: { readonly pipeline?: string; readonly node?: string } = {}): ReportInput {
  const equity = new EquityMeter()
  const tally = new TradeTally(USDC)
  const trades: ReportTrade[] = []
  let [cash, held, fees] = [START, 0n, 0n]
  const trade = (place: number, input: Token, paid: bigint, output: Token, received: bigint): void => {
    const bought = tradeOf({
      fill: {
        orderId: `order-${trades.length}`,
        key: `=bar ${place}`,
        venue: 'pool',
        signature: `signature ${trades.length}`,
        slot: place,
        at: bars.start_ms[place]! + 1,
        input: { token: input, units: paid },
        output: { token: output, units: received },
        quotedOutput: { token: output, units: received + 1_000n },
        minimumOutput: { token: output, units: 0n },
        fees: { base_lamports: 5_000n, priority_lamports: 71_000n, tip_lamports: 0n, rent_lamports: 0n },
        computeUnits: 1,
        priceImpactBps: 2,
        slippageBps: 0,
      },
      node: names.node ?? 'plan',
    })
    fees += 76_000n
    if (input === USDC) [cash, held] = [cash - paid, held + received]
    else [cash, held] = [cash + received, held - paid]
    trades.push({ trade: bought, market: bought, closed: tally.apply(bought) })
  }
  equity.observe(bars.start_ms[0]!, Number(cash) / 1e6)
  for (let place = 0; place < bars.count; place++) {
    const price = bars.open[place]!
    const phase = place % 200
    if (phase === 10) trade(place, USDC, cash / 2n, SOL, BigInt(Math.floor((Number(cash / 2n) * 1_000) / price)))
    if ((phase === 110 || phase === 130) && held > 0n) {
      const sold = phase === 110 ? held / 2n : held
      trade(place, SOL, sold, USDC, BigInt(Math.floor((Number(sold) * price) / 1_000)))
    }
    const worth = Number(cash) / 1e6 + (Number(held - fees) / 1e9) * bars.close[place]!
    equity.observe(bars.start_ms[place]! + FIVE_MINUTES, worth)
  }
  for (let count = 0; count < 2; count++)
    tally.pay({ node: 'plan', at: bars.start_ms[bars.count - 1]!, fees: LOST, pair })
  const path = [...bars.close].map((price, place) => ({ at: bars.start_ms[place]! + FIVE_MINUTES, price }))
  const period = { from_ms: path[0]!.at, to_ms: path.at(-1)!.at, every_ms: 86_400_000 }
  return {
    pipeline: { name: names.pipeline ?? 'halves', summary: 'Buys and sells in halves.', params: { type: 'halves' } },
    settings: { Capital: '10000 USDC' },
    pair,
    bars,
    equity,
    tally,
    wallets: [],
    walletOf: () => undefined,
    trades,
    baselines: [buyAndHold(path, 10_000, 0.001), dollarCostAverage(path, 10_000, 0.001, period)],
    refused: { count: 2, fees_lamports: 152_000n, landings: [] },
    orders: { filled: trades.length, failed: 2 },
    warnings: [],
  }
}

const BARS = walk(40 * 288)
let input: ReportInput
let report: Awaited<ReturnType<typeof createReport>>
beforeAll(async () => {
  input = backtest(BARS)
  report = await createReport(input)
})

/** Rows of a CSV without quoted fields, by column. */
function rowsOf(csv: string): Record<string, string>[] {
  const [header, ...lines] = csv.trimEnd().split('\r\n')
  const names = header!.split(',')
  return lines.map(line => Object.fromEntries(line.split(',').map((cell, place) => [names[place]!, cell])))
}

const near = (actual: unknown, expected: number): void =>
  expect(Math.abs((actual as number) - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)))

describe('the figures', () => {
  it('equal a recomputation from trades.csv and the bars alone, to 1e-9', () => {
    const rows = rowsOf(report.files.get('trades.csv')!)
    let [cash, held, fees, next] = [10_000, 0, 0, 0]
    const equity = [10_000]
    for (let place = 0; place < BARS.count; place++) {
      while (next < rows.length && Date.parse(rows[next]!.time!) <= BARS.start_ms[place]! + FIVE_MINUTES) {
        const row = rows[next++]!
        const sign = row.side === 'buy' ? 1 : -1
        cash -= sign * Number(row.quote)
        held += sign * Number(row.base)
        fees += Number(row.fees_lamports) / 1e9
      }
      equity.push(cash + (held - fees) * BARS.close[place]!)
    }
    let [peak, depth] = [0, 0]
    for (const value of equity) {
      peak = Math.max(peak, value)
      depth = Math.max(depth, 1 - value / peak)
    }
    const daily = equity.filter((_, place) => place % 288 === 0)
    const returns = daily.slice(1).map((value, day) => value / daily[day]! - 1)
    const mean = returns.reduce((a, b) => a + b, 0) / returns.length
    const deviation = Math.sqrt(returns.reduce((sum, r) => sum + (r - mean) ** 2, 0) / (returns.length - 1))
    const { metrics, equity: told } = report.document
    near(told.end, equity.at(-1)!)
    near(metrics.totalReturn, equity.at(-1)! / 10_000 - 1)
    near(metrics.maxDrawdown, depth)
    near(metrics.sharpe, (mean / deviation) * Math.sqrt(365))

    const nets = rows.filter(row => row.netAverage !== '').map(row => Number(row.netAverage))
    const [won, lost] = [1, -1].map(sign => nets.reduce((sum, net) => sum + Math.max(0, sign * net), 0)) as [
      number,
      number,
    ]
    near(metrics.profitFactor, won / lost)
    near(metrics.hitRate, nets.filter(net => net > 0).length / nets.length)
    near(metrics.expectancy, (won - lost) / nets.length)
    const strategy = report.document.strategies[0]!
    const fifo = rows.reduce((sum, row) => sum + Number(row.grossFifo || 0), 0)
    near(Number(strategy.realised.fifo) / 1e6, fifo)
    const net = cash - 10_000 + held * BARS.close[BARS.count - 1]! - Number(strategy.fees) / 1e6
    // What is held is worth whole base units, rounded down.
    expect(Math.abs(Number(strategy.net) / 1e6 - net)).toBeLessThan(1.1e-6)
  })

  it('keep to the schema that is emitted, and say the same twice', async () => {
    const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(BacktestDocument)
    const parsed = JSON.parse(report.files.get('report.json')!)
    expect(validate(parsed), JSON.stringify(validate.errors)).toBe(true)
    expect((await createReport(backtest(BARS))).files).toEqual(report.files)
  })

  it('tell fees of failed transactions beside those of trades', () => {
    const { base_units, quote_units } = input.trades.at(-1)!.trade
    const price = Number(quote_units) / Number(base_units) / 1e-3
    expect(Number(report.document.costs.refused) / 1e6).toBeCloseTo(0.000_152 * price, 5)
    expect(report.document.costs.refused_lamports).toBe('152000')
    const { base, priority, tip, refused } = report.document.costs
    const all = [base, priority, tip, refused].reduce((sum, units) => sum + BigInt(units), 0n)
    expect(report.document.strategies.reduce((sum, { fees }) => sum + BigInt(fees), 0n)).toBe(all)
  })
})

describe('a strategy that stops early', () => {
  it('has it told, because every ratio counts the days without it', async () => {
    const early = { ...input, trades: input.trades.slice(0, 3) }
    const { document } = await createReport(early)
    expect(document.warnings).toEqual([
      'No trade after 2024-01-30 10:50 UTC: of the 40 days the last 40 had none, and every ratio counts them.',
    ])
    expect(report.document.warnings).toEqual([])
  })
})

describe('the page', () => {
  const page = (): string => report.files.get('report.html')!

  it('needs nothing from outside, and names who made its charts', () => {
    const ours = page().replace(/<script>[\s\S]*?<\/script>/g, '')
    expect(ours.match(/(src|href)="[^"]*"/g)).toEqual(['href="https://www.tradingview.com/"'])
    expect(ours).toContain('default-src &#39;none&#39;')
    expect(ours).not.toMatch(/url\(|@import/)
    expect(ours).toContain('TradingView Lightweight Charts')
    expect(page()).toContain('Licensed under Apache License 2.0')
  })

  it('shows names as they are written, and runs none of them', async () => {
    const evil = `</script><script>alert("x")</script><img src=x onerror='alert(1)'>&amp;`
    const { files } = await createReport(backtest(BARS, { pipeline: evil, node: evil }))
    const text = files.get('report.html')!
    expect(text).not.toContain('<script>alert')
    expect(text).not.toContain('<img')
    expect(text).toContain('&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;amp;')
    // The library, the drawing and the data: no further script.
    expect(text.match(/<script[ >]/g)).toHaveLength(page().match(/<script[ >]/g)!.length)
  })

  it('draws every curve in order of time, and each trade in a candle that is there', () => {
    const json = /<script type="application\/json" id="chart-data">(.*?)<\/script>/.exec(page())![1]!
    const drawn: Record<string, { readonly time: number }[]> = {}
    const library: ChartLibrary = {
      LineSeries: 'line',
      BaselineSeries: 'baseline',
      CandlestickSeries: 'candles',
      createChart: () => ({
        addSeries: kind => ({
          setData: points => {
            drawn[`${kind} ${Object.keys(drawn).length}`] = points as { time: number }[]
          },
          applyOptions: () => undefined,
        }),
        applyOptions: () => undefined,
        panes: () => [],
        subscribeCrosshairMove: () => undefined,
        timeScale: () => ({ fitContent: () => undefined }),
      }),
      createSeriesMarkers: (_, markers) => {
        drawn.markers = markers as { time: number }[]
        return { setMarkers: () => undefined }
      },
    } as ChartLibrary
    const browser: Browser = {
      document: { getElementById: () => ({ textContent: '' }), documentElement: {} },
      getComputedStyle: () => ({ getPropertyValue: () => ' #000000 ' }),
      matchMedia: () => ({ addEventListener: () => undefined }),
    }
    drawCharts(JSON.parse(json), library, browser)
    const { markers, ...series } = drawn
    expect(Object.keys(series)).toHaveLength(5)
    for (const points of Object.values(series)) {
      expect(points.length).toBeGreaterThan(100)
      expect(points.every(({ time }, place) => place === 0 || time > points[place - 1]!.time)).toBe(true)
    }
    const candles = Object.entries(series).find(([name]) => name.startsWith('candles'))![1]
    const times = new Set(candles.map(({ time }) => time))
    expect(markers!.length).toBeGreaterThan(0)
    expect(markers!.every(({ time }) => times.has(time))).toBe(true)
  })

  it('of a run without a trade says what is not known, and has no NaN', async () => {
    const bars = walk(300)
    const equity = new EquityMeter()
    for (let place = 0; place < bars.count; place++) equity.observe(bars.start_ms[place]!, 10_000)
    const quiet = { ...backtest(bars), equity, tally: new TradeTally(USDC), trades: [], baselines: [], orders: {} }
    const { document, files } = await createReport(quiet)
    expect(document.metrics.sharpe).toEqual({ notAvailable: '1 days, 14 are needed' })
    const text = files.get('report.html')!.replace(/<script[\s\S]*?<\/script>/g, '')
    expect(text).not.toMatch(/NaN|Infinity|undefined|null/)
    expect(text).toContain('N/A')
    expect(terminalSummary(document)).toContain('N/A: 1 days, 14 are needed')
  })
})

describe('trades.csv', () => {
  it('holds each trade, and no formula a spreadsheet would run', () => {
    const rows = rowsOf(report.files.get('trades.csv')!)
    expect(rows).toHaveLength(input.trades.length)
    expect(rows[0]).toMatchObject({ side: 'buy', quote: '5000', pair: 'SOL/USDC', key: "'=bar 10", netAverage: '' })
    expect(Number(rows[1]!.closedBase)).toBeCloseTo(Number(rows[0]!.base) / 2, 8)
  })
})

describe('candles of the price chart', () => {
  it.each([10, 100, 1_000, 5_000])('are at most %d, and keep every high and low', max => {
    const { candles, interval_ms } = priceCandles(BARS, max)
    expect(candles.length).toBeLessThanOrEqual(max)
    expect(Math.max(...candles.map(candle => candle[2]))).toBe(Math.max(...BARS.high))
    expect(Math.min(...candles.map(candle => candle[3]))).toBe(Math.min(...BARS.low))
    expect(candles.at(-1)![4]).toBe(BARS.close[BARS.count - 1])
    expect(candles.every(([start]) => start % interval_ms === 0)).toBe(true)
  })
})

describe('the terminal', () => {
  it('shows a curve as high as it is, in equal stretches of time', () => {
    const curve = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(at => [at, at] as const)
    expect(sparkline(curve, 8)).toBe('▂▃▄▅▅▆▇█')
    expect(
      sparkline(
        [
          [0, 5],
          [1, 5],
        ],
        4,
      ),
    ).toBe('▄▄▄▄')
    expect(
      sparkline(
        [
          [0, 1],
          [90, 1],
          [100, 9],
        ],
        10,
      ),
    ).toBe('▁▁▁▁▁▁▁▁▁█')
    expect(sparkline([], 4)).toBe('')
    // What went before within a stretch still counts for the scale: noise after it stays flat.
    expect(
      sparkline(
        [
          [0, 0],
          [1, 100],
          [50, 50],
          [100, 50.01],
        ],
        4,
      ),
    ).toBe('█▅▅▅')
  })

  it('tells a backtest within its width, in one look', () => {
    const lines = terminalSummary(report.document).split('\n')
    expect(lines[0]).toBe('halves on SOL/USDC, 2024-01-30 to 2024-03-10 (40 days)')
    expect(lines[1]).toHaveLength(72)
    expect(lines.join('\n')).toMatch(/buy and hold [+−]\d+\.\d\d.%/)
  })
})
