/** Where the embedded chain seems to be when it is reached in process. */
export const LOCALNET_URL = 'http://localnet'

/** As much of the `fetch` function as Solana and Jupiter clients use. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** A `fetch` that no socket is behind: JSON-RPC at any path but those of the market. */
export function inProcessFetch(routes: {
  readonly rpc: (body: string) => Promise<string>
  readonly market: (request: Request) => Promise<Response>
}): Fetch {
  return async (input, init) => {
    init?.signal?.throwIfAborted()
    const url = input instanceof Request ? input.url : String(input)
    if (isMarketPath(new URL(url).pathname)) return routes.market(new Request(input, init))
    const body = typeof init?.body === 'string' ? init.body : await new Request(input, init).text()
    return new Response(await routes.rpc(body), { status: 200, headers: { 'content-type': 'application/json' } })
  }
}

export function isMarketPath(pathname: string): boolean {
  return pathname.startsWith('/swap/')
}
