import { EquityMeter, type EquitySummary } from './equity-meter.ts'

/** What the same money would have done without a strategy. */
export interface Baseline {
  readonly name: 'buy-and-hold' | 'dca'
  /** How it was computed, a sentence. */
  readonly description: string
  readonly equity: EquitySummary
  readonly meter: EquityMeter
}

/** A price of base in quote at a time; bars by their close. */
export type PricePath = Iterable<{ readonly at: number; readonly price: number }>

/**
 * Everything bought at the first price, and held.
 *
 * @param cost share of the money that buying costs, 0.003 for 30 bps
 */
export function buyAndHold(path: PricePath, money: number, cost: number): Baseline {
  const meter = new EquityMeter()
  let held = Number.NaN
  for (const { at, price } of path) {
    if (Number.isNaN(held)) {
      meter.observe(at, money)
      held = (money * (1 - cost)) / price
    } else meter.observe(at, held * price)
  }
  const description = `All bought at the first price for ${percent(cost)} of costs, and held.`
  return { name: 'buy-and-hold', description, equity: meter.summary(), meter }
}

/**
 * Equal parts bought at equal intervals from the first price on, the last one interval before the end; nothing is sold.
 *
 * @param period from the first price to the last, milliseconds since the Unix epoch
 */
export function dollarCostAverage(
  path: PricePath,
  money: number,
  cost: number,
  period: { readonly from_ms: number; readonly to_ms: number; readonly every_ms: number },
): Baseline {
  const parts = Math.max(1, Math.ceil((period.to_ms - period.from_ms) / period.every_ms))
  const part = money / parts
  const meter = new EquityMeter()
  let bought = 0
  let held = 0
  for (const { at, price } of path) {
    meter.observe(at, money - bought * part + held * price)
    while (bought < parts && at >= period.from_ms + bought * period.every_ms) {
      held += (part * (1 - cost)) / price
      bought++
    }
  }
  const days = Math.round(period.every_ms / 86_400_000)
  const description = `${parts} equal parts bought ${days === 1 ? 'each day' : `every ${days} days`} for ${percent(cost)} of costs each, and held.`
  return { name: 'dca', description, equity: meter.summary(), meter }
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(4))} %`
}
