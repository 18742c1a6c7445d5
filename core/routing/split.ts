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
}

/**
 * The division of `input` over the curves that leaves most after fixed costs; undefined when no curve takes it.
 *
 * Outputs are concave, so for a given set of curves the optimum has equal marginal rates: steps of input/64 go to
 * whichever curve pays most for the next one, then ever smaller steps move from the worst last step to the best next
 * one until none gains. Sets are tried by growing: a set of k legs is worth more than one of k - 1 only if the leg pays
 * its fixed cost, so every set of up to `maxLegs` among the best curves is tried and the best net wins.
 */
export function bestSplit(curves: readonly Curve[], input: bigint, options: SplitOptions): Split | undefined {
  const memo = new Map<Curve, Map<bigint, bigint | undefined>>()
  const out = (curve: Curve, amount: bigint): bigint | undefined => {
    if (amount === 0n) return 0n
    const known = memo.get(curve) ?? new Map<bigint, bigint | undefined>()
    memo.set(curve, known)
    if (!known.has(amount)) known.set(amount, curve.out(amount))
    return known.get(amount)
  }
  let best: Split | undefined
  for (const subset of subsets(curves, options.minLegs ?? 1, options.maxLegs)) {
    if (sharesPool(subset)) continue
    const legs = divide(subset, input, options.leastPerLeg ?? 0n, out)
    if (!legs) continue
    const output = legs.reduce((sum, leg) => sum + leg.output, 0n)
    const net = legs.reduce((rest, leg) => rest - options.fixedCost(leg.curve), output)
    // A tie goes to fewer legs: they were tried first, and are cheaper to land.
    if (!best || net > best.net) best = { legs, output, net }
  }
  return best
}

const COARSE_STEPS = 64n
/** Steps shrink by this factor to input / 65,536: the loss left is of second order, far under a basis point. */
const SHRINK = 4n
const ROUNDS = 5

type Out = (curve: Curve, amount: bigint) => bigint | undefined

function divide(curves: readonly Curve[], input: bigint, least: bigint, out: Out): readonly Leg[] | undefined {
  const amounts = curves.map(() => least)
  const gain = (index: number, step: bigint): bigint => {
    const more = out(curves[index]!, amounts[index]! + step)
    const now = out(curves[index]!, amounts[index]!)
    return more === undefined || now === undefined ? -1n : more - now
  }
  const richest = (step: bigint, except = -1): number => {
    let winner = -1
    let most = -1n
    for (let index = 0; index < curves.length; index++) {
      const value = index === except ? -1n : gain(index, step)
      if (value > most) [winner, most] = [index, value]
    }
    return winner
  }
  if (curves.length === 1) amounts[0] = input
  else {
    let step = input / COARSE_STEPS || 1n
    for (let left = input - least * BigInt(curves.length); left > 0n; ) {
      const part = left < step * 2n ? left : step
      const winner = richest(part)
      if (winner < 0) return undefined
      amounts[winner] = amounts[winner]! + part
      left -= part
    }
    for (let round = 0; round < ROUNDS && step > 0n; round++, step /= SHRINK)
      rebalance(curves, amounts, step, least, out)
  }
  const legs: Leg[] = []
  for (const [index, curve] of curves.entries()) {
    if (amounts[index] === 0n) continue
    const output = out(curve, amounts[index]!)
    if (output === undefined) return undefined
    legs.push({ curve, input: amounts[index]!, output })
  }
  return legs
}

/** Moves `step` from one curve to another while that gains. */
function rebalance(curves: readonly Curve[], amounts: bigint[], step: bigint, least: bigint, out: Out): void {
  const value = (index: number, amount: bigint): bigint | undefined => out(curves[index]!, amount)
  for (let moved = true; moved; ) {
    moved = false
    for (let from = 0; from < curves.length; from++) {
      for (let to = 0; to < curves.length; to++) {
        if (from === to || amounts[from]! < step + least) continue
        const [taken, given] = [value(from, amounts[from]!), value(to, amounts[to]!)]
        if (taken === undefined || given === undefined) continue
        const left = value(from, amounts[from]! - step)
        const right = value(to, amounts[to]! + step)
        if (left === undefined || right === undefined || left + right <= taken + given) continue
        amounts[from] = amounts[from]! - step
        amounts[to] = amounts[to]! + step
        moved = true
      }
    }
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
