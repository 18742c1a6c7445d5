import { type AllInCost, allInCost, type Landing, type VenueFees } from './cost.ts'
import { type Curve, chain, convert, type Rate } from './curve.ts'
import { Answers, bestSplit, type Leg } from './split.ts'

/** One complete way to make the trade, with what it leaves in the wallet. */
export interface Candidate {
  readonly kind: 'direct' | 'two-hop' | 'split' | 'aggregator'
  readonly label: string
  readonly legs: readonly Leg[]
  /** Quoted output of all legs, in units. */
  readonly output: bigint
  readonly cost: AllInCost
}

export interface CandidateContext {
  /** Output per input before any trade: the yardstick of every cost. */
  readonly mid: Rate
  readonly maxLegs: number
  /** What landing these legs costs: in one transaction, unless told which of them each of several trades in turn. */
  landing(legs: readonly Leg[], transactions?: readonly (readonly number[])[]): Landing
}

/** Chains tried for each intermediate token: the best few of each side, since the others can not win. */
const CHAINS_PER_SIDE = 3

/** Two-hop curves from the first hops to the second: the best of each side for that size. */
export function chains(first: readonly Curve[], second: readonly Curve[], input: bigint): readonly Curve[] {
  const fronts = best(first, input)
  const between = fronts[0]?.out(input)
  if (between === undefined) return []
  return fronts.flatMap(front => best(second, between).map(back => chain(front, back)))
}

function best(curves: readonly Curve[], input: bigint): readonly Curve[] {
  return curves
    .map(curve => ({ curve, out: curve.out(input) ?? 0n }))
    .filter(({ out }) => out > 0n)
    .toSorted((a, b) => (a.out > b.out ? -1 : a.out < b.out ? 1 : 0))
    .slice(0, CHAINS_PER_SIDE)
    .map(({ curve }) => curve)
}

/**
 * Every single way and the best split over two pools, over three and so on (not every split fits in a transaction), each
 * with its all-in cost, the one that leaves most in the wallet first. At equal results the one cheaper to land comes
 * first.
 */
export function candidatesOf(curves: readonly Curve[], input: bigint, context: CandidateContext): readonly Candidate[] {
  const singles = curves.flatMap(curve => {
    const output = curve.out(input)
    return output === undefined ? [] : [candidate([{ curve, input, output }], context)]
  })
  const splits = splitsOf(curves, input, context).map(legs => candidate(legs, context))
  return rank([...singles, ...splits])
}

function splitsOf(curves: readonly Curve[], input: bigint, context: CandidateContext): readonly (readonly Leg[])[] {
  const fixedCost = (curve: Curve): bigint => legCost(context.landing([{ curve, input, output: 0n }]))
  const shared = { fixedCost, answers: new Answers() }
  const found: (readonly Leg[])[] = []
  for (let count = 2; count <= context.maxLegs; count++) {
    const split = bestSplit(curves, input, { minLegs: count, maxLegs: count, ...shared })
    if (split?.legs.length === count) found.push(split.legs)
  }
  if (found.length > 0 || context.maxLegs < 2) return found
  // Shown even where it does not pay, with a twentieth in each pool: the table says by how much it does not.
  const shown = bestSplit(curves, input, { minLegs: 2, maxLegs: 2, ...shared, leastPerLeg: input / 20n })
  return shown && shown.legs.length > 1 ? [shown.legs] : []
}

/** A way whose inside is not known: an aggregator's quote. */
export function quotedCandidate(label: string, leg: Leg, context: CandidateContext, fees: VenueFees): Candidate {
  const cost = allInCost([leg], context.mid, context.landing([leg]), fees)
  return { kind: 'aggregator', label, legs: [leg], output: leg.output, cost }
}

export function rank<C extends Candidate>(candidates: readonly C[]): readonly C[] {
  return candidates.toSorted((a, b) => {
    if (a.cost.netOutput !== b.cost.netOutput) return a.cost.netOutput > b.cost.netOutput ? -1 : 1
    return computeUnits(a) - computeUnits(b)
  })
}

function candidate(legs: readonly Leg[], context: CandidateContext): Candidate {
  const isSplit = legs.length > 1
  return {
    kind: isSplit ? 'split' : legs[0]!.curve.pools.length > 1 ? 'two-hop' : 'direct',
    label: isSplit ? legs.map(leg => `${share(leg, legs)} ${leg.curve.label}`).join(' + ') : legs[0]!.curve.label,
    legs,
    output: legs.reduce((sum, leg) => sum + leg.output, 0n),
    cost: allInCost(legs, context.mid, context.landing(legs)),
  }
}

function share(leg: Leg, legs: readonly Leg[]): string {
  const total = legs.reduce((sum, each) => sum + each.input, 0n)
  return `${Number((leg.input * 1_000n) / total) / 10}%`
}

function computeUnits(candidate: Candidate): number {
  return candidate.legs.reduce((sum, leg) => sum + leg.curve.computeUnits, 0)
}

/** What one more leg adds to landing, in output units: its compute units. Signature and tip are paid once for all legs. */
function legCost(landing: Landing): bigint {
  return convert(landing.priorityFee_lamports, landing.lamportRate)
}
