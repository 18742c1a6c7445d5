import {
  Agent,
  type RequestInit as AgentRequestInit,
  type Response as AgentResponse,
  fetch as agentFetch,
} from 'undici'
import { ForgeError, messageOf } from '../errors/forge-error.ts'
import type { Http } from '../plugin/services.ts'
import type { Clock } from '../time/clock.ts'
import { createRealClock } from '../time/real-clock.ts'
import { redactText, redactUrl } from './redact.ts'

/** Connections per host. Source: `facts`: 400 parallel calls without a shared agent opened 400 sockets. */
const CONNECTIONS = 50
/**
 * The last resort against a server that takes a request and never answers: real time, so that it also ends a wait
 * during which virtual time stands still.
 */
const SILENCE_MAX_MS = 60_000
/** For a whole answer, also in real time: one that drips, byte by byte, is never silent. */
const ANSWER_MAX_MS = 300_000
/** The most of an answer that is kept; the largest honest ones, all accounts of a program, stay well below. */
const ANSWER_MAX_BYTES = 128 * 1024 * 1024

export interface HttpClient {
  readonly fetch: Http
  /** Closes idle connections, so that the process can end. */
  close(): Promise<void>
}

/**
 * HTTP over kept-alive connections: the one place that opens sockets for requests. It holds the virtual clock until the
 * body has arrived; what it gives back needs no more waiting. Secrets in a URL do not appear in its errors. Redirects are
 * not followed: what is sent, keys and signed transactions among it, goes where the user said and nowhere else.
 *
 * @throws HTTP_FAILED when no answer came, or one that redirects, is too large or never ends; a status is never an error
 *   here. An abort is thrown as its reason.
 */
export function createHttp(
  clock: Clock,
  { answerMax_bytes = ANSWER_MAX_BYTES, answerMax_ms = ANSWER_MAX_MS } = {},
): HttpClient {
  const real = createRealClock()
  const dispatcher = new Agent({
    connections: CONNECTIONS,
    headersTimeout: SILENCE_MAX_MS,
    bodyTimeout: SILENCE_MAX_MS,
    keepAliveTimeout: 30_000,
  })
  const send = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = input instanceof Request ? await taken(input) : { url: String(input), init: {} }
    const limit = new AbortController()
    const timer = real.at(real.now() + answerMax_ms, () =>
      limit.abort(new Error(`no whole answer within ${answerMax_ms} ms`)),
    )
    const signals = [limit.signal, init?.signal ?? request.init.signal].filter(signal => signal != null)
    try {
      const options = { ...request.init, ...init, redirect: 'manual', signal: AbortSignal.any(signals), dispatcher }
      const answer = await agentFetch(request.url, options as AgentRequestInit)
      refuseRedirect(request.url, answer)
      const body = await wholeBody(answer.body, answerMax_bytes)
      // A null-body status refuses even an empty buffer.
      const empty = [101, 204, 205, 304].includes(answer.status)
      return new Response(empty ? null : body, {
        status: answer.status,
        statusText: answer.statusText,
        headers: [...answer.headers],
      })
    } catch (thrown) {
      const signal = init?.signal ?? request.init.signal
      if (signal?.aborted) throw signal.reason
      throw failed(request.url, limit.signal.aborted ? limit.signal.reason : thrown)
    } finally {
      timer.cancel()
    }
  }
  return {
    fetch: (input, init) => clock.holdWhile('http', () => send(input, init)),
    close: () => dispatcher.close(),
  }
}

async function taken(request: Request): Promise<{ url: string; init: RequestInit }> {
  const { url, method, headers, signal } = request
  const body = request.body === null ? undefined : await request.arrayBuffer()
  return { url, init: { method, headers: [...headers], signal, ...(body && { body }) } }
}

/** @throws HTTP_FAILED for an answer that is to be found elsewhere */
function refuseRedirect(url: string, answer: AgentResponse): void {
  const location = answer.headers.get('location')
  if (location === null || answer.status < 300 || answer.status > 399) return
  const target = URL.canParse(location, url) ? redactUrl(new URL(location, url).href) : 'something that is no URL'
  throw new ForgeError('HTTP_FAILED', {
    message: `${redactUrl(url)} redirects to ${target}, and nothing is sent there`,
    remedy: 'If that is where it should go, give that address instead.',
    context: { url: redactUrl(url) },
  })
}

async function wholeBody(body: AgentResponse['body'], max_bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of body ?? []) {
    length += part.length
    if (length > max_bytes) throw new Error(`its answer is more than ${max_bytes} bytes`)
    parts.push(part)
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function failed(url: string, thrown: unknown): ForgeError {
  if (thrown instanceof ForgeError) return thrown
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown
  return new ForgeError('HTTP_FAILED', {
    message: `${redactUrl(url)} gave no answer: ${redactText(messageOf(cause), url)}`,
    context: { url: redactUrl(url) },
  })
}
