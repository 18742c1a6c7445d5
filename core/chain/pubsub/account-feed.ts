import { messageOf } from '../../errors/forge-error.ts'
import type { Logger } from '../../plugin/contract.ts'
import type { AccountFeed, AccountReader, AccountWatch, AccountWatcher } from '../../plugin/services.ts'
import type { Clock, Timer } from '../../time/clock.ts'
import type { Commitment } from '../rpc/rpc-types.ts'
import type { PubSubEndpoint } from './line.ts'
import { Session } from './session.ts'
import { WatchList } from './watch-list.ts'

/** Slots come every 0.4 s; a line that brings none for this long is dead, whatever TCP says. */
const SILENCE_MS = 10_000
const BACKOFF_FIRST_MS = 500
const BACKOFF_MAX_MS = 30_000
/** A line that held so long was a good one: the next one is tried soon again. */
const STEADY_MS = 60_000
const NOT_ANSWERED = -1

export interface AccountFeedOptions {
  readonly endpoint: PubSubEndpoint
  readonly accounts: AccountReader
  readonly commitment: Commitment
  readonly clock: Clock
  readonly log: Logger
  readonly silence_ms?: number
}

/**
 * Watches accounts over one line, shared by all who ask, open while anybody does. Whenever a line is new the accounts
 * are read, so that what changed in between is told; while there is none they are read every so often.
 */
export function createAccountFeed(options: AccountFeedOptions): AccountFeed {
  return new Feed(options)
}

interface WireAccount {
  readonly lamports: number
  readonly owner: string
  readonly data: readonly [string, 'base64']
}

class Feed implements AccountFeed {
  readonly #options: AccountFeedOptions
  readonly #clock: Clock
  readonly #watched = new WatchList()
  readonly #numbers = new Map<string, number>()
  #stop: AbortController | undefined
  /** The work of the last line; the next one begins after it. */
  #keeping: Promise<void> = Promise.resolve()
  /** Whether somebody has come to watch since the last look at the list. */
  #joined = false
  #session: Session | undefined
  /** Aborts when a line is up again. */
  #downtime: AbortController | undefined
  #silence: Timer | undefined
  /** The newest slot known, and when it came. */
  #slot = 0
  #slotAt_ms: number | undefined

  constructor(options: AccountFeedOptions) {
    this.#options = options
    this.#clock = options.clock
  }

