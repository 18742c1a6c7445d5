import { ForgeError } from '../../errors/forge-error.ts'
import { redactUrl } from '../redact.ts'
import { exchangeCall, type Line, type Outcome } from '../rpc/exchange.ts'
import { type CallOptions, isPassing, TIMEOUT_MS } from '../rpc/json-rpc.ts'
import { orAborted } from '../trader/or-aborted.ts'
import { Batcher } from './batcher.ts'
import { EndpointHealth, SLOT_MS } from './health.ts'
import { OUTRUN } from './hedge.ts'
import { commitmentOf, decides, isSlow, mayShareRequest, slotOf } from './method-traits.ts'
import { RateLimit } from './rate-limit.ts'
import type { EndpointSettings } from './settings.ts'

/** Answers that are this endpoint's own: another may say something else. Source: agave, custom_error.rs. */
const OWN_REFUSALS: readonly unknown[] = [
  -32601, // method not found
  -32001, // block cleaned up
  -32010, // key excluded from its secondary index
  -32011, // keeps no history of transactions
]

/** So many slots after it was made a block has that commitment. Source: MAX_LOCKOUT_HISTORY of Agave, and a vote. */
const COMMITMENT_SLOTS: Readonly<Record<string, number>> = { confirmed: 2, finalized: 32 }

/** It knows nothing yet of the slot that was asked for: that is no fault of it. Source: agave, custom_error.rs. */
const MIN_SLOT_NOT_REACHED = -32016

/** No answer waits longer than that for when a block was made; and that is not asked more often than this. */
const HEARING_PATIENCE_MS = 2_000
const HEARING_EVERY_MS = 1_000

/** At which endpoints are asked how far they are. */
export const LOOK_COMMITMENT = 'confirmed'

export interface EndpointOptions extends Omit<Line, 'url'> {
  readonly batch: boolean
  readonly lagMax_slots: number
  /** How long it is left alone after a "too many requests" that says no time; undefined: not at all. */
  readonly pause_ms: number | undefined
  /** The highest slot that the other endpoints told of. */
  readonly bestElsewhere: (endpoint: Endpoint, commitment: string) => number
}

/** One RPC endpoint: its limits, its health, and the way to it. */
export class Endpoint {
  readonly settings: EndpointSettings
  readonly health = new EndpointHealth()
  readonly limit: RateLimit
  readonly #reads: Batcher
  /** Simulations are work, and plain reads do not wait for it. */
  readonly #simulations: Batcher
  /** Of the network it belongs to, once it has told. */
  genesisHash: string | undefined
  /** When it was last asked how it is. */
  lookedAt: number | undefined
  readonly #options: EndpointOptions
  readonly #line: Line
  /** By commitment: the last one, which all answers of that time share. */
  readonly #hearings = new Map<string, { readonly at: number; readonly over: Promise<void> }>()
  #lastId = 0

  constructor(settings: EndpointSettings, options: EndpointOptions) {
    this.settings = settings
    this.#options = options
    this.#line = { ...options, url: settings.url }
    this.limit = new RateLimit(settings, options.clock)
    const nextId = (): number => ++this.#lastId
    this.#reads = new Batcher(this.#line, nextId)
    this.#simulations = new Batcher(this.#line, nextId)
  }

  get url(): string {
    return this.settings.url
  }

