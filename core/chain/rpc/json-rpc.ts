import type { ForgeError } from '../../errors/forge-error.ts'
import type { Http } from '../../plugin/services.ts'
import type { Clock } from '../../time/clock.ts'
import { exchangeCall, type Failure } from './exchange.ts'

export interface JsonRpcOptions {
  readonly url: string
  readonly fetch: Http
  readonly clock: Clock
  /** One request, in the clock's time. */
  readonly timeout_ms?: number
  /** How often a read is repeated after an answer that says "later". */
  readonly retries?: number
}

export interface CallOptions {
  /**
   * Reads are repeated after a timeout, 429 or 5xx. What changes something is sent once: whether to send it again is
   * for who knows what it was.
   */
  readonly repeatable: boolean
  readonly signal?: AbortSignal | undefined
  /** That it is read for a simulation of the same turn: both are asked in one request where the endpoint takes arrays. */
  readonly forSimulation?: boolean
}

export type JsonRpc = <T>(method: string, params: readonly unknown[], options: CallOptions) => Promise<T>

export const TIMEOUT_MS = 15_000
export const RETRIES = 4
const BACKOFF_FIRST_MS = 500
const BACKOFF_MAX_MS = 10_000
/** Longer than that nobody waits: the call fails, and the caller decides. */
const RETRY_AFTER_MAX_MS = 60_000

/**
 * JSON-RPC 2.0 over HTTP to one endpoint.
 *
 * @throws RPC_UNAVAILABLE, RPC_RATE_LIMITED, RPC_REFUSED (with the server's `rpcCode`), RPC_ANSWER_INVALID; the
 * signal's reason when it aborts.
 */
export function createJsonRpc(options: JsonRpcOptions): JsonRpc {
  const { clock, retries = RETRIES } = options
  const line = { ...options, timeout_ms: options.timeout_ms ?? TIMEOUT_MS }
  let lastId = 0
  return async <T>(method: string, params: readonly unknown[], call: CallOptions): Promise<T> => {
    for (let failed = 0; ; failed++) {
      call.signal?.throwIfAborted()
      const outcome = await exchangeCall<T>(line, ++lastId, method, params, call.signal)
      if ('result' in outcome) return outcome.result
      const wait_ms = waitAfter_ms(outcome, failed)
      if (!call.repeatable || failed >= retries || wait_ms === undefined) throw outcome.error
      await clock.sleep(wait_ms, call.signal)
    }
  }
}

/** How long to wait before the same is asked again; undefined when it is not to be asked again. */
export function waitAfter_ms({ error, retryAfter_ms }: Failure, failed: number): number | undefined {
  const wait_ms = retryAfter_ms ?? Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** failed)
  return isPassing(error) && wait_ms <= RETRY_AFTER_MAX_MS ? wait_ms : undefined
}

/** Whether an error may be gone when the same is asked again. */
export function isPassing(error: ForgeError): boolean {
  return error.exitCode === 75
}
