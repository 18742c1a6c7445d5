/**
 * A way to trade as routing sees it: what comes out for what goes in, on one slot's state. A pool, a chain of pools,
 * or anything that can be asked again and again without the network.
 */
export interface Curve {
  /** Unique among the candidates, as in `orca/HJPj…`. */
  readonly id: string
  readonly venue: string
  /** For people: `Orca 4 bps`. */
  readonly label: string
  /** Addresses of the pools passed, in order. */
  readonly pools: readonly string[]
  /**
   * Output units for input units, net of every fee the pools take; undefined beyond what they hold.
   * Concave: a larger input never gets a better rate. Whole numbers, rounded as the program rounds.
   */
  out(input: bigint): bigint | undefined
  /** Output per input before any trade, fees not taken, as output units for `input` units. */
  readonly mid: Rate
  /** What the pools keep of the input, in bps over all hops: LP and protocol share together. */
  readonly feeBps: number
  /** Compute units a swap here needs, about: a leg's share of the priority fee. */
  readonly computeUnits: number
  /** The slot whose state this is. */
  readonly slot?: number
  /** Of a chain: its hops in order. */
  readonly hops?: readonly Curve[]
}

/** A ratio of units that loses nothing: `output` units are worth `input` units. */
export interface Rate {
  readonly input: bigint
  readonly output: bigint
}

/** `amount` of input units in output units, rounded down. */
export function convert(amount: bigint, rate: Rate): bigint {
  return (amount * rate.output) / rate.input
}

/** The chain of two curves: the output of the first is the input of the second. */
export function chain(first: Curve, second: Curve): Curve {
  return {
    id: `${first.id}>${second.id}`,
    venue: first.venue === second.venue ? first.venue : `${first.venue}+${second.venue}`,
    label: `${first.label} → ${second.label}`,
    pools: [...first.pools, ...second.pools],
    out: input => {
      const between = first.out(input)
      return between === undefined || between === 0n ? undefined : second.out(between)
    },
    mid: {
      input: first.mid.input * second.mid.input,
      output: first.mid.output * second.mid.output,
    },
    feeBps: 10_000 - ((10_000 - first.feeBps) * (10_000 - second.feeBps)) / 10_000,
    computeUnits: first.computeUnits + second.computeUnits,
    hops: [first, second],
    ...(first.slot === undefined || second.slot === undefined ? {} : { slot: Math.min(first.slot, second.slot) }),
  }
}
