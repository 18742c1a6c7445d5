import {
  type Amount,
  amountOf,
  bpsOf,
  formatAmount,
  formatPrice,
  mulDiv,
  type Pair,
  PRICE_DECIMALS,
  type Price,
  valueAt,
} from '../../../../core/index.ts'
import type { Slot } from '../calendar.ts'
import type { Ledger } from '../ledger.ts'
import type { Sizing, Wanted } from './sizing.ts'

/** Nearer to the target than this part of a slot's amount is near enough. */
const NEAR_BPS = 100
const PARTS = 1_000_000n

export interface ValuePathOptions {
  readonly pair: Pair
  readonly amount: Amount
  readonly growthPercent: number
  /** The most quote of one slot, either way. */
  readonly maximum: Amount
  readonly sells: boolean
}

/**
 * Value averaging: what was bought is to be worth so much at each slot, and a slot trades the difference. The target of
 * slot t, from 1, is amount × t × (1 + growth)^t. Source: Michael E. Edleson, "Value Averaging", 1988. It counts what
 * this strategy's own orders have brought; those of which nobody knows count as spent and bought.
 */
export class ValuePath implements Sizing {
  readonly #options: ValuePathOptions
  #price: Price | undefined

  constructor(options: ValuePathOptions) {
    this.#options = options
  }

  get sells(): boolean {
    return this.#options.sells
  }

  onPrice({ price }: { readonly price: Price }): void {
    this.#price = price
  }

  size(slot: Slot, ledger: Ledger): Wanted {
    const price = this.#price
    if (!price || ledger.hasOpen) return 'wait'
    const { pair, amount, maximum, sells } = this.#options
    const target = this.#targetOf(slot)
    const value = valueAt(price, amountOf(pair.base, ledger.held), 'down').units + ledger.unknown
    const texts = [target, value].map(units => formatAmount(amountOf(pair.quote, units)))
    const why = `target ${texts[0]}, held ${texts[1]} at ${formatPrice(price)}`
    const near = bpsOf(amount.units, NEAR_BPS, 'up')
    const atMost = (units: bigint): bigint => (units < maximum.units ? units : maximum.units)
    if (target - value > near) return { side: 'buy', units: atMost(target - value), why }
    const beyond = baseWorth(price, atMost(value > target ? value - target : 0n))
    if (!sells || value - target <= near || ledger.sellable === 0n) return { side: 'none', why }
    const isAll = beyond > ledger.sellable
    return { side: 'sell', units: isAll ? ledger.sellable : beyond, why }
  }

  detail(): string {
    return this.#price ? `price ${formatPrice(this.#price)}` : 'no price yet'
  }

  #targetOf({ index }: Slot): bigint {
    const { amount, growthPercent } = this.#options
    const number = index + 1
    const growth = BigInt(Math.round((1 + growthPercent / 100) ** number * Number(PARTS)))
    return mulDiv(amount.units * BigInt(number), growth, PARTS, 'down')
  }
}

/** Base units that so much quote is worth. */
function baseWorth({ pair, scaled }: Price, quote: bigint): bigint {
  return mulDiv(
    quote,
    10n ** BigInt(pair.base.decimals + PRICE_DECIMALS),
    scaled * 10n ** BigInt(pair.quote.decimals),
    'down',
  )
}
