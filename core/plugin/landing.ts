/** Percentiles that Jito's tip floor tells. */
export const TIP_PERCENTILES = [25, 50, 75, 95, 99] as const
export type TipPercentile = (typeof TIP_PERCENTILES)[number]

/** The least tip that a block engine's auction takes. Source: Jito's documentation. */
export const TIP_MIN_LAMPORTS = 1_000n

/** How one trade is kept from those who would trade around it. */
export interface Protection {
  /**
   * `on`: where the cluster has a block engine, the transaction goes there alone, as a bundle with a tip. Where it has
   * none the trade goes on publicly, and its fill says so.
   */
  readonly mode: 'off' | 'on'
  /** The tip is what the floor says, at least `TIP_MIN_LAMPORTS`, and never more than this. */
  readonly maxTip_lamports: bigint
  readonly tipPercentile: TipPercentile
  /** A quote of an older state is asked anew before anything is signed. */
  readonly quoteAgeMax_slots: number
  /** Names the account that makes the block engine refuse bundles in which another transaction comes first. */
  readonly dontFront: boolean
  /** `jito-leader-near` waits a few seconds, before quoting, for a leader that takes bundles, where those are known. */
  readonly sendWhen: 'now' | 'jito-leader-near'
}

/** A priority fee that follows what others pay for the same accounts. */
export interface RecentFees {
  /** 1 to 99. */
  readonly percentile: number
  /** Micro-lamports per compute unit, at most. */
  readonly max_microLamports: bigint
}
