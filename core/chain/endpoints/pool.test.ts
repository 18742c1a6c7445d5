import { afterEach, describe, expect, it } from 'vitest'
import type { Clock } from '../../time/clock.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { createEndpointPool, type EndpointPool, type PoolOptions } from './pool.ts'

const pools: EndpointPool[] = []
afterEach(async () => {
  await Promise.all(pools.splice(0).map(pool => pool.close()))
})

interface Call {
  readonly id: number
  readonly method: string
  readonly params: readonly unknown[]
}
/** What a server makes of one call: a result, or a whole response. */
type Behaviour = (call: Call, signal: AbortSignal | null | undefined) => unknown
interface Server {
  behave: Behaviour
  readonly methods: string[]
  readonly bodies: string[]
}

const HEALTHY: Readonly<Record<string, unknown>> = { getGenesisHash: 'genesis', getHealth: 'ok', getSlot: 1_000 }
const healthy: Behaviour = ({ method }) => HEALTHY[method] ?? `${method} of this one`
const accountsAt = (slot: number) => ({ context: { slot }, value: [] })
const refusal = (code: number, data?: object) => new RpcFailure(code, data)
class RpcFailure {
  readonly error: object
  constructor(code: number, data?: object) {
    this.error = { code, message: `error ${code}`, ...(data && { data }) }
  }
}
const status = (code: number, headers: Record<string, string> = {}) => new Response('no', { status: code, headers })

/** A pool over servers `http://a`, `http://b`, … in this process. */
function poolOver(behaviours: readonly Behaviour[], more: Partial<PoolOptions> & { hedge?: boolean } = {}) {
  const servers: Server[] = behaviours.map(behave => ({ behave, methods: [], bodies: [] }))
  const urls = servers.map((_, index) => `http://${'abcdef'[index]}`)
  const { hedge = false, ...options } = more
  const pool = createEndpointPool({
    endpoints: urls.map(url => ({ url, hedge })),
    clock: createRealClock(),
    batch: false,
    watch: true,
    retries: 0,
    fetch: async (input, init) => {
      const server = servers[urls.indexOf(String(input))]!
      const body = JSON.parse(String(init?.body)) as Call | Call[]
      server.bodies.push(String(init?.body))
      const answer = async (call: Call): Promise<Response | object> => {
        server.methods.push(call.method)
        const made = await server.behave(call, init?.signal)
        if (made instanceof Response) return made
        const id = { jsonrpc: '2.0', id: call.id }
        return made instanceof RpcFailure ? { ...id, error: made.error } : { ...id, result: made }
      }
      if (Array.isArray(body)) return Response.json(await Promise.all(body.map(answer)))
      const one = await answer(body)
      return one instanceof Response ? one : Response.json(one)
    },
    ...options,
  })
  pools.push(pool)
  const read = (method: string, params: readonly unknown[] = []) => pool.call(method, params, { repeatable: true })
  const send = (bytes: string) => pool.call<string>('sendTransaction', [bytes], { repeatable: false })
  return { pool, servers, read, send }
}
/** Real time, a hundred times faster. */
function fastClock(): Clock {
  const real = createRealClock()
  const from_ms = real.now()
  const now = (): number => from_ms + (real.now() - from_ms) * 100
  const at: Clock['at'] = (time_ms, callback) => real.at(real.now() + Math.max(0, time_ms - now()) / 100, callback)
  return { ...real, now, at, sleep: (duration_ms, signal) => real.sleep(duration_ms / 100, signal) }
}
const DECIDING = ['getMultipleAccounts', [[], { commitment: 'confirmed' }]] as const

