import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { messageOf } from '../../errors/forge-error.ts'
import { isMarketPath } from '../in-process-fetch.ts'

/** As a node's default: larger bodies are refused. */
const BODY_BYTES_MAX = 50 * 1024
const ANY_ORIGIN = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
}

/** JSON-RPC by POST at any path, the market's API under `/swap`, and `GET /health`. */
export function httpRequests(routes: {
  readonly rpc: (body: string) => Promise<string>
  readonly market: (request: Request) => Promise<Response>
}): RequestListener {
  return (request, response) => {
    answer(request, response, routes).catch((thrown: unknown) => {
      if (!response.headersSent) response.writeHead(500, ANY_ORIGIN)
      response.end(messageOf(thrown))
    })
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: Parameters<typeof httpRequests>[0],
): Promise<void> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`)
  if (request.method === 'OPTIONS') {
    response.writeHead(204, ANY_ORIGIN).end()
    return
  }
  const body = request.method === 'POST' ? await readBody(request) : ''
  if (body === undefined) {
    response.writeHead(413, { ...ANY_ORIGIN, connection: 'close' }).end('Payload Too Large')
    return
  }
  if (isMarketPath(url.pathname)) {
    await answerMarket(request, response, url, body, routes.market)
    return
  }
  if (request.method === 'POST') {
    const text = await routes.rpc(body)
    response.writeHead(200, { ...ANY_ORIGIN, 'content-type': 'application/json' }).end(text)
    return
  }
  if (url.pathname === '/health') response.writeHead(200, ANY_ORIGIN).end('ok')
  else response.writeHead(405, ANY_ORIGIN).end('Used HTTP Method is not allowed. POST or OPTIONS is required')
}

async function answerMarket(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  body: string,
  market: (request: Request) => Promise<Response>,
): Promise<void> {
  const method = request.method ?? 'GET'
  const contentType = request.headers['content-type']
  const answered = await market(
    new Request(url, {
      method,
      headers: contentType === undefined ? {} : { 'content-type': contentType },
      ...(method === 'POST' && { body }),
    }),
  )
  response.writeHead(answered.status, { ...ANY_ORIGIN, ...Object.fromEntries(answered.headers) })
  response.end(Buffer.from(await answered.arrayBuffer()))
}

/** Undefined when the body is larger than allowed. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_BYTES_MAX) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
