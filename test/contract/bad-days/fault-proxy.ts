import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request on its way to the server. */
interface ProxyRequest {
  /** JSON-RPC methods, one or those of an array; of any other request its path. */
  readonly methods: readonly string[]
  /** How many requests with the first of them came before. */
  readonly count: number
}

interface Passed {
  readonly status: number
  readonly text: string
}

/** What becomes of a request instead of its answer; `pass` lets it through to the server first. */
export type Reaction = (response: ServerResponse, pass: () => Promise<Passed>) => Promise<void> | void

/** Undefined lets a request through. */
export type Fault = (request: ProxyRequest) => Reaction | undefined

export interface FaultProxy {
  readonly url: string
  /** Applies to requests from now on. */
  fault: Fault
  /** Methods and paths in the order they came, with the real time. */
  readonly seen: readonly { readonly name: string; readonly at: number }[]
  /** How many requests are met with silence now. */
  silent(): number
  close(): Promise<void>
}

/** Answers that never come. */
const SILENCED = new WeakSet<ServerResponse>()

/** A proxy on the loopback interface that can treat each request badly. */
export async function faultProxy(target: string): Promise<FaultProxy> {
  const seen: { name: string; at: number }[] = []
  const counts = new Map<string, number>()
  const open = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    open.add(response)
    response.once('close', () => open.delete(response))
    handle(request, response).catch((thrown: unknown) => response.destroy(thrown as Error))
  })
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const methods = methodsOf(request, body)
    const first = methods[0] ?? ''
    const count = counts.get(first) ?? 0
    counts.set(first, count + 1)
    for (const name of methods) seen.push({ name, at: Date.now() })
    const pass = async (): Promise<Passed> => {
      const { method = 'GET' } = request
      const headers = { 'content-type': request.headers['content-type'] ?? 'application/json' }
      const init = method === 'POST' ? { method, headers, body } : { method }
      const answer = await fetch(`${target}${request.url}`, init)
      return { status: answer.status, text: await answer.text() }
    }
    const reaction = proxy.fault({ methods, count })
    if (reaction) await reaction(response, pass)
    else await passed(response, pass)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: () => undefined,
    seen,
    silent: () => [...open].filter(response => SILENCED.has(response)).length,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return proxy
}

function methodsOf(request: IncomingMessage, body: string): readonly string[] {
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  if (path !== '/' || body === '') return [path]
  const calls = JSON.parse(body) as { method: string } | { method: string }[]
  return [calls].flat().map(({ method }) => method)
}

const passed: Reaction = async (response, pass) => {
  const { status, text } = await pass()
  response.writeHead(status, { 'content-type': 'application/json' }).end(text)
}

export const status =
  (code: number, headers: Record<string, string> = {}): Reaction =>
  response => {
    response.writeHead(code, headers).end('later')
  }

/** An answer with status 200 that is something else. */
export const instead =
  (text: string): Reaction =>
  response => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(text)
  }

/** Nothing comes, and the connection stays. */
export const silence: Reaction = response => {
  SILENCED.add(response)
}

/** The connection breaks before any answer. */
export const cut: Reaction = response => {
  response.destroy()
}

/** The answer begins, and the connection breaks in its body. */
export const half: Reaction = async (response, pass) => {
  const { text } = await pass()
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(text.length) })
  response.write(text.slice(0, text.length / 2))
  await new Promise(resolve => setTimeout(resolve, 5))
  response.destroy()
}

/** The request arrives; what comes back of it is this. */
export const arrivesThen =
  (reaction: Reaction): Reaction =>
  async (response, pass) => {
    await pass()
    await reaction(response, pass)
  }

/** The answer, changed on its way. */
export const altered =
  (change: (answer: RpcAnswer) => RpcAnswer): Reaction =>
  async (response, pass) => {
    const { text } = await pass()
    const json = JSON.parse(text) as RpcAnswer | RpcAnswer[]
    await instead(JSON.stringify(Array.isArray(json) ? json.map(change) : change(json)))(response, pass)
  }

export interface RpcAnswer {
  readonly id: unknown
  readonly result?: unknown
  readonly error?: unknown
}

/** A node that stopped following its cluster so many slots ago, says so, and still answers. */
export function behindBy(slots: number): Fault {
  return ({ methods }) => {
    if (methods.includes('getHealth')) {
      const error = { code: -32005, message: `Node is behind by ${slots} slots`, data: { numSlotsBehind: slots } }
      return altered(answer => (answer.result === 'ok' ? { id: answer.id, error } : earlier(answer, slots)))
    }
    return methods[0]?.startsWith('get') ? altered(answer => earlier(answer, slots)) : undefined
  }
}

function earlier(answer: RpcAnswer, slots: number): RpcAnswer {
  const { result } = answer
  const context = (result as { context?: { slot: number } } | null)?.context
  if (typeof context?.slot !== 'number') return answer
  return { ...answer, result: { ...(result as object), context: { ...context, slot: context.slot - slots } } }
}