describe('reads over several endpoints', () => {
  it('come from the first as long as it is well', async () => {
    const { read, servers } = poolOver([() => 'a', () => 'b'].map(own => call => HEALTHY[call.method] ?? own()))
    for (let index = 0; index < 5; index++) expect(await read('getBlockHeight')).toBe('a')
    expect(servers[1]?.methods).not.toContain('getBlockHeight')
  })

  it.each<[string, Behaviour]>([
    ['answers 429', () => status(429, { 'retry-after': '30' })],
    ['answers 503', () => status(503)],
    ['answers HTML', () => new Response('<html>')],
    ['answers with half a body', () => new Response('{"jsonrpc":"2.0","id":1,"res')],
    ['breaks the connection', () => Promise.reject(new Error('socket hang up'))],
    ['wants a key', () => status(401)],
    ['does not know the method', () => refusal(-32601)],
    ['keeps no history', () => refusal(-32011)],
  ])('go on to the second at once when the first %s', async (_name, fail) => {
    const first: Behaviour = call => (call.method === 'getBlockHeight' ? fail(call, null) : healthy(call, null))
    const { read } = poolOver([first, healthy])
    expect(await read('getBlockHeight')).toBe('getBlockHeight of this one')
  })

  it('do not go on when the answer would be the same everywhere', async () => {
    const { read, servers } = poolOver([call => HEALTHY[call.method] ?? refusal(-32602), healthy])
    await expect(read('getBlockHeight')).rejects.toMatchObject({ code: 'RPC_REFUSED' })
    expect(servers[1]?.methods).not.toContain('getBlockHeight')
  })

  it('leave an endpoint alone for as long as it asked', async () => {
    let limits = 1
    const first: Behaviour = call =>
      HEALTHY[call.method] ?? (limits-- > 0 ? status(429, { 'retry-after': '0.3' }) : 'a')
    const { read, servers } = poolOver([first, call => HEALTHY[call.method] ?? 'b'])
    expect([await read('getBlockHeight'), await read('getBlockHeight')]).toEqual(['b', 'b'])
    expect(servers[0]?.methods.filter(method => method === 'getBlockHeight')).toHaveLength(1)
    await createRealClock().sleep(320)
    expect(await read('getBlockHeight')).toBe('a')
  })

  it('leave an endpoint alone for a second when it limits requests and says no time', async () => {
    const { read, servers } = poolOver([call => HEALTHY[call.method] ?? status(429), healthy])
    for (let index = 0; index < 5; index++) await read('getBlockHeight')
    expect(servers[0]?.methods.filter(method => method === 'getBlockHeight')).toHaveLength(1)
  })

  it('wait for the limits of an endpoint, and do not take it for broken', async () => {
    const { pool, read } = poolOver([healthy], {
      endpoints: [{ url: 'http://a', requestsPer10s: 3 }],
      clock: fastClock(),
    })
    for (let index = 0; index < 4; index++) await read('getBlockHeight')
    expect(pool.report()[0]).toMatchObject({ state: 'ok', failures: 0 })
  })

  it('say what each of them said when none answers', async () => {
    const { read } = poolOver([
      call => HEALTHY[call.method] ?? status(503),
      call => HEALTHY[call.method] ?? status(429),
    ])
    await expect(read('getBlockHeight')).rejects.toMatchObject({
      code: 'RPC_UNAVAILABLE',
      message: 'http://a/ (getBlockHeight) answers 503; http://b/ (getBlockHeight) answers 429: too many requests',
    })
  })

  it('are waited for less long than from a single one', async () => {
    const silent: Behaviour = call => HEALTHY[call.method] ?? new Promise(() => undefined)
    const { read } = poolOver([silent, healthy], { timeout_ms: 50 })
    expect(await read('getBlockHeight')).toBe('getBlockHeight of this one')
  })
})

