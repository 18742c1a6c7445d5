import { mulDiv } from '../money/rounding.ts'

/** `average`: one lot, whose cost is the mean of what is held. `fifo`: what was bought first is sold first. */
export type CostMethod = 'average' | 'fifo'

/** What is held and what it cost. Negative units: more was sold than bought, out of what the wallet already had. */
export interface Holding {
  /** Base units of the base token, signed. */
  readonly units: bigint
  /** Quote units paid for them; for negative units what their sale brought, negative as well. */
  readonly cost_units: bigint
  /** Network fees of having come into them. */
  readonly fees_units: bigint
}

/** What a trade closed of a holding. Absolute figures in quote units. */
export interface Closing {
  readonly units: bigint
  /** When the oldest part of it was come into, milliseconds. */
  readonly openedAt: number
  readonly direction: 'long' | 'short'
  /** Bought for, and sold for; fees apart. */
  readonly bought_units: bigint
  readonly sold_units: bigint
  /** Of both ends, pro rata. */
  readonly fees_units: bigint
}

interface Lot {
  units: bigint
  cost: bigint
  fees: bigint
  readonly at: number
}

/**
 * Lots of one token, of either sign. Whatever the method, nothing is lost to rounding: the parts a closing takes from a
 * lot and what stays add up to the lot.
 */
export class Lots {
  readonly method: CostMethod
  readonly #lots: Lot[] = []
  #first = 0

  constructor(method: CostMethod) {
    this.method = method
  }

  /**
   * @param units bought (above zero) or sold (below), never zero
   * @param quote_units paid or received, not negative
   * @returns what it closed; undefined when it only added
   */
  trade(units: bigint, quote_units: bigint, fees_units: bigint, at: number): Closing | undefined {
    let open = absolute(units)
    let quote = quote_units
    let fees = fees_units
    const closed = { units: 0n, own: 0n, cost: 0n, fees: 0n }
    const oldest = this.#lots[this.#first]
    while (open > 0n) {
      const lot = this.#lots[this.#first]
      if (lot === undefined || lot.units > 0n === units > 0n) break
      const taken = smaller(open, absolute(lot.units))
      const part = this.#take(lot, taken)
      const ownQuote = shareOf(quote, taken, open)
      const ownFees = shareOf(fees, taken, open)
      closed.units += taken
      closed.own += ownQuote
      closed.cost += part.cost
      closed.fees += part.fees + ownFees
      quote -= ownQuote
      fees -= ownFees
      open -= taken
    }
    if (open > 0n) this.#add(units > 0n ? open : -open, units > 0n ? quote : -quote, fees, at)
    if (closed.units === 0n || oldest === undefined) return undefined
    return {
      units: closed.units,
      openedAt: oldest.at,
      direction: units < 0n ? 'long' : 'short',
      bought_units: units < 0n ? closed.cost : closed.own,
      sold_units: units < 0n ? closed.own : closed.cost,
      fees_units: closed.fees,
    }
  }

  get isEmpty(): boolean {
    return this.#first === this.#lots.length
  }

  holding(): Holding {
    const sum = { units: 0n, cost_units: 0n, fees_units: 0n }
    for (let index = this.#first; index < this.#lots.length; index++) {
      const lot = this.#lots[index]!
      sum.units += lot.units
      sum.cost_units += lot.cost
      sum.fees_units += lot.fees
    }
    return sum
  }

  /** Takes so many units (absolute) out of the first lot, with their share of cost and fees (absolute). */
  #take(lot: Lot, taken: bigint): { readonly cost: bigint; readonly fees: bigint } {
    const held = absolute(lot.units)
    const cost = shareOf(absolute(lot.cost), taken, held)
    const fees = shareOf(lot.fees, taken, held)
    const sign = lot.units > 0n ? 1n : -1n
    lot.units -= sign * taken
    lot.cost -= sign * cost
    lot.fees -= fees
    if (lot.units === 0n) this.#drop()
    return { cost, fees }
  }

  #add(units: bigint, cost: bigint, fees: bigint, at: number): void {
    const lot = this.#lots[this.#first]
    if (this.method === 'fifo' || lot === undefined) {
      this.#lots.push({ units, cost, fees, at })
      return
    }
    lot.units += units
    lot.cost += cost
    lot.fees += fees
  }

  /** Forgets the first lot; the list is shortened now and then, not each time. */
  #drop(): void {
    this.#first++
    if (this.#first * 2 < this.#lots.length) return
    this.#lots.splice(0, this.#first)
    this.#first = 0
  }
}

function shareOf(value: bigint, part: bigint, whole: bigint): bigint {
  // Mostly all of it.
  return part === whole ? value : mulDiv(value, part, whole, 'half-even')
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value
}

function smaller(a: bigint, b: bigint): bigint {
  if (a < b) return a
  return b
}
