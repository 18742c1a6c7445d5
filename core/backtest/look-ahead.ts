import type { ForgeEvent } from '../events/event.ts'
import { toJson } from '../events/serialize.ts'
import type { Random } from '../time/random.ts'
import type { BarSeries } from './bars.ts'

/** What a pipeline has decided by a time, in the order it did. */
export type DecisionsOf = (series: Series, until_ms: number) => Promise<readonly string[]>

/** The bars of one pair, or of several. */
type Series = readonly [BarSeries, ...BarSeries[]]

/** A decision that was another one because of what had not happened yet. */
export interface LookAhead {
  /** When the futures part. */
  readonly cut_ms: number
  readonly decision: string
}

/**
 * Runs the pipeline over the same past with other futures: whoever decides otherwise before the cut has seen what comes
 * after it.
 *
 * @returns the first decision that differs at each cut; empty when there is none
 */
export async function findLookAhead(
  decisionsOf: DecisionsOf,
  series: Series,
  options: { readonly cuts: number; readonly random: Random },
): Promise<readonly LookAhead[]> {
  const found: LookAhead[] = []
  for (let round = 1; round <= options.cuts; round++) {
    const [{ count, start_ms }] = series
    const cut_ms = start_ms[Math.floor((count * round) / (options.cuts + 1))]!
    const random = options.random.fork(String(round))
    const seen = await decisionsOf(series, cut_ms)
    const other = await decisionsOf(otherFutures(series, cut_ms, random), cut_ms)
    const first = Math.max(seen.length, other.length)
    for (let index = 0; index < first; index++) {
      if (seen[index] === other[index]) continue
      found.push({ cut_ms, decision: seen[index] ?? other[index]! })
      break
    }
  }
  return found
}

/** Decisions among the events of a run: what was wanted, when and why. */
export function decisionText(event: ForgeEvent): string | undefined {
  return event.kind === 'intent' ? toJson(event) : undefined
}

/** Each with a future of its own: also what pairs have in common is another. */
function otherFutures([first, ...more]: Series, cut_ms: number, random: Random): Series {
  const cutOf = (bars: BarSeries): number => {
    const cut = bars.start_ms.findIndex(start_ms => start_ms >= cut_ms)
    return cut < 0 ? bars.count : cut
  }
  return [
    anotherFuture(first, cutOf(first), random),
    ...more.map((bars, place) => anotherFuture(bars, cutOf(bars), random.fork(`pair ${place + 2}`))),
  ]
}

/** The same bars until the cut; from there on their moves in another order, from the same price. */
function anotherFuture(bars: BarSeries, cut: number, random: Random): BarSeries {
  const order = Array.from({ length: bars.count - cut }, (_, index) => cut + index)
  for (let index = order.length - 1; index > 0; index--) {
    const other = random.int(index + 1)
    ;[order[index], order[other]] = [order[other]!, order[index]!]
  }
  const copy = (column: Float64Array): Float64Array => Float64Array.from(column)
  const [open, high, low, close] = [copy(bars.open), copy(bars.high), copy(bars.low), copy(bars.close)]
  let last = cut === 0 ? bars.open[0]! : bars.close[cut - 1]!
  for (let index = 0; index < order.length; index++) {
    const from = order[index]!
    const scale = last / bars.open[from]!
    open[cut + index] = last
    high[cut + index] = bars.high[from]! * scale
    low[cut + index] = bars.low[from]! * scale
    close[cut + index] = bars.close[from]! * scale
    last = close[cut + index]!
  }
  return { ...bars, open, high, low, close }
}
