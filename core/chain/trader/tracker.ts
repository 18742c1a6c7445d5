import { type ForgeError, isForgeError, messageOf } from '../../errors/forge-error.ts'
import type { Attempt } from '../../orders/journal.ts'
import type { Logger } from '../../plugin/contract.ts'
import type { Clock } from '../../time/clock.ts'
import type { Rpc } from '../rpc/rpc.ts'
import type { Commitment, SignatureStatus } from '../rpc/rpc-types.ts'
import { proveExpiry } from './expiry.ts'
import { onAbort } from './on-abort.ts'
import type { TraderSettings } from './options.ts'
import type { SendHow } from './sender.ts'

/** How an attempt ended. */
export type Landing =
  | { readonly kind: 'landed'; readonly status: SignatureStatus }
  /** With what the way there said last, when it did not take the bytes. */
  | { readonly kind: 'expired'; readonly refusal?: ForgeError }
  /** Nobody can say. */
  | { readonly kind: 'lost'; readonly why: string }

interface InFlight {
  readonly attempt: Attempt
  /** Undefined when the bytes must not go out any more. */
  readonly send: ((wire: Uint8Array, how: SendHow) => Promise<void>) | undefined
  /** Nothing is sent after this time. */
  readonly sendUntil: number
  /** Aborts when the end is known. */
  readonly ended: AbortSignal
  /** What a private relay said when it did not take the bytes the last time. */
  refusal?: ForgeError
  readonly settle: (landing: Landing) => void
  readonly fail: (thrown: unknown) => void
}

/** Signatures in one request. Source: MAX_GET_SIGNATURE_STATUSES_QUERY_ITEMS of Agave. */
const STATUSES_PER_CALL = 256
const RANK: Readonly<Record<Commitment, number>> = { processed: 0, confirmed: 1, finalized: 2 }

/**
 * Follows every transaction in flight with one loop: asks for the statuses of all at once, sends the same bytes again
 * while nothing is heard, and proves an expiry before it is believed. An answer that does not come, an error, a
 * "429": none of it says anything about the transaction, which stays in flight.
 */
export class Tracker {
  readonly #clock: Clock
  readonly #rpcs: readonly [Rpc, ...Rpc[]]
  readonly #settings: TraderSettings
  readonly #log: Logger
  readonly #signal: AbortSignal
  readonly #inFlight = new Set<InFlight>()
  #looping = false
  #heightAskedAt = 0

  constructor(options: {
    clock: Clock
    rpcs: readonly [Rpc, ...Rpc[]]
    settings: TraderSettings
    log: Logger
    signal: AbortSignal
  }) {
    this.#clock = options.clock
    this.#rpcs = options.rpcs
    this.#settings = options.settings
    this.#log = options.log
    this.#signal = options.signal
  }

