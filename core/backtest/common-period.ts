import { ForgeError } from '../errors/forge-error.ts'
import { pairName } from '../money/token.ts'
import type { BarSeries } from './bars.ts'

/**
 * The bars of several pairs in the time that all of them have: before it something could be traded that can not be valued.
 *
 * @returns with them, a sentence for each pair that was cut
 * @throws BACKTEST_DATA_EMPTY when they have no time in common
 */
export function commonPeriod(series: readonly [BarSeries, ...BarSeries[]]): {
  readonly series: readonly [BarSeries, ...BarSeries[]]
  readonly cut: readonly string[]
} {
  if (series.length === 1) return { series, cut: [] }
  const from_ms = Math.max(...series.map(({ start_ms }) => start_ms[0] ?? Number.POSITIVE_INFINITY))
  const to_ms = Math.min(...series.map(endOf_ms))
  const cut: string[] = []
  const within = (bars: BarSeries): BarSeries => {
    const first = bars.start_ms.findIndex(start_ms => start_ms >= from_ms)
    const after = bars.start_ms.findIndex(start_ms => start_ms + bars.interval_ms > to_ms)
    const [from, to] = [first < 0 ? bars.count : first, after < 0 ? bars.count : after]
    if (to <= from) throw apart(series)
    if (from === 0 && to === bars.count) return bars
    const left = bars.count - (to - from)
    cut.push(`${left} bars of ${pairName(bars.pair)} are left out: other pairs have none of that time.`)
    const column = (of: Float64Array): Float64Array => of.subarray(from, to)
    const { close, high, low, open, start_ms } = bars
    return {
      ...bars,
      count: to - from,
      start_ms: column(start_ms),
      open: column(open),
      high: column(high),
      low: column(low),
      close: column(close),
    }
  }
  const [first, ...more] = series
  return { series: [within(first), ...more.map(within)], cut }
}

function endOf_ms({ count, interval_ms, start_ms }: BarSeries): number {
  return count === 0 ? Number.NEGATIVE_INFINITY : start_ms[count - 1]! + interval_ms
}

function apart(series: readonly BarSeries[]): ForgeError {
  const time = (at_ms: number): string => new Date(at_ms).toISOString().slice(0, 16)
  const periods = series
    .filter(({ count }) => count > 0)
    .map(bars => `${pairName(bars.pair)} ${time(bars.start_ms[0]!)} to ${time(endOf_ms(bars))}`)
  return new ForgeError('BACKTEST_DATA_EMPTY', {
    message: `the pairs have no time in common: ${periods.join(', ')}`,
    remedy: 'Give data of the same time for each pair.',
  })
}
