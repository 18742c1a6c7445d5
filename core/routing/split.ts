import type { Curve } from './curve.ts'

/** One leg of a split: so much into one curve. */
export interface Leg {
  readonly curve: Curve
  readonly input: bigint
  readonly output: bigint
}

export interface Split {
  readonly legs: readonly Leg[]
  readonly output: bigint
  /** Output less what each used curve costs to land, in output units: what the split was chosen by. */
  readonly net: bigint
}

export interface SplitOptions {
  /** Legs at least, 1 unless given. */
  readonly minLegs?: number
  /** Legs at most. */
  readonly maxLegs: number
  /** Input units that every leg takes at least, 0 unless given. */
  readonly leastPerLeg?: bigint
  /** What using a curve costs whatever the size (its share of fees, rent), in output units. */
  readonly fixedCost: (curve: Curve) => bigint
  /** What curves have answered already; shared by who asks for several splits of one input. */
  readonly answers?: Answers
}

/** What curves answer, asked once each. */
export class Answers {
  readonly #known = new Map<Curve, Map<bigint, bigint | undefined>>()

  out(curve: Curve, amount: bigint): bigint | undefined {
    if (amount === 0n) return 0n
    const known = this.#known.get(curve) ?? new Map<bigint, bigint | undefined>()
    this.#known.set(curve, known)
    if (known.has(amount)) return known.get(amount)
    const output = curve.out(amount)
    known.set(amount, output)
    return output
  }
}

/**
 * The division of `input` over the curves that leaves most after fixed costs; undefined when no curve takes it.
 *
 * Outputs are concave, so for a given set of curves the optimum has equal marginal rates: steps of input/32 go to
 * whichever curve pays most for the next one. Every set of up to `maxLegs` curves is tried so; the best few are then
 * made exact: ever smaller steps move from the curve that loses least by one to the curve that gains most, until none
 * gains. Asking a curve is what costs: a concentrated pool walks its ticks.
 */
export function bestSplit(curves: readonly Curve[], input: bigint, options: SplitOptions): Split | undefined {
  const { fixedCost, leastPerLeg = 0n, answers = new Answers() } = options
  const netOf = (legs: readonly Leg[]): Split => {
    const output = legs.reduce((sum, leg) => sum + leg.output, 0n)
    return { legs, output, net: legs.reduce((rest, leg) => rest - fixedCost(leg.curve), output) }
  }
  const coarse: { readonly division: Division; readonly net: bigint }[] = []
  for (const subset of subsets(curves, options.minLegs ?? 1, options.maxLegs)) {
    if (sharesPool(subset)) continue
    const division = new Division(subset, answers, leastPerLeg)
    if (division.fill(input)) coarse.push({ division, net: netOf(division.legs()).net })
  }
  // Sorting keeps the order of equals: a tie goes to fewer legs, which were tried first and are cheaper to land.
  const promising = coarse.toSorted((a, b) => (a.net > b.net ? -1 : a.net < b.net ? 1 : 0)).slice(0, REFINED)
  let best: Split | undefined
  for (const { division } of promising) {
    division.refine(input)
    const split = netOf(division.legs())
    if (!best || split.net > best.net) best = split
  }
  return best
}

const COARSE_STEPS = 32n
/** Sets made exact: a coarse division is off by the square of its step, so the best is among the first few. */
const REFINED = 3
/** Steps shrink by this factor down to input / 131,072: the loss left is of second order, far under a basis point. */
const SHRINK = 4n
const ROUNDS = 6

/** So much for each of some curves. */
class Division {
  readonly #curves: readonly Curve[]
  readonly #answers: Answers
  readonly #least: bigint
  readonly #amounts: bigint[]

  constructor(curves: readonly Curve[], answers: Answers, least: bigint) {
    this.#curves = curves
    this.#answers = answers
    this.#least = least
    this.#amounts = curves.map(() => least)
  }

  /** Hands the input out in steps. False when the curves do not take all of it. */
  fill(input: bigint): boolean {
    if (this.#curves.length === 1) {
      this.#amounts[0] = input
      return this.#out(0, input) !== undefined
    }
    let step = input / COARSE_STEPS || 1n
    for (let left = input - this.#least * BigInt(this.#curves.length); left > 0n; ) {
      const part = left < step * 2n ? left : step
      const winner = this.#largest(index => this.#change(index, part))
      if (winner !== undefined) {
        this.#amounts[winner.index]! += part
        left -= part
      } else if (step > 1n && step * COARSE_STEPS * COARSE_STEPS > input) {
        // Near what the curves hold, smaller steps still find room.
        step = step / SHRINK || 1n
      } else return false
    }
    return this.#amounts.every((amount, index) => this.#out(index, amount) !== undefined)
  }

  /** Moves ever smaller steps from one curve to another while that gains. */
  refine(input: bigint): void {
    let step = input / COARSE_STEPS / SHRINK
    for (let round = 0; round < ROUNDS && step > 0n; round++, step /= SHRINK) {
      while (this.#moveOne(step));
    }
  }

  legs(): readonly Leg[] {
    return this.#curves.flatMap((curve, index) => {
      const input = this.#amounts[index]!
      return input === 0n ? [] : [{ curve, input, output: this.#out(index, input) ?? 0n }]
    })
  }

  #moveOne(step: bigint): boolean {
    const from = this.#largest(index =>
      this.#amounts[index]! < step + this.#least ? undefined : this.#change(index, -step),
    )
    const to = this.#largest(index => (index === from?.index ? undefined : this.#change(index, step)))
    if (!from || !to || from.value + to.value <= 0n) return false
    this.#amounts[from.index]! -= step
    this.#amounts[to.index]! += step
    return true
  }

  #largest(valued: (index: number) => bigint | undefined): { index: number; value: bigint } | undefined {
    let best: { index: number; value: bigint } | undefined
    for (let index = 0; index < this.#curves.length; index++) {
      const value = valued(index)
      if (value !== undefined && (!best || value > best.value)) best = { index, value }
    }
    return best
  }

  /** What a curve's output changes by with so much more or less input. */
  #change(index: number, by: bigint): bigint | undefined {
    const now = this.#out(index, this.#amounts[index]!)
    const then = this.#out(index, this.#amounts[index]! + by)
    return now === undefined || then === undefined ? undefined : then - now
  }

  #out(index: number, amount: bigint): bigint | undefined {
    return this.#answers.out(this.#curves[index]!, amount)
  }
}

/** Two legs through one pool would move it twice: each was quoted as if it were alone. */
function sharesPool(curves: readonly Curve[]): boolean {
  const pools = curves.flatMap(curve => curve.pools)
  return new Set(pools).size < pools.length
}

/** Every set of `least` to `most` curves, small sets first. */
function* subsets(curves: readonly Curve[], least: number, most: number): Generator<readonly Curve[]> {
  for (let wanted = least; wanted <= Math.min(most, curves.length); wanted++) yield* choose(curves, wanted)
}

function* choose(curves: readonly Curve[], size: number, from = 0): Generator<readonly Curve[]> {
  if (size === 0) yield []
  else
    for (let index = from; index <= curves.length - size; index++)
      for (const rest of choose(curves, size - 1, index + 1)) yield [curves[index]!, ...rest]
}