describe('an endpoint that is behind', () => {
  const at =
    (slot: number): Behaviour =>
    ({ method }) =>
      method === 'getSlot' ? slot : (HEALTHY[method] ?? accountsAt(slot))

  it('by 200 slots against another gives nothing that decides', async () => {
    const { pool, read, servers } = poolOver([at(800), at(1_000)])
    expect(await read(...DECIDING)).toEqual(accountsAt(1_000))
    expect(servers[0]?.methods).not.toContain('getMultipleAccounts')
    expect(pool.report().map(({ state, lag_slots }) => [state, lag_slots])).toEqual([
      ['behind', 200],
      ['ok', 0],
    ])
    expect(pool.warnings()).toEqual(['the endpoint http://a/ is 200 slots behind: nothing was decided on what it says'])
  })

  it('is noticed by its answers, too, and the answer is not taken', async () => {
    let slot = 1_000
    const { read } = poolOver([call => at(slot)(call, null), at(1_000)])
    expect(await read(...DECIDING)).toEqual(accountsAt(1_000))
    slot = 900
    expect(await read(...DECIDING)).toEqual(accountsAt(1_000))
  })

  it('and the only one is an error that says so, until it has caught up', async () => {
    let behind = 200
    const own: Behaviour = call =>
      call.method === 'getHealth' && behind > 0
        ? refusal(-32005, { numSlotsBehind: behind })
        : (HEALTHY[call.method] ?? accountsAt(1))
    const { read } = poolOver([own])
    await expect(read(...DECIDING)).rejects.toMatchObject({
      code: 'RPC_BEHIND',
      exitCode: 75,
      message: 'http://a/ is 200 slots behind',
    })
    // What decides nothing is asked all the same.
    expect(await read('getFirstAvailableBlock')).toEqual(accountsAt(1))
    behind = 0
    await createRealClock().sleep(3_050)
    await read('getFirstAvailableBlock')
    await createRealClock().sleep(10)
    expect(await read(...DECIDING)).toEqual(accountsAt(1))
  })
})

it('an endpoint that has not come to the slot that was asked for is passed over for that once, and is well', async () => {
  const behind: Behaviour = call => HEALTHY[call.method] ?? refusal(-32016)
  const { pool, read } = poolOver([behind, call => HEALTHY[call.method] ?? accountsAt(1_000)])
  for (let index = 0; index < 5; index++) expect(await read(...DECIDING)).toEqual(accountsAt(1_000))
  expect(pool.report()[0]).toMatchObject({ state: 'ok', failures: 0 })
  expect(pool.warnings()).toEqual([])
})

