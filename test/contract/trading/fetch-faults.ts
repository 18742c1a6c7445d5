/** As much of the `fetch` function as the chain client uses. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** What a fault makes of one request: `undefined` lets it pass. */
export type Fault = (request: {
  method: string
  /** JSON of the request. */
  body: string
  count: number
  pass: () => Promise<Response>
}) => Promise<Response> | undefined

/** A fetch whose requests go through `fault` first; `count` says how many of the method came before. */
export function faulty(fetch: Fetch, fault: Fault): Fetch {
  const counts = new Map<string, number>()
  return async (input, init) => {
    const body = typeof init?.body === 'string' ? init.body : '{}'
    const method = String((JSON.parse(body) as { method?: string }).method ?? '')
    const count = counts.get(method) ?? 0
    counts.set(method, count + 1)
    // What is on the wire arrives, also when its sender has stopped waiting.
    const pass = (): Promise<Response> => fetch(input, { ...init, signal: null })
    return fault({ method, body, count, pass }) ?? pass()
  }
}
