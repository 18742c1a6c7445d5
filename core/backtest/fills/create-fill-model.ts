import type { Clock } from '../../time/clock.ts'
import type { Random } from '../../time/random.ts'
import type { BarSeries } from '../bars.ts'
import { BarFills } from './bar-fills.ts'
import type { FillModel, LandsAfter } from './fill-model.ts'
import { PoolFills } from './pool-fills.ts'

/** Which fill model, and what it is told of the market. */
export type FillChoice =
  | { readonly model: 'bar'; readonly feeBps: number }
  | {
      readonly model: 'pool'
      readonly feeBps: number
      /** Base units of the pair's base token at the first price. */
      readonly depth_units: bigint
      readonly latency_slots: number
      /** Slots after a move of the market until a source knows of it. */
      readonly priceLag_slots: number
      /** 0 to 1. */
      readonly failRate: number
    }

export function createFillModel(
  choice: FillChoice,
  world: {
    readonly bars: BarSeries
    readonly clock: Clock
    readonly random: Random
    readonly landsAfter_slots?: LandsAfter | undefined
    /** The pool stands elsewhere because of a trade of ours. */
    readonly onTraded: () => void
    /** An order has begun to wait for a bar to open. */
    readonly onWaiting: () => void
  },
): FillModel {
  const { bars, clock, random, landsAfter_slots, onTraded, onWaiting } = world
  const market = { pair: bars.pair, firstPrice: bars.open[0]!, feeBps: choice.feeBps }
  return choice.model === 'bar'
    ? new BarFills({ ...market, onWaiting })
    : new PoolFills({ ...market, ...choice, ...(landsAfter_slots && { landsAfter_slots }), clock, random, onTraded })
}