describe('an endpoint that tells of a slot that nobody has reached', () => {
  let now_ms = Date.parse('2026-01-01T00:00:00Z')
  /** Its newest block was made so long ago. */
  const honest =
    (slot: () => number, madeBefore_ms = 0): Behaviour =>
    ({ method }) => {
      if (method === 'getSlot') return slot()
      if (method === 'getBlockTime') return Math.floor((now_ms - madeBefore_ms) / 1_000)
      return HEALTHY[method] ?? accountsAt(slot())
    }
  const at2026 = (): Clock => ({ ...createRealClock(), now: () => now_ms })
  const liar: Behaviour = honest(() => 1_000_000_000)

  it.each([2, 3, 4])('is no reason to bench those who are honest: of %i', async count => {
    const others = Array.from({ length: count - 1 }, () => honest(() => 1_000))
    const { pool, read, servers } = poolOver([...others, liar], { clock: at2026() })
    for (let index = 0; index < 3; index++) expect(await read(...DECIDING)).toEqual(accountsAt(1_000))
    expect(servers.at(-1)?.methods).not.toContain('getMultipleAccounts')
    expect(pool.report().map(({ state }) => state)).toEqual(Array.from({ length: count }, () => 'ok'))
    expect(pool.warnings()).toEqual([])
  })

  it('nor when it begins to lie in the midst of it', async () => {
    let [slot, told] = [1_000, 1_000]
    const { pool, read } = poolOver([honest(() => slot), honest(() => told)], { clock: at2026() })
    expect(await read(...DECIDING)).toEqual(accountsAt(1_000))
    told = 1_000_000_000
    for (slot = 1_040; slot < 1_240; slot += 40) {
      now_ms += 16_000
      await read(...DECIDING)
      await createRealClock().sleep(5)
      expect(await read(...DECIDING)).toEqual(accountsAt(slot))
    }
    expect(pool.warnings()).toEqual([])
  })

  it('and one that stands still is behind all the same: its block is old', async () => {
    const { pool, read } = poolOver([honest(() => 800, 80_000), honest(() => 1_000)], { clock: at2026() })
    expect(await read(...DECIDING)).toEqual(accountsAt(1_000))
    expect(pool.report().map(({ state, lag_slots }) => [state, lag_slots])).toEqual([
      ['behind', 200],
      ['ok', 0],
    ])
  })

  it('and a hearing long ago does not excuse one that stands still now', async () => {
    let [stoodFor_ms, own, slot] = [0, 1_000, 1_000]
    const still: Behaviour = (...given) => honest(() => own, stoodFor_ms)(...given)
    const { pool, read } = poolOver([still, honest(() => slot), liar], { clock: at2026() })
    expect(await read(...DECIDING)).toEqual(accountsAt(1_000))
    // Ten hours on a cluster whose slots take 390 ms; then a minute without it.
    now_ms += 36_000_000
    own += Math.floor(36_000_000 / 390)
    slot = own + 150
    now_ms += 60_000
    stoodFor_ms = 60_000
    expect(await read(...DECIDING)).toEqual(accountsAt(slot))
    expect(pool.report()[0]?.state).toBe('behind')
  })

  it('is asked once when its block was made, not with every answer', async () => {
    const { read, servers } = poolOver([honest(() => 1_000), liar], { clock: at2026() })
    for (let index = 0; index < 5; index++) await read(...DECIDING)
    expect(servers[0]?.methods.filter(method => method === 'getBlockTime')).toHaveLength(1)
  })

  describe('when its hearing is over', () => {
    const BLOCK_TIME = 'getBlockTime'
    const again = async (behaviour: Behaviour) => {
      const real = createRealClock()
      const at: Clock['at'] = (time_ms, callback) => real.at(real.now() + Math.max(0, time_ms - now_ms), callback)
      const { pool, read, servers } = poolOver([honest(() => 1_000), liar], { clock: { ...at2026(), at } })
      await read(...DECIDING)
      now_ms += 16_000
      servers[0]!.behave = behaviour
      servers[0]!.methods.length = 0
      const asked = () => servers[0]!.methods.filter(method => method === BLOCK_TIME).length
      return { read, asked, call: pool.call }
    }

    it('all answers of a moment share a new one', async () => {
      const { read, asked } = await again(honest(() => 1_040))
      const answers = await Promise.all(Array.from({ length: 20 }, () => read(...DECIDING)))
      expect(new Set(answers.map(answer => JSON.stringify(answer)))).toEqual(
        new Set([JSON.stringify(accountsAt(1_040))]),
      )
      expect(asked()).toBe(1)
    })

    it('one that tells no block times is not asked for them with every answer', async () => {
      const mute: Behaviour = (call, signal) =>
        call.method === BLOCK_TIME ? refusal(-32004) : honest(() => 1_040)(call, signal)
      const { read, asked } = await again(mute)
      for (let index = 0; index < 10; index++) await read('getTokenSupply', ['mint', { commitment: 'confirmed' }])
      expect(asked()).toBe(1)
    })

    it('one that never answers it holds nothing up for long', async () => {
      const stuck: Behaviour = (call, signal) =>
        call.method === BLOCK_TIME ? new Promise(() => undefined) : honest(() => 1_040)(call, signal)
      const { read } = await again(stuck)
      const from_ms = createRealClock().now()
      expect(await read('getTokenSupply', ['mint', { commitment: 'confirmed' }])).toEqual(accountsAt(1_040))
      expect(createRealClock().now() - from_ms).toBeLessThan(3_000)
    })

    it('who waits no more is not held up by it at all', async () => {
      const stuck: Behaviour = (call, signal) =>
        call.method === BLOCK_TIME ? new Promise(() => undefined) : honest(() => 1_040)(call, signal)
      const { call } = await again(stuck)
      const end = new AbortController()
      const from_ms = createRealClock().now()
      const answer = call('getTokenSupply', ['mint', { commitment: 'confirmed' }], {
        repeatable: true,
        signal: end.signal,
      })
      setImmediate(() => end.abort(new Error('the run has ended')))
      await expect(answer).rejects.toThrow('the run has ended')
      expect(createRealClock().now() - from_ms).toBeLessThan(1_000)
    })
  })
})

