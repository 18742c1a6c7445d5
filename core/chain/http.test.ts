import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRealClock } from '../time/real-clock.ts'
import { createVirtualClock } from '../time/virtual-clock.ts'
import { createHttp, type HttpClient } from './http.ts'

let server: Server
let url: string
let sockets = 0
/** Requests that followed a redirect. */
let taken = 0
const clients: HttpClient[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/silent') return
    if (request.url === '/empty') {
      response.writeHead(204).end()
      return
    }
    if (request.url === '/endless') {
      endless(response)
      return
    }
    if (request.url === '/elsewhere') {
      response.writeHead(307, { location: '/taken?api-key=SECRET' }).end()
      return
    }
    if (request.url?.startsWith('/taken')) taken++
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      response.writeHead(request.url === '/teapot' ? 418 : 200, { 'x-method': request.method ?? '' })
      response.end(Buffer.concat(parts).toString() || 'hello')
    })
  })
  server.on('connection', () => sockets++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await Promise.all(clients.map(client => client.close()))
  server.closeAllConnections()
  server.close()
})

/** Writes for as long as somebody reads. */
function endless(response: ServerResponse): void {
  const more = (): void => {
    if (!response.destroyed && response.write('x'.repeat(1_000))) setImmediate(more)
    else response.once('drain', more)
  }
  more()
}

function client(clock = createRealClock(), limits: Parameters<typeof createHttp>[1] = {}): HttpClient {
  const made = createHttp(clock, limits)
  clients.push(made)
  return made
}

describe('HTTP', () => {
  it('gives status, headers and body, whatever the status', async () => {
    const { fetch } = client()
    const answer = await fetch(`${url}/teapot`, { method: 'POST', body: 'tea' })
    expect([answer.status, answer.headers.get('x-method'), await answer.text()]).toEqual([418, 'POST', 'tea'])
    expect((await fetch(`${url}/empty`)).status).toBe(204)
    expect(await (await fetch(new Request(url, { method: 'PUT', body: 'put' }))).text()).toBe('put')
  })

  it('keeps connections: 200 requests at once need no more than 50', async () => {
    const before = sockets
    const { fetch } = client()
    await Promise.all(Array.from({ length: 200 }, () => fetch(url)))
    expect(sockets - before).toBeLessThanOrEqual(50)
  })

  it('holds virtual time until the body is there', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const { fetch } = client(clock)
    let late = false
    clock.at(1, () => {
      late = true
    })
    const text = await clock.run(fetch(url).then(answer => answer.text()))
    expect([text, late]).toEqual(['hello', false])
  })

  it('says what failed without the secrets of the URL', async () => {
    const { fetch } = client()
    await expect(fetch('http://127.0.0.1:1/?api-key=SECRET')).rejects.toMatchObject({
      code: 'HTTP_FAILED',
      message: expect.not.stringContaining('SECRET'),
    })
  })

  it('follows no redirect, with what is sent, and says where it went without its secrets', async () => {
    const { fetch } = client()
    await expect(fetch(`${url}/elsewhere`, { method: 'POST', body: 'signed' })).rejects.toMatchObject({
      code: 'HTTP_FAILED',
      message: `${url}/elsewhere redirects to ${url}/taken?api-key=***, and nothing is sent there`,
    })
    expect(taken).toBe(0)
  })

  it('does not read more than it can keep', async () => {
    const { fetch } = client(createRealClock(), { answerMax_bytes: 100_000 })
    await expect(fetch(`${url}/endless`)).rejects.toMatchObject({
      code: 'HTTP_FAILED',
      message: expect.stringContaining('more than 100000 bytes'),
    })
  })

  it('gives up an answer that never ends, although virtual time stands still until it does', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const { fetch } = client(clock, { answerMax_ms: 50 })
    await expect(clock.run(fetch(`${url}/endless`))).rejects.toMatchObject({
      code: 'HTTP_FAILED',
      message: expect.stringContaining('no whole answer within 50 ms'),
    })
  })

  it('throws the reason of an abort', async () => {
    const { fetch } = client()
    const stop = new AbortController()
    const waiting = fetch(`${url}/silent`, { signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
})
