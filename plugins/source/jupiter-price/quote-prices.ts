import {
  type AccountReader,
  type Amount,
  type Clock,
  ForgeError,
  messageOf,
  type Pair,
  type PriceGate,
  type PriceTrouble,
  type Venue,
} from '../../../core/index.ts'
import { type TwoWayQuote, twoWayQuote } from './two-way-quote.ts'

/** Read only for the slot it is of: an account that every chain has. */
const CLOCK_ADDRESS = 'SysvarC1ock11111111111111111111111111111111'
const BACKOFF_MAX_MS = 5 * 60_000
const TOO_MANY_REQUESTS = 429

export interface QuotePricesOptions {
  readonly venue: Venue
  readonly pair: Pair
  readonly size: Amount
  readonly clock: Clock
  readonly gate: PriceGate
  /** Tells the chain's slot; without it, only time tells a stale quote. */
  readonly accounts: AccountReader | undefined
  readonly every_ms: number
  readonly staleAfter_ms: number
  readonly maxLagSlots: number
  readonly maxSpreadBps: number
}

/** Prices from an aggregator's quotes, asked for again and again until the signal aborts. */
export class QuotePrices {
  readonly #options: QuotePricesOptions
  readonly #signal: AbortSignal
  /** The newest state that was quoted, and when it was first. */
  #slot = -1
  #freshAt_ms: number

  constructor(options: QuotePricesOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
    this.#freshAt_ms = options.clock.now()
  }

  /** Resolves when the signal has aborted. @throws what is no passing failure. */
  async run(): Promise<void> {
    const { clock, every_ms } = this.#options
    for (let failures = 0; !this.#signal.aborted; ) {
      const from_ms = clock.now()
      const failed = await this.#poll()
      if (this.#signal.aborted) return
      failures = failed ? failures + 1 : 0
      const backoff_ms = Math.min(BACKOFF_MAX_MS, every_ms * 2 ** Math.min(failures, 16))
      const next_ms = from_ms + (failed ? Math.max(backoff_ms, failed.retryAfter_ms) : every_ms)
      await this.#waitUntil(next_ms)
    }
  }

  /** Undefined when it was answered, whatever the answer. */
  async #poll(): Promise<{ readonly retryAfter_ms: number } | undefined> {
    const { accounts, gate, pair, size, venue } = this.#options
    try {
      const [quoted, chain] = await Promise.all([
        twoWayQuote(venue, pair, size, this.#signal),
        accounts?.many([CLOCK_ADDRESS], this.#signal),
      ])
      if (this.#signal.aborted) return undefined
      const trouble = this.#troubleWith(quoted, chain?.slot)
      if (trouble) gate.shut(trouble)
      else if (quoted) {
        const { bid, ask, mid, slot } = quoted
        gate.pass({ price: mid, bid, ask, origin: venue.name, ...(slot !== undefined && { slot }) })
      }
      return undefined
    } catch (thrown) {
      if (this.#signal.aborted) return undefined
      if (!(thrown instanceof ForgeError) || thrown.exitCode !== 75) throw thrown
      gate.shut(troubleOf(thrown))
      return { retryAfter_ms: Number(thrown.context['retryAfter_ms'] ?? 0) }
    }
  }

  #troubleWith(quoted: TwoWayQuote | undefined, chainSlot: number | undefined): PriceTrouble | undefined {
    const { clock, maxLagSlots, maxSpreadBps, staleAfter_ms } = this.#options
    if (!quoted) return { what: 'no route', detail: 'nothing trades that size both ways' }
    const { bid, ask, slot } = quoted
    if (slot === undefined || slot > this.#slot) {
      this.#slot = slot ?? this.#slot
      this.#freshAt_ms = clock.now()
    }
    if (slot !== undefined && chainSlot !== undefined && chainSlot - slot > maxLagSlots)
      return { what: 'stale', detail: `the quote is of slot ${slot}, the chain at ${chainSlot}` }
    if (clock.now() - this.#freshAt_ms >= staleAfter_ms)
      return { what: 'stale', detail: `no quote newer than slot ${this.#slot}` }
    if (bid.scaled > ask.scaled) return { what: 'crossed', detail: 'that size sells for more than it costs' }
    if ((ask.scaled - bid.scaled) * 10_000n > bid.scaled * BigInt(maxSpreadBps))
      return { what: 'wide spread', detail: `selling and buying are more than ${maxSpreadBps} bps apart` }
    return undefined
  }

  /** Says on the way, if it comes to that, that the last price is too old by now. */
  async #waitUntil(time_ms: number): Promise<void> {
    const { clock, gate, staleAfter_ms } = this.#options
    const staleAt_ms = this.#freshAt_ms + staleAfter_ms
    try {
      if (gate.isOpen && staleAt_ms < time_ms) {
        await clock.sleep(staleAt_ms - clock.now(), this.#signal)
        gate.shut({ what: 'stale', detail: `no quote newer than slot ${this.#slot}` })
      }
      await clock.sleep(time_ms - clock.now(), this.#signal)
    } catch (thrown) {
      if (!this.#signal.aborted) throw thrown
    }
  }
}

function troubleOf(error: ForgeError): PriceTrouble {
  const isLimited = error.context['status'] === TOO_MANY_REQUESTS
  return {
    what: isLimited ? 'rate limited' : 'no answer',
    detail: isLimited ? `${messageOf(error)}. Asked less often now. ${error.remedy}` : messageOf(error),
  }
}