describe('an endpoint of another network', () => {
  it('is never asked anything that counts, nor sent to, and is told of', async () => {
    const foreign: Behaviour = call => (call.method === 'getGenesisHash' ? 'other' : healthy(call, null))
    const { pool, read, send, servers } = poolOver([foreign, healthy], { genesisHash: 'genesis' })
    await read('getBlockHeight')
    await send('bytes')
    expect(servers[0]?.methods.toSorted()).toEqual(['getGenesisHash', 'getHealth', 'getSlot'])
    expect(pool.rpc.members?.map(({ url }) => url)).toEqual(['http://b'])
    expect(pool.warnings()).toEqual([expect.stringContaining('belongs to another network')])
  })

  it('is refused also when it told its network late', async () => {
    let isUp = false
    const late: Behaviour = call =>
      isUp ? (call.method === 'getGenesisHash' ? 'other' : healthy(call, null)) : status(503)
    const { read, servers } = poolOver([healthy, late])
    await read('getBlockHeight')
    isUp = true
    servers[0]!.behave = () => status(503)
    await expect(read('getBlockHeight')).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE' })
    expect(servers[1]?.methods).not.toContain('getBlockHeight')
  })
})

describe('a send', () => {
  it('goes to one endpoint, and its failure is told at once', async () => {
    const { send, servers } = poolOver([call => HEALTHY[call.method] ?? status(503), healthy])
    await expect(send('bytes')).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE' })
    expect(servers.map(({ methods }) => methods.filter(method => method === 'sendTransaction').length)).toEqual([1, 0])
  })

  it('of the same bytes again goes to the next one', async () => {
    const { send, servers } = poolOver([healthy, healthy])
    for (let index = 0; index < 4; index++) await send('bytes')
    expect(servers.map(({ methods }) => methods.filter(method => method === 'sendTransaction').length)).toEqual([2, 2])
  })

  it('is not made while the only endpoint asked to be left alone', async () => {
    const { send, servers } = poolOver([call => HEALTHY[call.method] ?? status(429, { 'retry-after': '5' })])
    await expect(send('bytes')).rejects.toMatchObject({ code: 'RPC_RATE_LIMITED' })
    await expect(send('bytes')).rejects.toMatchObject({ code: 'RPC_RATE_LIMITED' })
    expect(servers[0]?.methods.filter(method => method === 'sendTransaction')).toHaveLength(1)
  })
})

describe('hedged reads', () => {
  it('ask a second endpoint when the first takes longer than usual, and give the first up', async () => {
    let isSlow = false
    let givenUp = 0
    const first: Behaviour = (call, signal) => {
      if (HEALTHY[call.method] !== undefined || !isSlow) return HEALTHY[call.method] ?? 'a'
      signal?.addEventListener('abort', () => givenUp++)
      return new Promise(() => undefined)
    }
    const { pool, read } = poolOver([first, call => HEALTHY[call.method] ?? 'b'], { hedge: true })
    for (let index = 0; index < 25; index++) expect(await read('getBlockHeight')).toBe('a')
    isSlow = true
    expect(await read('getBlockHeight')).toBe('b')
    expect(givenUp).toBe(1)
    expect(pool.report().map(({ outrun }) => outrun)).toEqual([1, 0])
  })

  it('never send twice', async () => {
    const slow: Behaviour = async call => {
      await createRealClock().sleep(60)
      return healthy(call, null)
    }
    const { read, send, servers } = poolOver([healthy, healthy], { hedge: true })
    for (let index = 0; index < 25; index++) await read('getBlockHeight')
    servers[0]!.behave = slow
    await send('bytes')
    expect(servers[1]?.methods).not.toContain('sendTransaction')
  })
})

