import { describe, expect, it } from 'vitest'
import { seriesOf } from '../../../../test/localnet/candle-series.ts'
import { seededRandom } from '../../../time/random.ts'
import { nanoUsdc } from '../prices.ts'
import { PRICE_RANGE } from './candles.ts'
import { pricePath } from './price-path.ts'
import { seededWalk } from './seeded-walk.ts'

const T0 = Date.UTC(2024, 0, 1)
const MINUTE = 60_000
const series = seriesOf('three.csv', T0, 5 * MINUTE, [
  [100, 110, 99, 105],
  [106, 107, 90, 91],
  [91, 92, 90, 91.5],
])

describe('the path through candles', () => {
  const path = pricePath(series)

  it('goes open, the nearer of low and high, the other, close; later opens one slot after the close before', () => {
    const points = Array.from({ length: 8 }, (_, index) => path.point(index)!)
    expect(points.map(point => [point.time_ms - T0, Number(point.price) / 1e9])).toEqual([
      [0, 100],
      [100_000, 99],
      [200_000, 110],
      [300_000, 105],
      [300_400, 106],
      [400_000, 107],
      [500_000, 90],
      [600_000, 91],
    ])
    expect(points.map(point => point.isClose)).toEqual([false, false, false, true, false, false, false, true])
  })

  it('ends with the last close', () => {
    expect(path.end_ms).toBe(T0 + 15 * MINUTE)
    expect(path.point(11)).toMatchObject({ time_ms: T0 + 15 * MINUTE, price: nanoUsdc(91.5) })
    expect(path.point(12)).toBeUndefined()
    expect(path.current(T0 + 100 * 24 * 60 * MINUTE).index).toBe(11)
  })

  it('knows the point of any time, without having gone there', () => {
    expect(path.current(T0 - 1).index).toBe(0)
    for (let time_ms = T0; time_ms < path.end_ms; time_ms += 333) {
      const here = path.current(time_ms)
      expect(here.time_ms).toBeLessThanOrEqual(time_ms)
      const next = path.point(here.index + 1)
      if (next) expect(next.time_ms).toBeGreaterThan(time_ms)
    }
  })

  it('keeps its points in order for candles as short as a second', () => {
    const short = pricePath({ ...series, interval_ms: 1_000 })
    for (let index = 1; index < 12; index++) {
      expect(short.point(index)!.time_ms).toBeGreaterThan(short.point(index - 1)!.time_ms)
    }
  })
})

describe('the seeded walk', () => {
  it('is the same for the same seed, another for another, and in any order of asking', () => {
    const [one, same, other] = ['1', '1', '2'].map(seed => seededWalk(seededRandom(seed)))
    const forward = Array.from({ length: 300 }, (_, index) => one!.at(index))
    expect(forward.toReversed().map(candle => same!.at((candle.start_ms - one!.start_ms) / 300_000))).toEqual(
      forward.toReversed(),
    )
    expect(other!.at(10)).not.toEqual(forward[10])
  })

  it('starts on 2025-01-01 at 190 USDC and makes candles that touch each other and hold their own prices', () => {
    const walk = seededWalk(seededRandom('shape'))
    let close = 190
    for (let index = 0; index < 2_000; index++) {
      const candle = walk.at(index)
      expect(candle.start_ms).toBe(Date.UTC(2025, 0, 1) + index * 300_000)
      expect(candle.open).toBe(close)
      expect(candle.low).toBeLessThanOrEqual(Math.min(candle.open, candle.close))
      expect(candle.high).toBeGreaterThanOrEqual(Math.max(candle.open, candle.close))
      close = candle.close
    }
  })

  it('moves like SOL: 60 to 100 % volatility a year, and within the range of the market for years', () => {
    const walk = seededWalk(seededRandom('volatility'))
    let sum = 0
    let [lowest, highest] = [Number.POSITIVE_INFINITY, 0]
    const count = 3 * 105_120
    for (let index = 0; index < count; index++) {
      const { open, close, low, high } = walk.at(index)
      sum += Math.log(close / open) ** 2
      lowest = Math.min(lowest, low)
      highest = Math.max(highest, high)
    }
    const yearly = Math.sqrt((sum / count) * 105_120)
    expect(yearly).toBeGreaterThan(0.6)
    expect(yearly).toBeLessThan(1)
    expect(lowest).toBeGreaterThan(PRICE_RANGE.min)
    expect(lowest).toBeGreaterThan(50)
    expect(highest).toBeLessThan(700)
  })
})
