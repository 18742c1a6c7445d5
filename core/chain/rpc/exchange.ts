import { ForgeError, isForgeError, messageOf } from '../../errors/forge-error.ts'
import type { Http } from '../../plugin/services.ts'
import type { Clock } from '../../time/clock.ts'
import { redactText, redactUrl } from '../redact.ts'
import { retryAfter_ms } from './retry-after.ts'
import { answerError, statusError } from './rpc-errors.ts'

/** Where requests go, and how long one may take on the clock. */
export interface Line {
  readonly url: string
  readonly fetch: Http
  readonly clock: Clock
  readonly timeout_ms: number
}

/** What went wrong, and when the server wants to be asked again. */
export interface Failure {
  readonly error: ForgeError
  readonly retryAfter_ms?: number | undefined
}

export type Outcome<T> = { readonly result: T } | Failure

/** An answer that is JSON; what kind is for the caller to see. */
interface Answered {
  readonly status: number
  readonly text: string
  readonly json: unknown
}

/**
 * One HTTP request and its answer. The clock is held until the body is parsed.
 *
 * @param label What is asked for, in errors.
 * @throws the signal's reason when it aborts; everything else is a failure.
 */
export async function exchange(
  line: Line,
  label: string,
  body: string,
  signal: AbortSignal | undefined,
): Promise<Answered | Failure> {
  const { clock, url, timeout_ms } = line
  const limit = new AbortController()
  const timer = clock.at(clock.now() + timeout_ms, () => limit.abort())
  const abort = (): void => limit.abort(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  const release = clock.hold(label)
  try {
    // A handed-in fetch may not heed its signal: whoever waits here is freed all the same.
    return await Promise.race([post(line, label, body, limit.signal), aborted(limit.signal)])
  } catch (thrown) {
    signal?.throwIfAborted()
    const what = limit.signal.aborted ? `: no answer within ${timeout_ms} ms` : troubleOf(thrown, url)
    const error = new ForgeError('RPC_UNAVAILABLE', {
      message: `${redactUrl(url)} (${label})${what}`,
      context: { method: label, url: redactUrl(url) },
    })
    return { error }
  } finally {
    release()
    timer.cancel()
    signal?.removeEventListener('abort', abort)
  }
}

/** What kept an answer from coming, without the address it begins with: whoever tells it has that. */
function troubleOf(thrown: unknown, url: string): string {
  if (isForgeError(thrown, 'HTTP_FAILED')) return thrown.message.replace(redactUrl(url), '')
  return `: ${redactText(messageOf(thrown), url)}`
}

/** One JSON-RPC call. @throws the signal's reason when it aborts */
export async function exchangeCall<T>(
  line: Line,
  id: number,
  method: string,
  params: readonly unknown[],
  signal: AbortSignal | undefined,
): Promise<Outcome<T>> {
  const body = JSON.stringify({ jsonrpc: '2.0', id, method, params })
  const answer = await exchange(line, method, body, signal)
  if ('error' in answer) return answer
  return memberOutcome<T>(line.url, method, answer.json) ?? notJsonRpc(line.url, method, answer)
}

/** What a JSON-RPC answer says; undefined when it is none. */
export function memberOutcome<T>(url: string, method: string, json: unknown): Outcome<T> | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  if ('error' in json && json.error !== undefined && json.error !== null)
    return { error: answerError(url, method, json.error) }
  return 'result' in json ? { result: json.result as T } : undefined
}

function notJsonRpc(url: string, label: string, answer: Answered): Failure {
  return { error: statusError(url, label, answer.status, answer.text) }
}

async function post(line: Line, label: string, body: string, signal: AbortSignal): Promise<Answered | Failure> {
  const { fetch, url, clock } = line
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal,
  })
  const { status } = response
  const text = await response.text()
  if (status === 429 || status >= 500) {
    const error = statusError(url, label, status, text)
    return { error, retryAfter_ms: retryAfter_ms(response.headers, clock.now()) }
  }
  try {
    return { status, text, json: JSON.parse(text) }
  } catch {
    return { error: statusError(url, label, status, text) }
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => reject(new Error('aborted'))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}