  /**
   * Asks once, when the limits allow it.
   *
   * @returns RPC_BEHIND as the failure when the answer is about a state too old to decide on.
   * @throws the signal's reason
   */
  async ask<T>(
    method: string,
    params: readonly unknown[],
    { signal, forSimulation }: Pick<CallOptions, 'signal' | 'forSimulation'>,
  ): Promise<Outcome<T>> {
    await this.limit.take(method, signal)
    const shared = this.#options.batch && mayShareRequest(method)
    return this.#measured(method, params, signal, () =>
      shared
        ? (forSimulation ? this.#simulations : this.#reads).call<T>(method, params, signal)
        : exchangeCall<T>(this.#lineFor(method), ++this.#lastId, method, params, signal),
    )
  }

  #lineFor(method: string): Line {
    if (!isSlow(method) || this.#line.timeout_ms >= TIMEOUT_MS) return this.#line
    return { ...this.#line, timeout_ms: TIMEOUT_MS }
  }

  /** Sends what changes something, at once and by itself. @throws the signal's reason */
  async send<T>(method: string, params: readonly unknown[], signal: AbortSignal | undefined): Promise<Outcome<T>> {
    this.limit.count(method)
    return this.#measured(method, params, signal, () =>
      exchangeCall<T>(this.#line, ++this.#lastId, method, params, signal),
    )
  }

  /** Measures how far behind the others it is by what all have told last. @throws the signal's reason */
  async compareSlots(signal: AbortSignal): Promise<void> {
    const slot = this.health.slotAt(LOOK_COMMITMENT)
    if (slot !== undefined) await this.#measureLag(LOOK_COMMITMENT, slot, signal)
  }

  /** What others tell makes it no suspect without a hearing: when its own block was made is asked then. */
  async #measureLag(commitment: string, slot: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock, bestElsewhere, lagMax_slots } = this.#options
    const { health } = this
    health.seeSlot(commitment, slot, clock.now(), bestElsewhere(this, commitment))
    if (health.lag_slots <= lagMax_slots || health.ownLag_slots > lagMax_slots) return
    const hearing = this.#hear(commitment, slot)
    await (signal ? orAborted(hearing, signal) : hearing)
    health.seeSlot(commitment, slot, clock.now(), bestElsewhere(this, commitment))
  }

  /** Never rejects: what was heard is in the endpoint's health. */
  #hear(commitment: string, slot: number): Promise<void> {
    const at = this.#options.clock.now()
    const last = this.#hearings.get(commitment)
    if (last && at - last.at < HEARING_EVERY_MS) return last.over
    const over = this.#askBlockTime(commitment, slot)
    this.#hearings.set(commitment, { at, over })
    return over
  }

  async #askBlockTime(commitment: string, slot: number): Promise<void> {
    const { clock, lagMax_slots } = this.#options
    const asked = clock.now()
    const limit = new AbortController()
    const timer = clock.at(asked + HEARING_PATIENCE_MS, () => limit.abort(new Error('too late')))
    let made_s: unknown
    try {
      const outcome = await this.ask<unknown>('getBlockTime', [slot], { signal: limit.signal })
      if ('result' in outcome) made_s = outcome.result
    } catch (thrown) {
      // One that says nothing in time proves nothing.
      if (thrown !== limit.signal.reason) throw thrown
    } finally {
      timer.cancel()
    }
    const ageMax_ms = (lagMax_slots + (COMMITMENT_SLOTS[commitment] ?? 0)) * SLOT_MS
    const age_ms = typeof made_s === 'number' ? asked - made_s * 1_000 : undefined
    this.health.seeAge(commitment, slot, asked, age_ms, ageMax_ms)
  }

  async #measured<T>(
    method: string,
    params: readonly unknown[],
    signal: AbortSignal | undefined,
    work: () => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const { clock, lagMax_slots } = this.#options
    const { health } = this
    const [from_ms, wallFrom_ms] = [clock.now(), clock.wall_ms()]
    let outcome: Outcome<T>
    try {
      outcome = await work()
    } catch (thrown) {
      if (signal?.reason === OUTRUN) health.wasOutrun(clock.now() - from_ms)
      throw thrown
    }
    const now = clock.now()
    if ('error' in outcome) {
      const { error, retryAfter_ms } = outcome
      const { slotsBehind, rpcCode } = error.context
      if (typeof slotsBehind === 'number') health.ownLag_slots = slotsBehind
      if (rpcCode === -32601) health.refused.add(method)
      const isFault = (isPassing(error) || isLockedOut(error)) && rpcCode !== MIN_SLOT_NOT_REACHED
      if (isFault && slotsBehind === undefined) health.failed(now, error, retryAfter_ms ?? this.#options.pause_ms)
      else health.answered(now, now - from_ms, clock.wall_ms() - wallFrom_ms)
      return outcome
    }
    health.answered(now, now - from_ms, clock.wall_ms() - wallFrom_ms)
    if (method === 'getHealth') health.ownLag_slots = 0
    const [slot, commitment] = [slotOf(method, outcome.result), commitmentOf(params)]
    if (slot !== undefined && commitment) await this.#measureLag(commitment, slot, signal)
    return decides(method) && health.lag_slots > lagMax_slots ? { error: behindError(this) } : outcome
  }
}

/** Whether another endpoint may answer what this one did not. */
export function mayAnswerElsewhere(error: ForgeError): boolean {
  return isPassing(error) || isLockedOut(error) || OWN_REFUSALS.includes(error.context['rpcCode'])
}

export function behindError({ url, health }: Endpoint): ForgeError {
  return new ForgeError('RPC_BEHIND', {
    message: `${redactUrl(url)} is ${health.lag_slots} slots behind`,
    context: { url: redactUrl(url), slotsBehind: health.lag_slots },
  })
}

/** It wants a key that it was not given. */
function isLockedOut(error: ForgeError): boolean {
  return error.context['status'] === 401 || error.context['status'] === 403
}
