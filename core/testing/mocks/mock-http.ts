import { ForgeError } from '../../errors/forge-error.ts'
import type { Http } from '../../plugin/services.ts'
import type { Clock } from '../../time/clock.ts'

/** One answer of the network. */
export interface HttpMock {
  /** The whole URL, or its beginning when it ends in `*`. */
  readonly url: string
  readonly method?: string
  readonly status?: number
  /** The body as JSON, or as text. */
  readonly json?: unknown
  readonly text?: string
  readonly delay_ms?: number
  /** How often this answer is given; then the next that fits. Unlimited when absent. */
  readonly times?: number
}

/** A request that was made. */
export interface HttpCall {
  readonly at: number
  readonly method: string
  readonly url: string
  readonly body: string
}

/** Answers from the list, in its order; a request that nothing answers fails, and names itself. */
export function mockHttp(mocks: readonly HttpMock[], clock: Clock): Http & { readonly calls: readonly HttpCall[] } {
  const calls: HttpCall[] = []
  const used = new Map<HttpMock, number>()
  const http: Http = async (input, init) => {
    const request = new Request(input, init)
    const { url, method } = request
    calls.push({ at: clock.now(), method, url, body: await clock.holdWhile('request body', () => request.text()) })
    const mock = mocks.find(
      each =>
        (each.url.endsWith('*') ? url.startsWith(each.url.slice(0, -1)) : url === new URL(each.url).href) &&
        (each.method ?? method) === method &&
        (used.get(each) ?? 0) < (each.times ?? Number.POSITIVE_INFINITY),
    )
    if (!mock) {
      throw new ForgeError('TEST_MOCK_MISSING', {
        message: `no mock answers ${method} ${url}`,
        remedy: 'Add one under `mocks.http`, or correct the URL.',
      })
    }
    used.set(mock, (used.get(mock) ?? 0) + 1)
    if (mock.delay_ms !== undefined) await clock.sleep(mock.delay_ms, request.signal)
    const body = mock.text ?? JSON.stringify(mock.json ?? null)
    const type = mock.text === undefined ? 'application/json' : 'text/plain'
    return new Response(body, { status: mock.status ?? 200, headers: { 'content-type': type } })
  }
  return Object.assign(http, { calls })
}
