import type { ErrorCode } from '../../errors/codes.ts'
import { ForgeError, isForgeError } from '../../errors/forge-error.ts'
import type { TipPercentile } from '../../plugin/landing.ts'
import type { Http } from '../../plugin/services.ts'
import type { Clock } from '../../time/clock.ts'
import { redactUrl } from '../redact.ts'
import { exchangeCall } from '../rpc/exchange.ts'
import { TIMEOUT_MS } from '../rpc/json-rpc.ts'
import { KeptAnswer } from './kept-answer.ts'
import { RateGate } from './rate-gate.ts'
import { fetchTipFloor, type TipFloor } from './tip-floor.ts'

/** A private way to block leaders: what goes in is seen by nobody before it is in a block. */
export interface BlockEngine {
  readonly url: string
  /** Where tips may go, base58; at least one. */
  tipAccounts(signal: AbortSignal): Promise<readonly string[]>
  /** What landed tips were of late, in lamports. */
  tipFloor(percentile: TipPercentile, signal: AbortSignal): Promise<bigint>
  /** Sends one transaction as a bundle of its own. The answer says only that it was taken. */
  send(wire: Uint8Array, signal?: AbortSignal): Promise<void>
  /** Sends up to five transactions that land together, in this order, or not at all; answers the bundle's id. */
  sendBundle(wires: readonly Uint8Array[], signal?: AbortSignal): Promise<string>
}

export interface BlockEngineOptions {
  /** Of the region, without a path. */
  readonly url: string
  readonly tipFloorUrl: string
  readonly fetch: Http
  readonly clock: Clock
  readonly timeout_ms?: number
}

/** One request a second for each address and region, without an agreement. Source: Jito's documentation. */
const REQUEST_EVERY_MS = 1_000
const PAUSE_MAX_MS = 10_000
/** They have not changed for years. */
const ACCOUNTS_KEPT_MS = 3_600_000
const FLOOR_KEPT_MS = 10_000
const BUNDLE_TRANSACTIONS_MAX = 5
const TRANSACTIONS = 'transactions?bundleOnly=true'
const BUNDLES = 'bundles'
/** "Network congested. Endpoint is globally rate limited." */
const TOO_MANY_CODE = -32097
const RELAY_CODES: Readonly<Partial<Record<ErrorCode, ErrorCode>>> = {
  RPC_REFUSED: 'RELAY_REFUSED',
  RPC_ANSWER_INVALID: 'RELAY_ANSWER_INVALID',
}

/**
 * Jito's block engine over its JSON-RPC. All requests of a region share its limit, so they go one a second; after a
 * "too many" they pause as long as it asks, or longer each time.
 *
 * @throws from every method RELAY_REFUSED with what the engine says, RELAY_UNAVAILABLE, RELAY_ANSWER_INVALID, and the
 * signal's reason.
 */
export function createBlockEngine(options: BlockEngineOptions): BlockEngine {
  return new JitoBlockEngine(options)
}

class JitoBlockEngine implements BlockEngine {
  readonly url: string
  readonly #options: BlockEngineOptions
  readonly #gate: RateGate
  #refusals = 0
  #lastId = 0
  readonly #accounts: KeptAnswer<readonly string[]>
  readonly #floor: KeptAnswer<TipFloor>
  #lastFloor: TipFloor | undefined

  constructor(options: BlockEngineOptions) {
    const { url, clock } = options
    this.url = url.replace(/\/+$/, '')
    this.#options = options
    this.#accounts = new KeptAnswer(clock, ACCOUNTS_KEPT_MS)
    this.#floor = new KeptAnswer(clock, FLOOR_KEPT_MS)
    this.#gate = new RateGate(clock, REQUEST_EVERY_MS)
  }

  tipAccounts(signal: AbortSignal): Promise<readonly string[]> {
    return this.#accounts.get(() => this.#askTipAccounts(signal))
  }

  async tipFloor(percentile: TipPercentile, signal: AbortSignal): Promise<bigint> {
    const { fetch, tipFloorUrl, clock } = this.#options
    try {
      this.#lastFloor = await this.#floor.get(() => fetchTipFloor(tipFloorUrl, fetch, clock, signal))
    } catch (thrown) {
      signal.throwIfAborted()
      // An old figure is better than none: it is capped all the same.
      if (!this.#lastFloor) throw relayError(thrown)
    }
    return this.#lastFloor[percentile]
  }

  async #askTipAccounts(signal: AbortSignal): Promise<readonly string[]> {
    const value = await this.#ask<unknown>(BUNDLES, 'getTipAccounts', [], signal)
    if (!isAddressList(value)) {
      throw new ForgeError('RELAY_ANSWER_INVALID', {
        message: `${redactUrl(this.url)} (getTipAccounts): no list of addresses`,
      })
    }
    return value
  }

  async send(wire: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.#ask(TRANSACTIONS, 'sendTransaction', [base64(wire), { encoding: 'base64' }], signal)
  }

  async sendBundle(wires: readonly Uint8Array[], signal?: AbortSignal): Promise<string> {
    if (wires.length === 0 || wires.length > BUNDLE_TRANSACTIONS_MAX) {
      throw new RangeError(`a bundle has 1 to ${BUNDLE_TRANSACTIONS_MAX} transactions, not ${wires.length}`)
    }
    return this.#ask<string>(BUNDLES, 'sendBundle', [wires.map(base64), { encoding: 'base64' }], signal)
  }

  async #ask<T>(path: string, method: string, params: readonly unknown[], signal?: AbortSignal): Promise<T> {
    const { fetch, clock, timeout_ms = TIMEOUT_MS } = this.#options
    await this.#gate.pass(signal)
    const line = { url: `${this.url}/api/v1/${path}`, fetch, clock, timeout_ms }
    const outcome = await exchangeCall<T>(line, ++this.#lastId, method, params, signal)
    if ('result' in outcome) {
      this.#refusals = 0
      return outcome.result
    }
    const { error, retryAfter_ms } = outcome
    if (isTooMany(error)) {
      this.#gate.close(retryAfter_ms ?? Math.min(PAUSE_MAX_MS, REQUEST_EVERY_MS * 2 ** ++this.#refusals))
    }
    throw relayError(error)
  }
}

/** With the status of its own, or as an error in an answer that is otherwise well. */
function isTooMany(error: ForgeError): boolean {
  return error.code === 'RPC_RATE_LIMITED' || error.context['rpcCode'] === TOO_MANY_CODE
}

/** What the engine said, under the codes of a relay: they must not be taken for those of the RPC endpoint. */
function relayError(thrown: unknown): unknown {
  if (!isForgeError(thrown) || thrown.code.startsWith('RELAY_')) return thrown
  const code = isTooMany(thrown) ? 'RELAY_UNAVAILABLE' : (RELAY_CODES[thrown.code] ?? 'RELAY_UNAVAILABLE')
  return new ForgeError(code, { message: thrown.message, context: thrown.context, cause: thrown })
}

function isAddressList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every(entry => typeof entry === 'string')
}

function base64(wire: Uint8Array): string {
  return Buffer.from(wire).toString('base64')
}
