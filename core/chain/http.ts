import { Agent, type RequestInit as AgentRequestInit, fetch as agentFetch } from 'undici'
import { ForgeError, messageOf } from '../errors/forge-error.ts'
import type { Http } from '../plugin/services.ts'
import type { Clock } from '../time/clock.ts'
import { redactText, redactUrl } from './redact.ts'

/** Connections per host. Source: `facts`: 400 parallel calls without a shared agent opened 400 sockets. */
const CONNECTIONS = 50
/**
 * The last resort against a server that takes a request and never answers: real time, so that it also ends a wait
 * during which virtual time stands still.
 */
const SILENCE_MAX_MS = 60_000

export interface HttpClient {
  readonly fetch: Http
  /** Closes idle connections, so that the process can end. */
  close(): Promise<void>
}

/**
 * HTTP over kept-alive connections: the one place that opens sockets for requests. It holds the virtual clock until the
 * body has arrived; what it gives back needs no more waiting. Secrets in a URL do not appear in its errors.
 *
 * @throws HTTP_FAILED when no answer came; a status is never an error here. An abort is thrown as its reason.
 */
export function createHttp(clock: Clock): HttpClient {
  const dispatcher = new Agent({
    connections: CONNECTIONS,
    headersTimeout: SILENCE_MAX_MS,
    bodyTimeout: SILENCE_MAX_MS,
    keepAliveTimeout: 30_000,
  })
  const send = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = input instanceof Request ? await taken(input) : { url: String(input), init: {} }
    try {
      const answer = await agentFetch(request.url, { ...request.init, ...init, dispatcher } as AgentRequestInit)
      const body = await answer.arrayBuffer()
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
      throw failed(request.url, thrown)
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

function failed(url: string, thrown: unknown): ForgeError {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown
  return new ForgeError('HTTP_FAILED', {
    message: `${redactUrl(url)} gave no answer: ${redactText(messageOf(cause), url)}`,
    context: { url: redactUrl(url) },
  })
}
