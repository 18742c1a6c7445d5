import type { Channel } from '../../orders/journal.ts'
import { type Protection, TIP_MIN_LAMPORTS } from '../../plugin/landing.ts'
import type { Quote } from '../../plugin/venue.ts'
import type { BlockEngine } from './block-engine.ts'
import type { BundleLeaders } from './leaders.ts'

/** A tip to who builds the block, paid only when the transaction lands. */
export interface Tip {
  readonly lamports: bigint
  /** Where it may go; the transaction pays one of them. */
  readonly accounts: readonly string[]
  /** Where the figure comes from. */
  readonly source: string
}

/** A quote that is to be traded, and what is known of the leader it is sent to. */
export interface Traded {
  readonly quote: Quote
  readonly leader: string | undefined
}

/** What a cluster has against those who trade around others. */
export class Shield {
  readonly #cluster: string
  readonly #engine: BlockEngine | undefined
  readonly #leaders: BundleLeaders | undefined

  constructor(cluster: string, engine: BlockEngine | undefined, leaders?: BundleLeaders) {
    this.#cluster = cluster
    this.#engine = engine
    this.#leaders = leaders
  }

  /** How a transaction must be sent that is protected so. */
  channelOf(protection: Protection | undefined): Channel {
    return protection?.mode === 'on' && this.#engine ? 'jito' : 'public'
  }

  /**
   * What a tip must be now: the floor's percentile within the least the engine takes and the cap. Undefined where
   * nobody takes one.
   *
   * @throws RELAY_UNAVAILABLE, RELAY_REFUSED, RELAY_ANSWER_INVALID, and the signal's reason
   */
  async tip(protection: Protection | undefined, signal: AbortSignal): Promise<Tip | undefined> {
    if (!this.#engine || protection?.mode !== 'on') return undefined
    const { tipPercentile, maxTip_lamports } = protection
    const [accounts, floor] = await Promise.all([
      this.#engine.tipAccounts(signal),
      this.#engine.tipFloor(tipPercentile, signal),
    ])
    const isLow = floor < TIP_MIN_LAMPORTS
    const wanted = isLow ? TIP_MIN_LAMPORTS : floor
    const isCapped = wanted > maxTip_lamports
    const source = `p${tipPercentile} of landed tips is ${floor} lamports${
      isCapped ? `, capped at ${maxTip_lamports}` : isLow ? `, the least is ${TIP_MIN_LAMPORTS}` : ''
    }`
    return { lamports: isCapped ? maxTip_lamports : wanted, accounts, source }
  }

  /**
   * Waits for a leader that takes bundles, where that is wanted; answers what is known of it, for the receipt.
   *
   * @throws what `Rpc` throws, and the signal's reason
   */
  async leaderNear(protection: Protection | undefined, signal: AbortSignal): Promise<string | undefined> {
    if (!this.#engine || protection?.mode !== 'on' || protection.sendWhen === 'now') return undefined
    return this.#leaders ? this.#leaders.near(signal) : 'next Jito leader: nobody to ask'
  }

  /** What protects a trade here, and what does not, a sentence each; empty when none is wanted. */
  describe(protection: Protection | undefined, tip: Tip | undefined, traded?: Traded): readonly string[] {
    const quote = traded?.quote
    if (protection?.mode !== 'on') return []
    const minimum = quote ? [`accepts no less than ${toleranceBps(quote)} bps below its quote`] : []
    const age =
      quote && quote.slot === undefined
        ? `the venue does not say how old its quote is`
        : `a quote older than ${protection.quoteAgeMax_slots} slots is asked anew`
    if (!this.#engine) {
      const nothing = `private relay: not available on ${this.#cluster}: public sending, protected by minimum and quote age only`
      return [nothing, ...minimum, age]
    }
    return [
      "goes to Jito's block engine only, as a bundle of its own: no public endpoint sees it",
      protection.dontFront
        ? 'dontfront: the engine refuses bundles in which another transaction comes first'
        : 'dontfront: not wanted',
      ...(tip ? [`tip ${tip.lamports} lamports within the swap: ${tip.source}`] : []),
      ...(traded?.leader ? [traded.leader] : []),
      ...minimum,
      age,
    ]
  }
}

function toleranceBps({ exact, input, output, threshold }: Quote): number {
  const [worse, quoted] =
    exact === 'in' ? [output.units - threshold.units, output.units] : [threshold.units - input.units, input.units]
  return quoted === 0n ? 0 : Number((worse * 1_000_000n) / quoted) / 100
}
