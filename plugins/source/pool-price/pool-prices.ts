import {
  type AccountFeed,
  type AccountWatch,
  type Clock,
  type Logger,
  messageOf,
  type Pair,
  type PoolCurve,
  type PoolVenue,
  type PriceGate,
  pairName,
  priceOf,
} from '../../../core/index.ts'
import { crossingOf, ReferenceChoice } from './reference.ts'

/** An endpoint behind the one that notified gets so many chances to catch up. */
const LAG_READS_MAX = 5
const LAG_PAUSE_MS = 200

export interface PoolPricesOptions {
  readonly pair: Pair
  readonly venues: readonly PoolVenue[]
  readonly feed: AccountFeed
  readonly clock: Clock
  readonly log: Logger
  readonly gate: PriceGate
  /** Address of the only pool whose price counts. */
  readonly pool: string | undefined
  readonly every_ms: number
  readonly staleAfter_ms: number
  readonly maxDeviationBps: number
}

/**
 * The price of a pair from its pools, from `start` until the signal aborts.
 *
 * A notification only says that something has changed; then the pools are read, all together: the two vaults of a pool
 * are notified one after the other, and the new one with the old other would be a price that never was. What changes
 * during a read is read after it, so that there is never more than one under way.
 */
export class PoolPrices {
  readonly #options: PoolPricesOptions
  readonly #signal: AbortSignal
  readonly #choice: ReferenceChoice
  #watch: AccountWatch | undefined
  #watched: { readonly key: string; readonly stop: AbortController } | undefined
  #isReading = false
  /** A read is about to begin. */
  #isCalled = false
  /** Something has changed since the read under way began, or the last one failed. */
  #isBehind = false
  /** The newest slot that was notified, that was read, and when a newer one than before was read. */
  #notifiedSlot = 0
  #readSlot = 0
  #readAt_ms: number
  #lagReads = 0
  #problem = ''

  constructor(options: PoolPricesOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
    this.#choice = new ReferenceChoice(options.pool)
    this.#readAt_ms = options.clock.now()
  }

  start(): void {
    this.#signal.addEventListener('abort', () => this.#watched?.stop.abort(), { once: true })
    this.#read()
    this.#lookAgainAt(this.#readAt_ms + this.#options.staleAfter_ms)
  }

  #changed(slot: number): void {
    this.#notifiedSlot = Math.max(this.#notifiedSlot, slot)
    this.#lagReads = 0
    if (this.#isCalled) return
    this.#isCalled = true
    // Of what is notified at once, all of it: one read is enough.
    queueMicrotask(() => {
      this.#isCalled = false
      if (!this.#signal.aborted) this.#read()
    })
  }

  #read(): void {
    if (this.#isReading) {
      this.#isBehind = true
      return
    }
    void this.#readAll()
  }

  async #readAll(): Promise<void> {
    this.#isReading = true
    let isDone = true
    do {
      this.#isBehind = false
      try {
        isDone = await this.#readOnce()
      } catch (thrown) {
        // Until the next change, or until it counts as stale and is looked at again.
        this.#isBehind = true
        isDone = false
        this.#failed(messageOf(thrown))
      }
    } while (isDone && this.#isBehind && !this.#signal.aborted)
    this.#isReading = false
  }

