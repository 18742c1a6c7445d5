import { type Price, priceFromNumber } from '../money/price.ts'
import { type Pair, sameToken, type Token } from '../money/token.ts'

/** A token, and what it is worth: the price of a pair (or one divided by it) times what the pair's other token is worth. */
interface Step {
  readonly token: Token
  /** The place of the pair among the pairs. */
  readonly pair: number
  readonly isBase: boolean
  /** The pair's other token: its place among the steps, which is before this one. */
  readonly by: number
}

/** What tokens are worth in one of them, by the prices of pairs that lead there, the shortest way. */
export class Valuation {
  readonly quote: Token
  readonly #steps: readonly Step[]
  readonly #places: ReadonlyMap<string, number>
  readonly #worths: Float64Array

  /** @param pairs the quote of the first is what all is valued in */
  constructor(pairs: readonly [Pair, ...Pair[]]) {
    this.quote = pairs[0].quote
    this.#steps = stepsTo(this.quote, pairs)
    this.#places = new Map(this.#steps.map(({ token }, place) => [token.mint, place]))
    this.#worths = new Float64Array(this.#steps.length)
  }

  /** All tokens that it can value. */
  get tokens(): readonly Token[] {
    return this.#steps.map(({ token }) => token)
  }

  values({ mint }: Token): boolean {
    return this.#places.has(mint)
  }

  /** Takes the prices of all pairs, in their order, quote per base. */
  see(prices: ArrayLike<number>): void {
    this.#worths[0] = 1
    for (let place = 1; place < this.#steps.length; place++) {
      const { pair, isBase, by } = this.#steps[place]!
      this.#worths[place] = this.#worths[by]! * (isBase ? prices[pair]! : 1 / prices[pair]!)
    }
  }

  /** Whole quote tokens for a whole token, by the prices that were seen last; NaN for one that it can not value. */
  worth({ mint }: Token): number {
    const place = this.#places.get(mint)
    return place === undefined ? Number.NaN : this.#worths[place]!
  }

  /** The same as a price; undefined for a token that it can not value, and for the quote itself. */
  price(token: Token): Price | undefined {
    if (!this.values(token) || sameToken(token, this.quote)) return undefined
    return priceFromNumber({ base: token, quote: this.quote }, this.worth(token))
  }
}

function stepsTo(quote: Token, pairs: readonly Pair[]): readonly Step[] {
  const steps: Step[] = [{ token: quote, pair: -1, isBase: false, by: -1 }]
  for (let by = 0; by < steps.length; by++) {
    const { token: known } = steps[by]!
    for (const [pair, { base, quote: other }] of pairs.entries()) {
      for (const [token, beside, isBase] of [[base, other, true] as const, [other, base, false] as const]) {
        if (!sameToken(beside, known) || steps.some(step => sameToken(step.token, token))) continue
        steps.push({ token, pair, isBase, by })
      }
    }
  }
  return steps
}
