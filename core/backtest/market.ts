import type { IntentEvent } from '../events/event.ts'
import type { Pair } from '../money/token.ts'
import type { QuoteRequest } from '../plugin/venue.ts'
import type { Random } from '../time/random.ts'
import type { VirtualClock } from '../time/virtual-clock.ts'
import type { BarClosed } from './account.ts'
import type { Afterwards } from './afterwards.ts'
import type { BarSeries } from './bars.ts'
import { createFillModel, type FillChoice } from './fills/create-fill-model.ts'
import type { FillModel, LandsAfter } from './fills/fill-model.ts'
import { tradesPair } from './fills/reasons.ts'
import { Replay, type ReplayOptions } from './replay/replay.ts'
import { SLOT_MS } from './slot.ts'

/** The bars of a pair, and how orders are filled on it. */
export interface MarketData {
  readonly bars: BarSeries
  readonly fill: FillChoice
}

/** A pair of a backtest: what stands in for its market, and who brings its bars to pass. */
export interface Market extends MarketData {
  readonly model: FillModel
  readonly replay: Replay
}

/** Of several pairs each has a replay of its own on one clock, which brings all of them in order of time. */
export function openMarket(
  { bars, fill }: MarketData,
  world: Pick<ReplayOptions, 'afterwards' | 'onBarEnd' | 'onTurn'> & {
    readonly clock: VirtualClock
    readonly random: Random
    readonly afterwards: Afterwards
    readonly landsAfter_slots?: LandsAfter | undefined
  },
): Market {
  const model = createFillModel(fill, {
    ...world,
    bars,
    onTraded: () => replay.moved(),
    onWaiting: () => replay.reconsider(),
  })
  const priceLag_ms = fill.model === 'pool' ? fill.priceLag_slots * SLOT_MS : 0
  const replay: Replay = new Replay({ ...world, bars, model, priceLag_ms })
  return { bars, fill, model, replay }
}

/** The market of a trade; the first for a trade that none of them is of. */
export function marketOf<Of extends Pick<Market, 'bars'>>(
  traded: Pick<IntentEvent | QuoteRequest, 'input' | 'output'>,
  markets: readonly [Of, ...Of[]],
): Of {
  return markets.find(({ bars }) => tradesPair(bars.pair, traded)) ?? markets[0]
}

export function pairsOf([first, ...more]: readonly [MarketData, ...MarketData[]]): readonly [Pair, ...Pair[]] {
  return [first.bars.pair, ...more.map(({ bars }) => bars.pair)]
}

/** Closes bars that nobody trades in any more, those of all pairs in order of time. @param from the first of each pair */
export function closeRest(series: readonly BarSeries[], from: readonly number[], closed: BarClosed): void {
  const next = [...from]
  const endOf = (pair: number): number => {
    const { count, interval_ms, start_ms } = series[pair]!
    return next[pair]! < count ? start_ms[next[pair]!]! + interval_ms : Number.POSITIVE_INFINITY
  }
  for (;;) {
    const ends = series.map((_, pair) => endOf(pair))
    const at_ms = Math.min(...ends)
    if (at_ms === Number.POSITIVE_INFINITY) return
    const pair = ends.indexOf(at_ms)
    closed(pair, series[pair]!.close[next[pair]!]!, at_ms)
    next[pair] = next[pair]! + 1
  }
}
