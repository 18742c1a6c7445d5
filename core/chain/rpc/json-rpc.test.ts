import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import { createHttp } from '../http.ts'
import { createJsonRpc } from './json-rpc.ts'

const URL_WITH_KEY = 'https://user:pass@rpc.example/v1/abcdef0123456789abcd?api-key=SECRET'
const SECRETS = ['pass', 'abcdef0123456789abcd', 'SECRET']

type Answer = () => Promise<Response> | Response
const ok: Answer = () => Response.json({ jsonrpc: '2.0', id: 1, result: 42 })
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  () =>
    new Response(`status ${code} for ${URL_WITH_KEY}`, { status: code, headers })
const broken: Answer = () => Promise.reject(new Error(`connect ECONNREFUSED ${URL_WITH_KEY}`))
const silent: Answer = () => new Promise<Response>(() => undefined)
const rpcError =
  (code: number): Answer =>
  () =>
    Response.json({ jsonrpc: '2.0', id: 1, error: { code, message: 'no' } })

/** Calls once with these answers in turn, in virtual time; the last one repeats. */
async function call(answers: readonly Answer[], options: { repeatable?: boolean; timeout_ms?: number } = {}) {
  const clock = createVirtualClock({ start_ms: 0 })
  let asked = 0
  const rpc = createJsonRpc({
    url: URL_WITH_KEY,
    clock,
    timeout_ms: options.timeout_ms ?? 1_000,
    fetch: async () => (answers[Math.min(asked++, answers.length - 1)] ?? ok)(),
  })
  const done = clock.run(
    rpc('getSlot', [], { repeatable: options.repeatable ?? true }).then(
      value => ({ value, error: undefined }),
      (error: unknown) => ({ value: undefined, error }),
    ),
  )
  const outcome = await done
  return { ...outcome, asked, waited_ms: clock.now() }
}

describe('a JSON-RPC call', () => {
  it('gives the result', async () => {
    expect(await call([ok])).toMatchObject({ value: 42, asked: 1, waited_ms: 0 })
  })

  it.each([
    ['429', status(429)],
    ['503', status(503)],
    ['a broken connection', broken],
    ['a node that is behind', rpcError(-32005)],
  ])('repeats a read after %s, later each time', async (_name, failure) => {
    expect(await call([failure, failure, ok])).toMatchObject({ value: 42, asked: 3, waited_ms: 1_500 })
  })

  it('waits as long as Retry-After says, but not for ever', async () => {
    expect(await call([status(429, { 'retry-after': '7' }), ok])).toMatchObject({ asked: 2, waited_ms: 7_000 })
    const endless = await call([status(429, { 'retry-after': '3600' }), ok])
    expect(endless).toMatchObject({ asked: 1, error: { code: 'RPC_RATE_LIMITED', exitCode: 75 } })
  })

  it('gives up after so many, with what happened', async () => {
    expect(await call([status(429)])).toMatchObject({ asked: 5, error: { code: 'RPC_RATE_LIMITED' } })
    expect(await call([broken])).toMatchObject({ asked: 5, error: { code: 'RPC_UNAVAILABLE' } })
  })

  it('never repeats what changes something', async () => {
    for (const failure of [status(429), status(503), broken]) {
      expect(await call([failure, ok], { repeatable: false })).toMatchObject({ asked: 1 })
    }
  })

  it('does not repeat a refusal, and gives its code', async () => {
    const refused = await call([rpcError(-32602)])
    expect(refused).toMatchObject({ asked: 1, error: { code: 'RPC_REFUSED', context: { rpcCode: -32602 } } })
    expect(await call([status(401)])).toMatchObject({ asked: 1, error: { code: 'RPC_REFUSED' } })
    expect(await call([() => new Response('<html>')])).toMatchObject({ error: { code: 'RPC_ANSWER_INVALID' } })
    expect(await call([() => Response.json(['what'])])).toMatchObject({ error: { code: 'RPC_ANSWER_INVALID' } })
  })

  it('shows no secret of its URL in any error', async () => {
    for (const failure of [status(429), status(503), status(404), status(401), broken, rpcError(1)]) {
      const { error } = await call([failure])
      for (const secret of SECRETS) expect(inspect(error, { depth: 9 })).not.toContain(secret)
    }
  })

  it('tells the address of who gave no answer once, and what was asked for', async () => {
    const http = createHttp(createVirtualClock({ start_ms: 0 }))
    const rpc = createJsonRpc({
      url: 'http://127.0.0.1:1',
      clock: createVirtualClock({ start_ms: 0 }),
      fetch: http.fetch,
    })
    const failed: unknown = await rpc('getSlot', [], { repeatable: false }).catch((thrown: unknown) => thrown)
    await http.close()
    expect(failed).toMatchObject({
      code: 'RPC_UNAVAILABLE',
      message: 'http://127.0.0.1:1/ (getSlot) gave no answer: bad port',
    })
  })

  it('ends a wait when its signal aborts, with the reason', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const rpc = createJsonRpc({ url: URL_WITH_KEY, clock, fetch: async () => silent() })
    const stop = new AbortController()
    const waiting = rpc('getSlot', [], { repeatable: true, signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })

  it('ends when an answer takes too long on a clock that goes on', async () => {
    const virtual = createVirtualClock({ start_ms: 0 })
    // Real time does not wait for anybody.
    const clock = {
      ...virtual,
      kind: 'real' as const,
      now: () => virtual.now(),
      hold: () => () => undefined,
      at: virtual.at.bind(virtual),
      sleep: virtual.sleep.bind(virtual),
      wall_ms: () => 0,
      holdWhile: <T>(_: string, work: () => Promise<T>) => work(),
    }
    const rpc = createJsonRpc({ url: URL_WITH_KEY, clock, timeout_ms: 1_000, retries: 1, fetch: async () => silent() })
    const failed = virtual.run(rpc('getSlot', [], { repeatable: true }))
    await expect(failed).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE', message: expect.stringContaining('1000 ms') })
    expect(virtual.now()).toBe(2_500)
  })
})
