import { type Amount, amountOf, formatAmount, formatPrice, type Price } from '../../../../core/index.ts'
import { type GridPlan, wrong } from '../plan.ts'
import {
  bpsText,
  networkFeeAt,
  type PoolCost,
  type RoundTrip,
  roundTripOf,
  sizeForNetworkFee,
  type TradeCosts,
} from './costs.ts'
import { levelsByStep, linesOf, type PriceRange, partsOf, percentAround, smallestStepBps } from './spacing.ts'

/** Where the lines of a grid are, and what each level trades. */
export interface Layout {
  /** Scaled prices, rising; one more than there are levels. */
  readonly lines: readonly bigint[]
  /** Quote that each level buys with. */
  readonly size: Amount
  /** What one trade may lose against its line to pools and slippage, in parts of a million. */
  readonly toleranceParts: bigint
  readonly stepBps: number
  readonly cost: RoundTrip
}

/** Without a minimum size, network fees of a round trip are at most so much of it. */
const NETWORK_BPS_MAX = 10n
/** Beyond it a grid has no use, and keys and state grow. */
const LEVELS_MAX = 500
/** Without a minimum spread, a step is so many times what it costs. */
const COSTS_PER_STEP = 2

/**
 * Lays the lines of a grid over a range.
 *
 * @param funds quote to share out, at most the plan's budget
 * @throws PLUGIN_CONFIG_INVALID naming the field, for a range, budget and count that do not go together, and for a step
 *   that is not above what a round trip costs
 */
export function layOut(plan: GridPlan, range: PriceRange, funds: Amount, pool: PoolCost): Layout {
  const costs = costsOf(plan, range, pool)
  const levels = levelsOf(plan, range, funds, costs)
  const size = amountOf(funds.token, funds.units / BigInt(levels))
  if (plan.minimumSize && size.units < plan.minimumSize.units) {
    const most = funds.units / plan.minimumSize.units
    throw wrong(
      'stepBps' in Object(plan.count) ? 'stepBps' : 'levels',
      `${levels} levels share ${formatAmount(funds)}, ${formatAmount(size)} each: minimumSize is ${formatAmount(plan.minimumSize)}`,
      `At most ${most} levels of that size, or a larger budget.`,
    )
  }
  if (size.units === 0n) throw wrong('budget', `${formatAmount(funds)} can not be shared by ${levels} levels`)
  const lines = linesOf(range, levels, plan.spacing)
  const stepBps = smallestStepBps(lines)
  const cost = roundTripOf(costs, size)
  if (stepBps <= cost.bps) throw tooNarrow(plan, range, levels, stepBps, cost)
  return { lines, size, toleranceParts: partsOf(pool.bps + plan.slippageBps), stepBps, cost }
}

/** The range of a plan around a price that it may be relative to. */
export function rangeFor(plan: GridPlan, price: Price): PriceRange {
  return 'percent' in plan.range ? percentAround(price, plan.range.percent) : plan.range
}

function costsOf(plan: GridPlan, range: PriceRange, pool: PoolCost): TradeCosts {
  return {
    pool,
    slippageBps: plan.slippageBps,
    networkFee: plan.networkFee,
    networkFeeInQuote: networkFeeAt(range.upper, plan.networkFee),
  }
}

function levelsOf(plan: GridPlan, range: PriceRange, funds: Amount, costs: TradeCosts): number {
  const { count, spacing } = plan
  if (count !== 'most' && 'levels' in count) return count.levels
  if (count !== 'most') {
    const levels = levelsByStep(range, count.stepBps, spacing)
    if (levels === 0)
      throw wrong('stepBps', `${rangeText(range)} is narrower than one step of ${bpsText(count.stepBps)}`)
    if (levels > LEVELS_MAX) throw wrong('stepBps', `it makes ${levels} levels; there may be ${LEVELS_MAX}`)
    return levels
  }
  const minimum = plan.minimumSize ?? sizeForNetworkFee(costs, NETWORK_BPS_MAX)
  const bySize = minimum.units === 0n ? LEVELS_MAX : Number(funds.units / minimum.units)
  if (bySize === 0) throw wrong('budget', `${formatAmount(funds)} is less than one level of ${formatAmount(minimum)}`)
  const spreadBps = plan.minimumSpreadBps ?? COSTS_PER_STEP * roundTripOf(costs, minimum).bps
  const bySpread = levelsByStep(range, spreadBps, spacing)
  if (bySpread === 0) {
    throw wrong('minimumSpreadBps', `${rangeText(range)} is narrower than one step of ${bpsText(spreadBps)}`)
  }
  return Math.min(bySize, bySpread, LEVELS_MAX)
}

function tooNarrow(plan: GridPlan, range: PriceRange, levels: number, stepBps: number, cost: RoundTrip) {
  const field = plan.count === 'most' ? 'minimumSpreadBps' : 'levels' in plan.count ? 'levels' : 'stepBps'
  const most = levelsByStep(range, cost.bps * COSTS_PER_STEP, plan.spacing)
  const advice = most >= 1 ? `At most ${most} levels make steps of twice the cost` : 'No grid fits'
  return wrong(
    field,
    `${levels} levels in ${rangeText(range)} are ${bpsText(stepBps)} apart, which is not above what a round trip costs, ${cost.text}`,
    `${advice} in this range; or widen it.`,
  )
}

export function rangeText({ lower, upper }: PriceRange): string {
  return `${formatPrice(lower)} to ${formatPrice(upper)}`
}
