import { FetchError, ResponseError } from '@jup-ag/api'
import { ForgeError, messageOf } from '../../../core/index.ts'

/** What the API says when there is no way from one token to the other for that amount. */
const NO_ROUTE = ['COULD_NOT_FIND_ANY_ROUTE', 'NO_ROUTES_FOUND']

interface ErrorBody {
  readonly error?: string
  readonly errorCode?: string
}

/** Whether a request failed only because no pool takes such a trade; anything else as the error to throw. */
export async function explainFailure(thrown: unknown, signal: AbortSignal): Promise<'no-route' | ForgeError> {
  if (signal.aborted) throw signal.reason
  if (thrown instanceof ForgeError) return thrown
  if (thrown instanceof ResponseError) return explainResponse(thrown.response)
  const cause = thrown instanceof FetchError ? thrown.cause : thrown
  if (cause instanceof ForgeError && cause.code !== 'HTTP_FAILED') return cause
  return new ForgeError('VENUE_UNAVAILABLE', {
    message: `Jupiter could not be reached: ${messageOf(cause)}`,
    remedy: 'Check the network and try again; best-route trades over the other venues meanwhile.',
    cause,
  })
}

async function explainResponse(response: Response): Promise<'no-route' | ForgeError> {
  const body = await bodyOf(response)
  const code = body.errorCode ?? ''
  if (NO_ROUTE.includes(code)) return 'no-route'
  const { status } = response
  const requestId = response.headers.get('x-api-gateway-request-id') ?? undefined
  const message = `Jupiter answered ${status}${code && ` ${code}`}${body.error ? `: ${body.error}` : ''}`
  if (status === 429 || status >= 500 || status === 408) {
    const retryAfter_ms = retryAfter(response)
    return new ForgeError('VENUE_UNAVAILABLE', { message, context: { status, retryAfter_ms, requestId } })
  }
  return new ForgeError('VENUE_REFUSED', {
    message,
    ...(status === 401 && { remedy: 'The API key is not valid: check apiKey.' }),
    ...(status === 403 && { remedy: 'The API does not serve this address or region.' }),
    context: { status, code, requestId },
  })
}

async function bodyOf(response: Response): Promise<ErrorBody> {
  const text = await response.text()
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? body : {}
  } catch {
    // Gateways answer errors in HTML or plain text: the first line says enough.
    return { error: text.split('\n', 1)[0]!.slice(0, 200) }
  }
}

/** In seconds, as the API gives it; a date form is left to the caller's own backoff. */
function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined
}
