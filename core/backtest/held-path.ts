import { sameToken, type Token } from '../money/token.ts'
import type { BarSeries } from './bars.ts'
import { Valuation } from './valuation.ts'

/**
 * The path of who only holds: the first open, then every close. Of several pairs it is what equal parts of all that could
 * be bought with the quote token have come to, as a multiple of the money at the start.
 */
export function* heldPath(
  series: readonly [BarSeries, ...BarSeries[]],
): Generator<{ readonly at: number; readonly price: number }> {
  const [first, ...others] = series
  if (others.length > 0) {
    yield* basketPath(series)
    return
  }
  yield { at: first.start_ms[0]!, price: first.open[0]! }
  for (let bar = 0; bar < first.count; bar++) {
    yield { at: first.start_ms[bar]! + first.interval_ms, price: first.close[bar]! }
  }
}

function* basketPath(series: readonly [BarSeries, ...BarSeries[]]): ReturnType<typeof heldPath> {
  const [first, ...others] = series
  const valuation = new Valuation([first.pair, ...others.map(({ pair }) => pair)])
  const prices = Float64Array.from(series, ({ open }) => open[0]!)
  valuation.see(prices)
  const held = basketOf(series, valuation).map(token => ({ token, units: 1 / valuation.worth(token) }))
  const worth = (): number => {
    valuation.see(prices)
    return held.reduce((sum, { token, units }) => sum + units * valuation.worth(token), 0) / held.length
  }
  yield { at: Math.min(...series.map(({ start_ms }) => start_ms[0]!)), price: worth() }
  const next = series.map(() => 0)
  const endOf = ({ count, interval_ms, start_ms }: BarSeries, pair: number): number =>
    next[pair]! < count ? start_ms[next[pair]!]! + interval_ms : Number.POSITIVE_INFINITY
  for (;;) {
    const ends = series.map(endOf)
    const at = Math.min(...ends)
    if (at === Number.POSITIVE_INFINITY) return
    for (const [pair, end] of ends.entries()) if (end === at) prices[pair] = series[pair]!.close[next[pair]!++]!
    yield { at, price: worth() }
  }
}

/** What could be held: the base of every pair, once. */
function basketOf(series: readonly BarSeries[], { quote }: Valuation): readonly Token[] {
  const tokens = series.map(({ pair }) => pair.base)
  return tokens.filter(
    (token, place) => !sameToken(token, quote) && tokens.findIndex(other => sameToken(other, token)) === place,
  )
}
