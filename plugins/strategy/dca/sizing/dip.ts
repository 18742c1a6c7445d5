import {
  type Amount,
  formatPrice,
  mulDiv,
  type PluginContext,
  type Price,
  priceToNumber,
} from '../../../../core/index.ts'
import type { Slot } from '../calendar.ts'
import type { Ledger } from '../ledger.ts'
import type { Sizing, Wanted } from './sizing.ts'

const STATE = 'reference'
const HUNDREDTHS = 100n

export interface DipOptions {
  readonly amount: Amount
  /** Time constant of the average, and how long it is watched before it counts. */
  readonly reference_ms: number
  readonly perPercent: number
  readonly most: number
  readonly least: number
}

/** An average of prices, weighted by time, as it stood after the last of them. */
interface Average {
  readonly value: number
  /** The last price, and when it came. */
  readonly price: number
  readonly at: number
  /** When the first came. */
  readonly since: number
}

/**
 * More below a reference, within bounds. The reference is the exponential average of the price over time: a price that
 * stood for dt moves it by (price − average) × (1 − e^(−dt ÷ period)). It outlives the process: it is committed with each
 * order, and goes on from there.
 */
export class DipWeights implements Sizing {
  readonly #context: Pick<PluginContext, 'clock' | 'state'>
  readonly #options: DipOptions
  #average: Average | undefined
  #price: Price | undefined

  constructor(context: Pick<PluginContext, 'clock' | 'state'>, options: DipOptions) {
    this.#context = context
    this.#options = options
    this.#average = context.state.get<Average>(STATE)
  }

  onPrice({ price, at }: { readonly price: Price; readonly at: number }): void {
    this.#price = price
    const now = priceToNumber(price)
    const before = this.#average
    this.#average = before
      ? { ...before, value: this.#valueAt(at), price: now, at }
      : { value: now, price: now, at, since: at }
    this.#context.state.set(STATE, this.#average)
  }

  size(_slot: Slot, _ledger: Ledger): Wanted {
    if (!this.#price || !this.#average) return 'wait'
    const { amount, reference_ms, perPercent, most, least } = this.#options
    const now = this.#context.clock.now()
    const watched_ms = now - this.#average.since
    if (watched_ms < reference_ms) {
      return { side: 'buy', units: amount.units, why: 'the reference is not watched long enough yet: × 1' }
    }
    const reference = this.#valueAt(now)
    const belowPercent = ((reference - priceToNumber(this.#price)) / reference) * 100
    const times = Math.min(most, Math.max(least, 1 + perPercent * belowPercent))
    const hundredths = BigInt(Math.round(times * Number(HUNDREDTHS)))
    const units = mulDiv(amount.units, hundredths, HUNDREDTHS, 'down')
    const side = belowPercent >= 0 ? 'below' : 'above'
    const why = `${formatPrice(this.#price)} is ${Math.abs(belowPercent).toFixed(2)} % ${side} the reference of ${reference.toPrecision(6)}: × ${Number(times.toFixed(2))}`
    return { side: 'buy', units, why }
  }

  detail(): string {
    return this.#average ? `reference ${this.#average.value.toPrecision(6)}` : 'no price yet'
  }

  /** The average at a time after the last price, which has stood since. */
  #valueAt(time_ms: number): number {
    if (!this.#average) return Number.NaN
    const { value, price, at } = this.#average
    return price + (value - price) * Math.exp(-Math.max(0, time_ms - at) / this.#options.reference_ms)
  }
}