  /** Whether what was read can be built on. */
  async #readOnce(): Promise<boolean> {
    const { clock, pair, venues } = this.#options
    const failures: string[] = []
    const read = await Promise.all(
      venues.map(venue =>
        venue.pools(pair.base, pair.quote, this.#signal).catch((thrown: unknown): readonly PoolCurve[] => {
          failures.push(venue.name)
          this.#failed(`${venue.name}: ${messageOf(thrown)}`)
          return []
        }),
      ),
    )
    if (this.#signal.aborted) return false
    const pools = read.flat()
    const before = this.#choice.chosen
    const isMissing = before !== undefined && !pools.some(({ id }) => id === before)
    // A venue that did not answer is no reason to take another pool's price for that of the one before.
    if (failures.length === venues.length || (isMissing && failures.length > 0)) {
      this.#isBehind = true
      return false
    }
    if (failures.length === 0) this.#problem = ''
    this.#use(this.#choice.choose(pools, clock.now()))
    return true
  }

  #use({ reference, deep }: ReturnType<ReferenceChoice['choose']>): void {
    const { clock, gate, maxDeviationBps, pair, pool, venues } = this.#options
    if (!reference) {
      const which = pool === undefined ? `no pool of ${pairName(pair)}` : `no pool ${pool} of ${pairName(pair)}`
      gate.shut({ what: 'no pool', detail: `${venues.map(({ name }) => name).join(', ')}: ${which}` })
      return
    }
    this.#watchOver(deep)
    // From an endpoint that lags: newer prices have been given already.
    if (reference.slot < this.#readSlot) return
    if (reference.slot > this.#readSlot) {
      this.#readSlot = reference.slot
      this.#readAt_ms = clock.now()
    }
    if (reference.slot < this.#notifiedSlot) this.#readLater()
    const crossing = crossingOf(reference, deep, maxDeviationBps)
    if (crossing) {
      const { other, apartBps, allowedBps } = crossing
      const detail = `${nameOf(reference)} and ${nameOf(other)} are ${apartBps.toFixed(1)} bps apart; fees and maxDeviationBps allow ${allowedBps}`
      gate.shut({ what: 'crossed', detail })
      return
    }
    const { input, output } = reference.mid
    const price = priceOf(pair, { token: pair.base, units: input }, { token: pair.quote, units: output }, 'half-even')
    // A read of the same old slot is no news: it must not end a silence.
    if (gate.isOpen || this.#freshAt_ms() + this.#options.staleAfter_ms > clock.now())
      gate.pass({ price, origin: reference.id, slot: reference.slot })
  }

  #readLater(): void {
    const { clock } = this.#options
    if (this.#lagReads++ >= LAG_READS_MAX) return
    clock.sleep(LAG_PAUSE_MS, this.#signal).then(
      () => this.#read(),
      () => undefined,
    )
  }

  #watchOver(pools: readonly PoolCurve[]): void {
    const addresses = [...new Set(pools.flatMap(pool => pool.watch ?? [pool.address]))].toSorted()
    const key = addresses.join()
    if (key === this.#watched?.key || this.#signal.aborted) return
    const before = this.#watched
    const stop = new AbortController()
    this.#watched = { key, stop }
    const watcher = { onChange: (slot: number) => this.#changed(slot), every_ms: this.#options.every_ms }
    this.#watch = this.#options.feed.watch(addresses, watcher, stop.signal)
    // After the new one has begun: the line between them stays open.
    before?.stop.abort()
  }

  /** Until when the price was known to be current. */
  #freshAt_ms(): number {
    if (this.#isBehind || this.#readSlot < this.#notifiedSlot) return this.#readAt_ms
    return Math.max(this.#readAt_ms, this.#watch?.confirmedAt_ms() ?? 0)
  }

  #lookAgainAt(time_ms: number): void {
    const { clock } = this.#options
    const timer = clock.at(time_ms, () => {
      this.#signal.removeEventListener('abort', timer.cancel)
      this.#lookAgain()
    })
    this.#signal.addEventListener('abort', timer.cancel, { once: true })
  }

  #lookAgain(): void {
    const { clock, every_ms, gate, staleAfter_ms } = this.#options
    const staleAt_ms = this.#freshAt_ms() + staleAfter_ms
    const isStale = staleAt_ms <= clock.now()
    if (isStale && !gate.isShut) {
      const since = new Date(this.#freshAt_ms()).toISOString()
      const why = this.#problem && `; ${this.#problem}`
      gate.shut({ what: 'stale', detail: `nothing has confirmed the price since ${since}${why}` })
    }
    if (isStale || !gate.isOpen) this.#read()
    this.#lookAgainAt(isStale || !gate.isOpen ? clock.now() + every_ms : staleAt_ms)
  }

  #failed(problem: string): void {
    if (this.#signal.aborted) return
    if (this.#problem === '') this.#options.log.warn('pools can not be read', { reason: problem })
    this.#problem = problem
  }
}

function nameOf(pool: PoolCurve): string {
  return `${pool.label} (${pool.address})`
}
