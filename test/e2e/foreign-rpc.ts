import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ForeignRpc {
  readonly url: string
  /** How often a method was called through it. */
  calls(method: string): number
  close(): Promise<void>
}

/**
 * A server in front of one of ours that knows no `sniperforge_clock`, as no server of somebody else does: the chain
 * behind it runs by itself, and its time is nobody's to move.
 *
 * @param results methods that it answers itself, with what
 */
export async function foreignRpc(
  upstream: string,
  results: Readonly<Record<string, unknown>> = {},
): Promise<ForeignRpc> {
  const counts = new Map<string, number>()
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: string }> => {
    const body = request.method === 'POST' ? await text(request) : undefined
    if (body !== undefined && !request.url?.startsWith('/swap/')) {
      for (const { id, method } of callsOf(body)) {
        counts.set(method, (counts.get(method) ?? 0) + 1)
        if (method in results) {
          return { status: 200, body: JSON.stringify({ jsonrpc: '2.0', id, result: results[method] }) }
        }
        if (method !== 'sniperforge_clock') continue
        const error = { code: -32601, message: 'Method not found' }
        return { status: 200, body: JSON.stringify({ jsonrpc: '2.0', id, error }) }
      }
    }
    const passed = await fetch(new URL(request.url ?? '/', upstream), {
      method: request.method ?? 'GET',
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
    })
    return { status: passed.status, body: await passed.text() }
  }
  const server = createServer((request, response) => {
    void answer(request)
      .catch((thrown: unknown) => ({ status: 502, body: String(thrown) }))
      .then(({ status, body }) => response.writeHead(status, { 'content-type': 'application/json' }).end(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: method => counts.get(method) ?? 0,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function callsOf(body: string): { id: unknown; method: string }[] {
  const parsed = JSON.parse(body) as { id: unknown; method: string } | { id: unknown; method: string }[]
  return Array.isArray(parsed) ? parsed : [parsed]
}