  watch(addresses: readonly string[], watcher: AccountWatcher, signal: AbortSignal): AccountWatch {
    const { endpoint } = this.#options
    const confirmedAt_ms = (): number | undefined =>
      this.#session && endpoint.pulses === false ? this.#clock.now() : this.#slotAt_ms
    const feed = this
    const watch: AccountWatch = {
      confirmedAt_ms,
      get way() {
        return feed.#session ? 'subscription' : 'polling'
      },
    }
    if (signal.aborted) return watch
    this.#watched.add(watcher, addresses)
    this.#joined = true
    signal.addEventListener('abort', () => this.#forget(watcher), { once: true })
    if (!this.#stop) {
      const stop = new AbortController()
      this.#stop = stop
      this.#keeping = this.#keeping.then(() => this.#keep(stop.signal))
    } else if (this.#session) this.#join(this.#session, this.#stop.signal)
    return watch
  }

  #forget(watcher: AccountWatcher): void {
    this.#watched.delete(watcher)
    if (this.#watched.isEmpty) {
      this.#stop?.abort(new Error('nobody watches any more'))
      this.#stop = undefined
      return
    }
    const wanted = this.#watched.addresses()
    for (const [address, number] of this.#numbers) {
      if (wanted.has(address)) continue
      this.#numbers.delete(address)
      if (number !== NOT_ANSWERED) this.#session?.unsubscribe('accountUnsubscribe', number)
    }
  }

  /** Keeps a line open until the signal aborts. */
  async #keep(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      const from_ms = this.#clock.now()
      const why = await this.#useOne(signal)
      if (signal.aborted) break
      if (this.#clock.now() - from_ms >= STEADY_MS) failures = 0
      this.#goDown(why, signal)
      const wait_ms = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 10))
      await this.#clock.sleep(wait_ms, signal).catch(() => undefined)
    }
    this.#downtime?.abort()
    this.#downtime = undefined
  }

  /** From opening a line to its end; answers why it ended. */
  async #useOne(signal: AbortSignal): Promise<string> {
    const { endpoint } = this.#options
    let session: Session | undefined
    const abort = (): void => session?.close('nobody watches any more')
    signal.addEventListener('abort', abort, { once: true })
    try {
      session = await this.#clock.holdWhile('pub/sub', () => Session.open(endpoint, signal))
      signal.throwIfAborted()
      this.#listenForSilence(session)
      if (endpoint.pulses) await session.subscribe('slotSubscribe', [], result => this.#pulse(session, result))
      this.#joined = true
      await this.#catchUp(session, signal)
      this.#goUp(session)
      return await session.closed
    } catch (thrown) {
      session?.close(messageOf(thrown))
      return messageOf(thrown)
    } finally {
      signal.removeEventListener('abort', abort)
      this.#silence?.cancel()
      this.#session = undefined
      this.#numbers.clear()
    }
  }

  /** Subscribes to what is watched and not subscribed yet, then reads all of it: nothing falls between the two. */
  async #catchUp(session: Session, signal: AbortSignal): Promise<void> {
    while (this.#joined) {
      this.#joined = false
      const missing = [...this.#watched.addresses()].filter(address => !this.#numbers.has(address))
      await Promise.all(missing.map(address => this.#subscribe(session, address)))
      await this.#read(signal)
    }
  }

  async #subscribe(session: Session, address: string): Promise<void> {
    const params = [address, { commitment: this.#options.commitment, encoding: 'base64' }]
    // Marked at once: somebody may join while the answer is on its way.
    this.#numbers.set(address, NOT_ANSWERED)
    const number = await this.#clock.holdWhile('pub/sub', () =>
      session.subscribe('accountSubscribe', params, result => this.#changed(address, result)),
    )
    if (this.#numbers.has(address)) this.#numbers.set(address, number)
    else session.unsubscribe('accountUnsubscribe', number)
  }

  #join(session: Session, signal: AbortSignal): void {
    this.#catchUp(session, signal).catch((thrown: unknown) => session.close(messageOf(thrown)))
  }

  #goUp(session: Session): void {
    if (this.#downtime) this.#options.log.info('account changes are notified again', {})
    this.#downtime?.abort()
    this.#downtime = undefined
    this.#session = session
  }

  #goDown(why: string, signal: AbortSignal): void {
    if (this.#downtime) return
    const downtime = new AbortController()
    this.#downtime = downtime
    this.#options.log.warn('account changes are not notified now: accounts are read every so often instead', {
      endpoint: this.#options.endpoint.name,
      reason: why,
    })
    signal.addEventListener('abort', () => downtime.abort(), { once: true, signal: downtime.signal })
    void this.#poll(downtime.signal)
  }

  async #poll(signal: AbortSignal): Promise<void> {
    let problem: string | undefined
    while (!signal.aborted) {
      try {
        await this.#read(signal)
        problem = undefined
      } catch (thrown) {
        if (signal.aborted) return
        if (problem === undefined) this.#options.log.warn('accounts can not be read', { reason: messageOf(thrown) })
        problem = messageOf(thrown)
      }
      await this.#clock.sleep(this.#watched.every_ms(), signal).catch(() => undefined)
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const addresses = [...this.#watched.addresses()]
    const { slot, accounts } = await this.#options.accounts.many(addresses, signal)
    this.#confirm(slot)
    for (const [index, address] of addresses.entries()) this.#watched.tell(slot, address, accounts[index])
  }

  #changed(address: string, result: unknown): void {
    const { context, value } = result as { context: { slot: number }; value: WireAccount }
    this.#watched.tell(context.slot, address, {
      address,
      lamports: BigInt(value.lamports),
      owner: value.owner,
      data: new Uint8Array(Buffer.from(value.data[0], 'base64')),
    })
  }

  #pulse(session: Session | undefined, result: unknown): void {
    this.#confirm((result as { slot: number }).slot)
    if (session) this.#listenForSilence(session)
  }

  /** An endpoint that shows the same slot again has confirmed nothing. */
  #confirm(slot: number): void {
    if (slot <= this.#slot) return
    this.#slot = slot
    this.#slotAt_ms = this.#clock.now()
  }

  #listenForSilence(session: Session): void {
    const { endpoint, silence_ms = SILENCE_MS } = this.#options
    this.#silence?.cancel()
    if (!endpoint.pulses) return
    this.#silence = this.#clock.at(this.#clock.now() + silence_ms, () =>
      session.close(`no slot for ${silence_ms / 1_000} s`),
    )
  }
}