describe('calls of one turn', () => {
  const methods = ['getBlockHeight', 'getFirstAvailableBlock', 'getVersion']

  it('share a request, where the endpoint takes arrays', async () => {
    const { read, servers } = poolOver([healthy], { batch: true, watch: false })
    expect(await Promise.all(methods.map(method => read(method)))).toEqual(methods.map(name => `${name} of this one`))
    expect(servers[0]?.bodies).toHaveLength(1)
    await read('getVersion')
    expect(servers[0]?.bodies[1]).toMatch(/^\{/)
  })

  it('go one by one where it does not, and it is not tried again', async () => {
    const { pool, servers, read } = poolOver([healthy], { batch: true, watch: false, ...noArrays })
    expect(await Promise.all(methods.map(method => read(method)))).toEqual(methods)
    await Promise.all(methods.map(method => read(method)))
    expect(servers).toHaveLength(1)
    expect(noArrays.asked.filter(body => body.startsWith('['))).toHaveLength(1)
    expect(pool.report()[0]).toMatchObject({ requests: 6, failures: 0 })
  })

  it('are asked once when several ask in the same words, and each is answered', async () => {
    let asked = 0
    const { read, servers } = poolOver([() => ++asked], { batch: true, watch: false })
    const same = [['a'], ['a'], ['b'], ['a']].map(params => read('getMultipleAccounts', params))
    expect(await Promise.all(same)).toEqual([1, 1, 2, 1])
    expect(servers[0]?.bodies).toHaveLength(1)
    // What all ask for alike is one call, in a request of its own kind.
    expect(await Promise.all([read('getSlot'), read('getSlot')])).toEqual([3, 3])
    expect(servers[0]?.bodies[1]).toMatch(/^\{/)
    // Nothing is kept.
    expect(await read('getSlot')).toBe(4)
  })

  it('that are simulations go together with what is read for them, and no other read waits for them', async () => {
    const { pool, read, servers } = poolOver([healthy], { batch: true, watch: false })
    const forSimulation = (method: string, params: readonly unknown[]) =>
      pool.call(method, params, { repeatable: true, forSimulation: true })
    const wires = Array.from({ length: 60 }, (_, index) => `${'wire'.repeat(300)} ${index}`)
    await Promise.all([
      read('getSlot'),
      read('getBlockHeight'),
      ...wires.flatMap(wire => [
        forSimulation('getMultipleAccounts', ['mints']),
        forSimulation('simulateTransaction', [wire]),
      ]),
    ])
    const [plain, ...arrays] = servers[0]!.bodies.map(body => (JSON.parse(body) as Call[]).map(({ method }) => method))
    expect(plain).toEqual(['getSlot', 'getBlockHeight'])
    expect(arrays.flat().filter(method => method === 'simulateTransaction')).toHaveLength(60)
    expect(arrays.length).toBeGreaterThan(1)
    for (const array of arrays) {
      expect(array.filter(method => method === 'getMultipleAccounts')).toHaveLength(1)
    }
    expect(Math.max(...servers[0]!.bodies.map(body => body.length))).toBeLessThan(50_000)
  })

  it('of which one is given up leave the others their answer', async () => {
    const { pool, servers } = poolOver([healthy], { batch: true, watch: false })
    const leaves = new AbortController()
    const call = (signal?: AbortSignal) => pool.call('getVersion', [], { repeatable: true, signal })
    const asked = [call(leaves.signal), call(), call()]
    leaves.abort(new Error('not needed any more'))
    const outcomes = await Promise.allSettled(asked)
    expect(outcomes.map(outcome => outcome.status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect(servers[0]?.methods).toEqual(['getVersion'])
  })

  it('fail one by one', async () => {
    const { read } = poolOver([call => (call.method === 'getVersion' ? refusal(-32602) : 'fine')], {
      batch: true,
      watch: false,
    })
    const outcomes = await Promise.allSettled(methods.map(method => read(method)))
    expect(outcomes.map(outcome => outcome.status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
  })
})

/** An endpoint that answers an array with an error. */
const noArrays = {
  asked: [] as string[],
  fetch: async (_input: unknown, init?: RequestInit) => {
    const body = String(init?.body)
    noArrays.asked.push(body)
    const call = JSON.parse(body) as Call
    if (body.startsWith('[')) {
      return Response.json({ jsonrpc: '2.0', id: null, error: { code: -32600, message: 'batches are not allowed' } })
    }
    return Response.json({ jsonrpc: '2.0', id: call.id, result: call.method })
  },
}

describe('what never changes', () => {
  it('is asked once, and again only after a failure', async () => {
    let fails = 1
    const own: Behaviour = call => {
      if (call.method !== 'getMinimumBalanceForRentExemption') return HEALTHY[call.method]
      return fails-- > 0 ? status(503) : 2_039_280
    }
    const { pool, servers } = poolOver([own], { watch: false })
    await expect(pool.rpc.rentExemption(165)).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE' })
    expect(await pool.rpc.rentExemption(165)).toBe(2_039_280n)
    expect(await pool.rpc.rentExemption(165)).toBe(2_039_280n)
    expect(await pool.rpc.genesisHash()).toBe('genesis')
    expect(await pool.rpc.genesisHash()).toBe('genesis')
    expect(servers[0]?.methods).toHaveLength(3)
  })
})
