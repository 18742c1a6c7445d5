import { ForgeError, isForgeError, messageOf } from '../../errors/forge-error.ts'
import type { Http } from '../../plugin/services.ts'
import type { Clock } from '../../time/clock.ts'
import { redactText, redactUrl } from '../redact.ts'
import { answerError, statusError } from './rpc-errors.ts'

export interface JsonRpcOptions {
  readonly url: string
  readonly fetch: Http
  readonly clock: Clock
  /** One request, in the clock's time. */
  readonly timeout_ms?: number
  /** How often a read is repeated after an answer that says "later". */
  readonly retries?: number
}

interface CallOptions {
  /**
   * Reads are repeated after a timeout, 429 or 5xx. What changes something is sent once: whether to send it again is
   * for who knows what it was.
   */
  readonly repeatable: boolean
  readonly signal?: AbortSignal | undefined
}

export type JsonRpc = <T>(method: string, params: readonly unknown[], options: CallOptions) => Promise<T>

const TIMEOUT_MS = 15_000
const RETRIES = 4
const BACKOFF_FIRST_MS = 500
const BACKOFF_MAX_MS = 10_000
/** Longer than that nobody waits: the call fails, and the caller decides. */
const RETRY_AFTER_MAX_MS = 60_000

/** An answer that says "later", with when. */
interface Failure {
  readonly error: ForgeError
  readonly retryAfter_ms?: number | undefined
}

/**
 * JSON-RPC 2.0 over HTTP.
 *
 * @throws RPC_UNAVAILABLE, RPC_RATE_LIMITED, RPC_REFUSED (with the server's `rpcCode`), RPC_ANSWER_INVALID; the
 * signal's reason when it aborts.
 */
export function createJsonRpc(options: JsonRpcOptions): JsonRpc {
  const { clock } = options
  const retries = options.retries ?? RETRIES
  let lastId = 0
  return async <T>(method: string, params: readonly unknown[], call: CallOptions): Promise<T> => {
    for (let failed = 0; ; failed++) {
      call.signal?.throwIfAborted()
      const body = JSON.stringify({ jsonrpc: '2.0', id: ++lastId, method, params })
      const outcome = await post<T>(options, method, body, call.signal)
      if ('result' in outcome) return outcome.result
      const wait_ms = outcome.retryAfter_ms ?? Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** failed)
      const passing = outcome.error.exitCode === 75
      if (!passing || !call.repeatable || failed >= retries || wait_ms > RETRY_AFTER_MAX_MS) throw outcome.error
      await clock.sleep(wait_ms, call.signal)
    }
  }
}

/** One request and its answer. The clock is held until the body is parsed. */
async function post<T>(
  options: JsonRpcOptions,
  method: string,
  body: string,
  signal: AbortSignal | undefined,
): Promise<{ result: T } | Failure> {
  const { clock, url } = options
  const limit = new AbortController()
  const timeout_ms = options.timeout_ms ?? TIMEOUT_MS
  const timer = clock.at(clock.now() + timeout_ms, () => limit.abort())
  const abort = (): void => limit.abort(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  const release = clock.hold(method)
  try {
    const work = exchange<T>(options, method, body, limit.signal)
    // A handed-in fetch may not heed its signal: whoever waits here is freed all the same.
    return await Promise.race([work, aborted(limit.signal)])
  } catch (thrown) {
    signal?.throwIfAborted()
    if (isForgeError(thrown) && thrown.code !== 'HTTP_FAILED') return { error: thrown }
    const what = limit.signal.aborted ? `no answer within ${timeout_ms} ms` : redactText(messageOf(thrown), url)
    const error = new ForgeError('RPC_UNAVAILABLE', {
      message: `${redactUrl(url)} (${method}): ${what}`,
      context: { method, url: redactUrl(url) },
    })
    return { error }
  } finally {
    release()
    timer.cancel()
    signal?.removeEventListener('abort', abort)
  }
}

async function exchange<T>(
  { fetch, url }: JsonRpcOptions,
  method: string,
  body: string,
  signal: AbortSignal,
): Promise<{ result: T } | Failure> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal,
  })
  const text = await response.text()
  if (response.status === 429 || response.status >= 500) {
    return {
      error: statusError(url, method, response.status, text),
      retryAfter_ms: retryAfter_ms(response.headers.get('retry-after')),
    }
  }
  const answer = parse(text)
  if (answer === undefined) throw statusError(url, method, response.status, text)
  if (answer.error !== undefined) return { error: answerError(url, method, answer.error) }
  return { result: answer.result as T }
}

function parse(text: string): { result?: unknown; error?: unknown } | undefined {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    return undefined
  }
  const known = typeof answer === 'object' && answer !== null && ('result' in answer || 'error' in answer)
  return known ? (answer as { result?: unknown; error?: unknown }) : undefined
}

/** Seconds; the date form is left to the usual backoff. Source: RFC 9110, section 10.2.3. */
function retryAfter_ms(header: string | null): number | undefined {
  return header !== null && /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : undefined
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => reject(new Error('aborted'))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}
