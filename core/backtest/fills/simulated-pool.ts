import { LazyPrice } from '../../money/lazy-price.ts'
import { tenTo } from '../../money/powers.ts'
import { PRICE_DECIMALS } from '../../money/price.ts'
import { mulDiv } from '../../money/rounding.ts'
import type { Pair } from '../../money/token.ts'
import {
  amountToReachPrice,
  type ConstantProductPool,
  integerSqrt,
  type PoolQuote,
  quoteExactIn,
  quoteExactOut,
  type Ratio,
} from '../../routing/constant-product.ts'
import type { Rate } from '../../routing/curve.ts'

/** A pool nearer to its price than this stays as it is: 0.1 bp. Source: the embedded chain's market maker. */
const TOLERANCE_PARTS = 100_000

type Side = 'base' | 'quote'

/**
 * A constant-product pool and who keeps it at the market's price.
 *
 * While nobody else trades, where it stands follows from the price alone (its product stays, but for the fees that the
 * market maker pays), so that its reserves are only worked out for a trade. From then on until the next move they are
 * what the trade has left, and the market maker's way back is a trade by the pool's own mathematics.
 */
export class SimulatedPool {
  readonly #pair: Pair
  readonly #feeBps: number
  /** Base × quote units. */
  #product: bigint
  /** The price it stands at, while nobody has traded since it was moved there. */
  #price: number
  #reserves: { base: bigint; quote: bigint } | undefined
  #isTraded = false

  constructor(options: {
    readonly pair: Pair
    readonly depth_units: bigint
    readonly feeBps: number
    readonly firstPrice: number
  }) {
    this.#pair = options.pair
    this.#feeBps = options.feeBps
    this.#price = options.firstPrice
    const { base, quote } = ratioOf(options.pair, options.firstPrice)
    this.#product = options.depth_units * mulDiv(options.depth_units, quote, base, 'down')
  }

  /** Brings it to a price. @returns whether it had to move */
  moveTo(price: number): boolean {
    const now = this.price()
    if (Math.abs(now - price) * TOLERANCE_PARTS < price) return false
    if (this.#isTraded) this.#makerTrades(price)
    else this.#reserves = undefined
    this.#price = price
    return true
  }

  /** The mid price it stands at, quote per base. */
  price(): number {
    if (!this.#isTraded) return this.#price
    const { base, quote } = this.#held()
    return (Number(quote) / Number(base)) * 10 ** (this.#pair.base.decimals - this.#pair.quote.decimals)
  }

  /** Mid price as a rate of who pays in `side`. */
  mid(side: Side): Rate {
    const { reserveIn, reserveOut } = this.#from(side)
    return { input: reserveIn, output: reserveOut }
  }

  quote(side: Side, units: bigint, exact: 'in' | 'out'): PoolQuote | undefined {
    return exact === 'in' ? quoteExactIn(this.#from(side), units) : quoteExactOut(this.#from(side), units)
  }

  /** Makes a trade that was quoted on this very state. */
  trade(side: Side, { amountIn, amountOut }: PoolQuote): void {
    const held = this.#held()
    if (side === 'base') this.#hold(held.base + amountIn, held.quote - amountOut)
    else this.#hold(held.base - amountOut, held.quote + amountIn)
    this.#isTraded = true
  }

  /** The market maker's trade after somebody else's; then the pool follows the price alone again. */
  #makerTrades(price: number): void {
    const target = ratioOf(this.#pair, price)
    const move = amountToReachPrice({ ...this.#held(), feeBps: this.#feeBps }, target)
    const trade = move && this.quote(move.side, move.amountIn, 'in')
    if (move && trade) this.trade(move.side, trade)
    const { base, quote } = this.#held()
    this.#product = base * quote
    this.#isTraded = false
  }

  #from(side: Side): ConstantProductPool {
    const { base, quote } = this.#held()
    const feeBps = this.#feeBps
    return side === 'base'
      ? { reserveIn: base, reserveOut: quote, feeBps }
      : { reserveIn: quote, reserveOut: base, feeBps }
  }

  #hold(base: bigint, quote: bigint): void {
    this.#reserves = { base, quote }
  }

  #held(): { readonly base: bigint; readonly quote: bigint } {
    if (this.#reserves) return this.#reserves
    const { base, quote } = ratioOf(this.#pair, this.#price)
    const baseUnits = integerSqrt((this.#product * base) / quote)
    this.#reserves = { base: baseUnits, quote: this.#product / baseUnits }
    return this.#reserves
  }
}

/** A price as a fraction of base units. */
function ratioOf(pair: Pair, price: number): Ratio {
  const { scaled } = new LazyPrice(pair, price)
  return {
    quote: scaled * tenTo(pair.quote.decimals),
    base: tenTo(PRICE_DECIMALS + pair.base.decimals),
  }
}
