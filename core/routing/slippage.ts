import type { Curve } from './curve.ts'

export interface SlippageInputs {
  /** The curve the trade takes, and its size in input units. */
  readonly curve: Pick<Curve, 'out'>
  readonly input: bigint
  /** Standard deviation of the price over one second, as a fraction; undefined when there is no history. */
  readonly volatilityPerSecond?: number
  /** From quote to landing. */
  readonly landing_s: number
  /** Quote-to-fill errors seen lately in bps, positive when less was received; may be empty. */
  readonly observedErrorsBps: readonly number[]
  readonly minBps: number
  readonly maxBps: number
}

export interface SlippageChoice {
  /** The tolerance to put into the transaction. */
  readonly bps: number
  /** How much less than quoted to expect on average. */
  readonly expectedBps: number
  /** Each part with its number, for people. */
  readonly reasons: readonly string[]
}

/** Two standard deviations: about one trade in forty fails for the price alone, and is tried again on a fresh quote. */
const DEVIATIONS = 2
/** Somebody else's trade of a tenth of ours, just ahead of us, must not make ours fail. */
const NEIGHBOUR_SHARE = 10n

/**
 * A tolerance derived from what may really happen between quote and landing: the price moves (volatility × √time),
 * somebody trades just ahead (depth around our size), and what was seen lately. Within the user's bounds.
 */
export function dynamicSlippage(inputs: SlippageInputs): SlippageChoice {
  const reasons: string[] = []
  const movement = (inputs.volatilityPerSecond ?? 0) * Math.sqrt(inputs.landing_s) * DEVIATIONS * 10_000
  reasons.push(
    inputs.volatilityPerSecond === undefined
      ? 'no price history: movement not counted'
      : `${movement.toFixed(1)} bps: ${DEVIATIONS} deviations of the price over ${inputs.landing_s} s`,
  )
  const depth = depthBps(inputs.curve, inputs.input)
  if (depth === undefined) {
    return {
      bps: inputs.maxBps,
      expectedBps: 0,
      reasons: [`${inputs.maxBps} bps, the most allowed: the venue does not tell its depth`],
    }
  }
  reasons.push(`${depth.toFixed(1)} bps: a trade of a tenth of this size lands just ahead`)
  const observed = percentile(inputs.observedErrorsBps, 0.9)
  if (inputs.observedErrorsBps.length > 0)
    reasons.push(
      `${observed.toFixed(1)} bps: nine in ten of the last ${inputs.observedErrorsBps.length} fills were nearer to their quote`,
    )
  const wanted = Math.max(movement + depth, observed)
  const bps = Math.min(inputs.maxBps, Math.max(inputs.minBps, Math.ceil(wanted)))
  if (bps !== Math.ceil(wanted)) reasons.push(`kept within ${inputs.minBps}–${inputs.maxBps} bps as configured`)
  const mean = inputs.observedErrorsBps.reduce((sum, error) => sum + error, 0) / (inputs.observedErrorsBps.length || 1)
  return { bps, expectedBps: Math.max(0, mean), reasons }
}

/** How much less we get, in bps, when a tenth of our size goes ahead of us; undefined where the curve does not say. */
function depthBps(curve: Pick<Curve, 'out'>, input: bigint): number | undefined {
  const ahead = input / NEIGHBOUR_SHARE
  const ours = curve.out(input)
  const first = curve.out(ahead)
  const both = curve.out(input + ahead)
  if (!ours || first === undefined || both === undefined) return undefined
  return Number(((ours - (both - first)) * 1_000_000n) / ours) / 100
}

/** The value below which that share of the sample lies; 0 for an empty one. */
function percentile(sample: readonly number[], share: number): number {
  if (sample.length === 0) return 0
  const sorted = sample.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!
}