  /**
   * Sends an attempt's bytes, now and again, until its end is known. Without `send` it only watches.
   *
   * @throws the signal's reason when it aborts.
   */
  land(attempt: Attempt, send: InFlight['send'], sendUntil = Number.POSITIVE_INFINITY): Promise<Landing> {
    return new Promise<Landing>((resolve, reject) => {
      if (this.#signal.aborted) {
        reject(this.#signal.reason)
        return
      }
      const ended = new AbortController()
      const end = (): void => {
        this.#inFlight.delete(entry)
        over()
        ended.abort()
      }
      const entry: InFlight = {
        attempt,
        send,
        sendUntil,
        ended: ended.signal,
        settle: landing => {
          end()
          resolve(landing)
        },
        fail: thrown => {
          end()
          reject(thrown)
        },
      }
      const over = onAbort(this.#signal, () => entry.fail(this.#signal.reason))
      if (this.#inFlight.size === 0) this.#heightAskedAt = this.#clock.now()
      this.#inFlight.add(entry)
      this.#keepSending(entry).catch(entry.fail)
      this.#startLoop()
    })
  }

  #startLoop(): void {
    if (this.#looping) return
    this.#looping = true
    this.#loop()
      .catch((thrown: unknown) => {
        for (const entry of this.#inFlight) entry.fail(thrown)
      })
      .finally(() => {
        this.#looping = false
        if (this.#inFlight.size > 0) this.#startLoop()
      })
  }

  async #loop(): Promise<void> {
    while (this.#inFlight.size > 0) {
      await this.#clock.sleep(this.#settings.pollEvery_ms, this.#signal)
      await this.#askStatuses()
      await this.#askExpiries()
    }
  }

  /** Apart from the questions: an endpoint that answers slowly must not keep the bytes from going out again. */
  async #keepSending(entry: InFlight): Promise<void> {
    const { attempt, send, sendUntil, ended } = entry
    while (send && !ended.aborted && this.#clock.now() <= sendUntil) {
      try {
        await send(attempt.wire, { channel: attempt.channel ?? 'public', signal: ended })
        delete entry.refusal
      } catch (thrown) {
        if (ended.aborted) return
        if (isForgeError(thrown, 'RELAY_REFUSED') || isForgeError(thrown, 'RELAY_MISSING')) entry.refusal = thrown
        // The bytes may have arrived all the same: only the chain can say.
        const { signature, orderId } = attempt
        const cause = messageOf(thrown)
        this.#log.warn('no clear answer to a sent transaction; it stays in flight', { orderId, signature, cause })
      }
      // Rejects only when the end is known.
      await this.#clock.sleep(this.#settings.resendEvery_ms, ended).catch(() => undefined)
    }
  }

  async #askStatuses(): Promise<void> {
    const entries = [...this.#inFlight]
    for (let at = 0; at < entries.length; at += STATUSES_PER_CALL) {
      const asked = entries.slice(at, at + STATUSES_PER_CALL)
      const statuses = await this.#patiently('getSignatureStatuses', () =>
        this.#rpcs[0].signatureStatuses(
          asked.map(entry => entry.attempt.signature),
          { searchHistory: false },
        ),
      )
      asked.forEach((entry, index) => {
        const status = statuses?.[index]
        if (status && this.#isSettled(status)) entry.settle({ kind: 'landed', status })
      })
    }
  }

  /** Only once in a while: a blockhash lives a minute. */
  async #askExpiries(): Promise<void> {
    const now = this.#clock.now()
    if (this.#inFlight.size === 0 || now - this.#heightAskedAt < this.#settings.heightEvery_ms) return
    this.#heightAskedAt = now
    const height = await this.#patiently('getBlockHeight', () => this.#rpcs[0].blockHeight('finalized'))
    if (height === undefined) return
    for (const entry of [...this.#inFlight]) {
      if (entry.attempt.lastValidBlockHeight >= height) continue
      const proof = await proveExpiry(entry.attempt, this.#rpcs)
      if (proof.kind === 'expired') {
        entry.settle({ kind: 'expired', ...(entry.refusal && { refusal: entry.refusal }) })
      }
      if (proof.kind === 'unprovable') entry.settle({ kind: 'lost', why: proof.why })
      if (proof.kind === 'landed' && this.#isSettled(proof.status)) {
        entry.settle({ kind: 'landed', status: proof.status })
      }
      if (proof.kind === 'unknown') {
        this.#log.warn('an expiry can not be proven yet', { signature: entry.attempt.signature, why: proof.why })
      }
    }
  }

  #isSettled(status: SignatureStatus): boolean {
    // Old statuses are kept without a confirmation: they are finalized.
    return RANK[status.confirmationStatus ?? 'finalized'] >= RANK[this.#settings.commitment]
  }

  /** Undefined when the endpoint fails: the next turn asks again. */
  async #patiently<T>(what: string, ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask()
    } catch (thrown) {
      this.#signal.throwIfAborted()
      this.#log.warn(`${what} failed; what is in flight stays so`, { cause: messageOf(thrown) })
      return undefined
    }
  }
}
