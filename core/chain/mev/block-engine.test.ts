import { describe, expect, it } from 'vitest'
import { createVirtualClock, type VirtualClock } from '../../time/virtual-clock.ts'
import { type BlockEngine, createBlockEngine } from './block-engine.ts'

interface Call {
  readonly url: string
  readonly at: number
  readonly body: { method: string; params: unknown[] } | undefined
}

/** An engine whose server answers so, one answer after the other; the last one again and again. */
function engineOf(answers: readonly (() => Response)[]): { engine: BlockEngine; clock: VirtualClock; calls: Call[] } {
  const clock = createVirtualClock({ start_ms: 0 })
  const calls: Call[] = []
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const body = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined
    calls.push({ url: String(input), at: clock.now(), body })
    return answers[Math.min(calls.length, answers.length) - 1]!()
  }
  const engine = createBlockEngine({ url: 'http://engine.test/', tipFloorUrl: 'http://tips.test/floor', fetch, clock })
  return { engine, clock, calls }
}

const result = (value: unknown) => () => new Response(JSON.stringify({ jsonrpc: '2.0', id: 1, result: value }))
const error = (status: number, code: number, message: string) => () =>
  new Response(JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code, message } }), { status })
const floor = (tips: object) => () => new Response(JSON.stringify([tips]))
const { signal } = new AbortController()
const FLOOR = {
  landed_tips_25th_percentile: 0.0000010001,
  landed_tips_50th_percentile: 0.00001,
  landed_tips_75th_percentile: 0.0001,
  landed_tips_95th_percentile: 0.001,
  landed_tips_99th_percentile: 1.5,
}

describe('the block engine', () => {
  it('takes a transaction as a bundle only, in base64', async () => {
    const { engine, clock, calls } = engineOf([result('signature')])
    await clock.run(engine.send(Uint8Array.of(1, 2, 3)))
    expect(calls).toMatchObject([
      {
        url: 'http://engine.test/api/v1/transactions?bundleOnly=true',
        body: { method: 'sendTransaction', params: ['AQID', { encoding: 'base64' }] },
      },
    ])
  })

  it('takes bundles of up to five', async () => {
    const { engine, clock, calls } = engineOf([result('bundle id')])
    expect(await clock.run(engine.sendBundle([Uint8Array.of(1), Uint8Array.of(2)]))).toBe('bundle id')
    expect(calls[0]).toMatchObject({
      url: 'http://engine.test/api/v1/bundles',
      body: { method: 'sendBundle', params: [['AQ==', 'Ag=='], { encoding: 'base64' }] },
    })
    await expect(engine.sendBundle([])).rejects.toThrow(RangeError)
    await expect(engine.sendBundle(Array.from({ length: 6 }, () => Uint8Array.of(1)))).rejects.toThrow(RangeError)
  })

  it('is asked for its tip accounts once, also by who asks at the same time', async () => {
    const { engine, clock, calls } = engineOf([result(['T1'])])
    const asked = () => engine.tipAccounts(signal)
    expect(await clock.run(Promise.all([asked(), asked()]))).toEqual([['T1'], ['T1']])
    expect(await clock.run(asked())).toEqual(['T1'])
    expect(calls).toHaveLength(1)
  })

  it('is given more and more time after a "too many"', async () => {
    const { engine, clock, calls } = engineOf([
      error(429, -32097, 'rate limited'),
      error(429, -32097, 'rate limited'),
      result('signature'),
    ])
    for (const code of ['RELAY_UNAVAILABLE', 'RELAY_UNAVAILABLE']) {
      await expect(clock.run(engine.send(Uint8Array.of(1)))).rejects.toMatchObject({ code })
    }
    await clock.run(engine.send(Uint8Array.of(1)))
    expect(calls.map(({ at }) => at)).toEqual([0, 2_000, 6_000])
  })

  it('is left alone as long as it asks', async () => {
    const later = () => new Response('{}', { status: 429, headers: { 'retry-after': '7' } })
    const { engine, clock, calls } = engineOf([later, result('signature')])
    await expect(clock.run(engine.send(Uint8Array.of(1)))).rejects.toMatchObject({ code: 'RELAY_UNAVAILABLE' })
    await clock.run(engine.send(Uint8Array.of(1)))
    expect(calls.map(({ at }) => at)).toEqual([0, 7_000])
  })

  it('says "too many" in an answer that is otherwise well, too', async () => {
    const { engine, clock } = engineOf([error(200, -32097, 'Network congested.'), result('signature')])
    await expect(clock.run(engine.send(Uint8Array.of(1)))).rejects.toMatchObject({ code: 'RELAY_UNAVAILABLE' })
    await clock.run(engine.send(Uint8Array.of(1)))
    expect(clock.now()).toBe(2_000)
  })

  it.each([
    ['RELAY_REFUSED', error(400, -32602, 'transaction #0 could not be decoded')],
    ['RELAY_UNAVAILABLE', error(503, -32000, 'down')],
    ['RELAY_ANSWER_INVALID', () => new Response('<html>', { status: 404 })],
  ])('answers %s under a code of its own', async (code, answer) => {
    const { engine, clock } = engineOf([answer])
    await expect(clock.run(engine.send(Uint8Array.of(1)))).rejects.toMatchObject({ code })
  })

  it('refuses tip accounts that are none', async () => {
    for (const value of [[], 'T1', [1], null]) {
      const { engine, clock } = engineOf([result(value)])
      await expect(clock.run(engine.tipAccounts(signal))).rejects.toMatchObject({ code: 'RELAY_ANSWER_INVALID' })
    }
  })
})

describe('the tip floor', () => {
  it('is lamports of SOL, rounded up, and kept for a while', async () => {
    const { engine, clock, calls } = engineOf([floor(FLOOR)])
    const tips = await clock.run(Promise.all(([25, 50, 99] as const).map(each => engine.tipFloor(each, signal))))
    expect(tips).toEqual([1_001n, 10_000n, 1_500_000_000n])
    expect(calls.map(({ url }) => url)).toEqual(['http://tips.test/floor'])
  })

  it('stays what it was when the next answer does not come', async () => {
    const { engine, clock } = engineOf([floor(FLOOR), () => new Response('', { status: 500 })])
    await clock.run(engine.tipFloor(50, signal))
    await clock.run(clock.sleep(60_000))
    expect(await clock.run(engine.tipFloor(50, signal))).toBe(10_000n)
  })

  it.each([
    ['no list', () => new Response('{}')],
    ['an empty list', () => new Response('[]')],
    ['a missing percentile', floor({ ...FLOOR, landed_tips_95th_percentile: undefined })],
    ['a negative tip', floor({ ...FLOOR, landed_tips_50th_percentile: -1 })],
    ['no JSON', () => new Response('<html>')],
  ])('that is %s is told as such', async (_title, answer) => {
    const { engine, clock } = engineOf([answer])
    await expect(clock.run(engine.tipFloor(50, signal))).rejects.toMatchObject({ code: 'RELAY_ANSWER_INVALID' })
  })

  it('is not waited for longer than five seconds', async () => {
    const clock = createVirtualClock({ start_ms: 0 })
    const fetch = (_url: string | URL | Request, init?: RequestInit) =>
      new Promise<Response>((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
      })
    const engine = createBlockEngine({ url: 'http://engine.test', tipFloorUrl: 'http://tips.test', fetch, clock })
    await expect(clock.run(engine.tipFloor(50, signal))).rejects.toMatchObject({ code: 'RELAY_UNAVAILABLE' })
    expect(clock.now()).toBe(5_000)
  })
})
