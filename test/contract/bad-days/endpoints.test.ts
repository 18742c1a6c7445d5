import { describe, expect, it, type TestContext } from 'vitest'
import { type BadDay, type BadDayOptions, badDay } from './bad-day-world.ts'
import { altered, arrivesThen, behindBy, cut, half, instead, type Reaction, silence, status } from './fault-proxy.ts'

/** A world that ends with its test: tests here wait more than they work, and run beside each other. */
async function day({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, options?: BadDayOptions): Promise<BadDay> {
  const made = await badDay(options)
  onTestFinished(() => made.close())
  return made
}

/** That one purchase of 10 USDC was made, no less and no more, and the books say so. */
async function expectBoughtOnce(here: BadDay): Promise<void> {
  const held = await here.held('USDC')
  expect(10_000_000_000n - held).toBe(10_000_000n)
  expect(await here.expectBooksRight()).toHaveLength(1)
}

async function expectNothingHappened(here: BadDay): Promise<void> {
  expect(await here.expectBooksRight()).toEqual([])
  expect(await here.held('USDC')).toBe(10_000_000_000n)
  expect(here.proxies.flatMap(({ seen }) => seen).map(({ name }) => name)).not.toContain('sendTransaction')
}

const FAULTS: readonly [string, Reaction, code: string, says: RegExp][] = [
  ['429 without Retry-After', status(429), 'RPC_RATE_LIMITED', /429: too many requests/],
  ['429 with Retry-After', status(429, { 'retry-after': '0.2' }), 'RPC_RATE_LIMITED', /429|asked to wait/],
  ['503', status(503), 'RPC_UNAVAILABLE', /answers 503/],
  ['silence', silence, 'RPC_UNAVAILABLE', /no answer within 400 ms/],
  ['a broken connection', cut, 'RPC_UNAVAILABLE', /gave no answer/],
  ['half an answer', half, 'RPC_UNAVAILABLE', /gave no answer/],
  ['half of a JSON text', instead('{"jsonrpc":"2.0","id":1,"res'), 'RPC_ANSWER_INVALID', /answers 200: {"jsonrpc"/],
  ['JSON that is no answer', instead('{"hello":"world"}'), 'RPC_ANSWER_INVALID', /hello/],
  ['HTML', instead('<html><h1>Welcome to nginx'), 'RPC_ANSWER_INVALID', /Welcome to nginx/],
]
const DECIDING = ['getMultipleAccounts', 'getLatestBlockhash', 'simulateTransaction']

describe('an only endpoint that answers questions with', () => {
  it.concurrent.for(FAULTS)('%s, for a while: the trade is made once', async ([_name, reaction], context) => {
    const here = await day(context)
    here.proxies[0]!.fault = ({ methods, count }) =>
      count < 1 && methods.some(method => DECIDING.includes(method)) ? reaction : undefined
    expect(await here.trade('a', '10 USDC', 'SOL')).toMatchObject({ state: 'filled' })
    await expectBoughtOnce(here)
  })

  it.concurrent.for(FAULTS)(
    '%s, for good: nothing is sent, and it is said why',
    async ([_name, reaction, code, says], context) => {
      const here = await day(context, { settings: { retriesMax: 0 } })
      here.proxies[0]!.fault = ({ methods }) =>
        methods.some(method => DECIDING.includes(method)) ? reaction : undefined
      const report = await here.trade('a', '10 USDC', 'SOL')
      expect(report).toMatchObject({ state: 'failed', reason: { code, message: expect.stringMatching(says) } })
      expect((report as { reason: { remedy?: string } }).reason.remedy).toBeTruthy()
      await expectNothingHappened(here)
    },
  )
})

/** A blockhash lives fifteen seconds: also on a machine that is busy the same bytes are still good when they go again. */
const SLOW = { speed: 4 }

describe('a send that meets', () => {
  it.concurrent.for(FAULTS)(
    '%s, on its way there: the same bytes go again, and land once',
    async ([_name, reaction], context) => {
      const here = await day(context, SLOW)
      here.proxies[0]!.fault = ({ methods, count }) =>
        methods[0] === 'sendTransaction' && count < 2 ? reaction : undefined
      expect(await here.trade('a', '10 USDC', 'SOL')).toMatchObject({ state: 'filled' })
      expect(here.orders()[0]?.attempts).toHaveLength(1)
      await expectBoughtOnce(here)
    },
  )

  it.concurrent.for(FAULTS)(
    '%s, after it had arrived: it is found, and not bought again',
    async ([_name, reaction], context) => {
      const here = await day(context, SLOW)
      here.proxies[0]!.fault = ({ methods }) => (methods[0] === 'sendTransaction' ? arrivesThen(reaction) : undefined)
      expect(await here.trade('a', '10 USDC', 'SOL')).toMatchObject({ state: 'filled' })
      expect(here.orders()[0]?.attempts).toHaveLength(1)
      await expectBoughtOnce(here)
    },
  )
})

describe('Retry-After', () => {
  it.concurrent.for<[string, () => string]>([
    ['in seconds', () => '1'],
    ['as a date', () => new Date(Date.now() + 2_000).toUTCString()],
  ])('%s is waited for: nothing reaches the endpoint before', async ([_name, after], context) => {
    const here = await day(context)
    let [limitedAt, calls] = [0, 0]
    here.proxies[0]!.fault = ({ methods }) => {
      if (!methods.includes('simulateTransaction') || limitedAt > 0) return undefined
      limitedAt = Date.now()
      calls = methods.length
      return status(429, { 'retry-after': after() })
    }
    expect(await here.trade('a', '10 USDC', 'SOL')).toMatchObject({ state: 'filled' })
    // What was on its way at that moment arrives.
    const next = here.proxies[0]!.seen.find(({ at, name }) => at > limitedAt + 50 && !name.startsWith('/'))
    // A date has whole seconds.
    expect(next!.at - limitedAt).toBeGreaterThan(950)
    expect(here.pool.report()[0]).toMatchObject({ rateLimited: calls })
    await expectBoughtOnce(here)
  })
})

describe('two endpoints', () => {
  it.concurrent.for(FAULTS)(
    'of which the first answers with %s: the second does it all',
    async ([_name, reaction], context) => {
      const here = await day(context, { endpoints: 2 })
      here.proxies[0]!.fault = ({ methods }) => (methods[0]?.startsWith('/swap') ? undefined : reaction)
      expect(await here.trade('a', '10 USDC', 'SOL')).toMatchObject({ state: 'filled' })
      await expectBoughtOnce(here)
      expect(here.pool.report()[1]).toMatchObject({ state: 'ok', failures: 0 })
    },
  )

  it.concurrent('of which the first is 200 slots behind: nothing is decided on what it says', async context => {
    const here = await day(context, { endpoints: 2, pool: { lagMax_slots: 100 } })
    here.proxies[0]!.fault = behindBy(200)
    expect(await here.trade('a', '10 USDC', 'SOL')).toMatchObject({ state: 'filled' })
    const asked = here.proxies[0]!.seen.map(({ name }) => name)
    for (const method of DECIDING) expect(asked).not.toContain(method)
    expect(here.pool.warnings()).toEqual([expect.stringMatching(/is \d+ slots behind: nothing was decided/)])
    await expectBoughtOnce(here)
  })

  it.concurrent('of which one breaks in the middle of a trade: the trade goes on, once', async context => {
    const here = await day(context, { endpoints: 2 })
    let isDown = false
    here.proxies[0]!.fault = ({ methods }) => {
      if (methods[0]?.startsWith('/swap')) return undefined
      if (methods[0] === 'sendTransaction') isDown = true
      return isDown ? cut : undefined
    }
    expect(await here.trade('a', '10 USDC', 'SOL')).toMatchObject({ state: 'filled' })
    expect(here.orders()[0]?.attempts).toHaveLength(1)
    await expectBoughtOnce(here)
  })

  it.concurrent('of which one takes transactions and drops them: the next one gets the same bytes', async context => {
    const here = await day(context, { endpoints: 2 })
    here.proxies[0]!.fault = ({ methods }) =>
      methods[0] === 'sendTransaction' ? instead('{"jsonrpc":"2.0","id":1,"result":"taken"}') : undefined
    expect(await here.trade('a', '10 USDC', 'SOL')).toMatchObject({ state: 'filled' })
    expect(here.orders()[0]?.attempts).toHaveLength(1)
    await expectBoughtOnce(here)
  })
})

describe('an only endpoint that is 200 slots behind', () => {
  it.concurrent('is an error that says so, and nothing is sent', async context => {
    const here = await day(context, { pool: { retries: 0 }, settings: { retriesMax: 0 } })
    here.proxies[0]!.fault = behindBy(200)
    expect(await here.trade('a', '10 USDC', 'SOL')).toMatchObject({
      state: 'failed',
      reason: {
        code: 'RPC_BEHIND',
        message: expect.stringContaining('200 slots behind'),
        remedy: expect.stringContaining('another endpoint'),
      },
    })
    await expectNothingHappened(here)
  })
})

describe('a blockhash that expires', () => {
  it.concurrent('while every send is lost: another transaction is signed only then, and one lands', async context => {
    const here = await day(context)
    let lastValid = Number.POSITIVE_INFINITY
    here.proxies[0]!.fault = ({ methods }) => {
      if (methods[0] !== 'sendTransaction') return undefined
      lastValid = here.orders()[0]?.attempts[0]?.lastValidBlockHeight ?? lastValid
      return here.orders()[0]?.attempts.length === 1 ? cut : undefined
    }
    expect(await here.trade('a', '10 USDC', 'SOL')).toMatchObject({ state: 'filled' })
    const [first, second, ...more] = here.orders()[0]?.attempts ?? []
    expect(more).toEqual([])
    expect(second!.lastValidBlockHeight).toBeGreaterThan(first!.lastValidBlockHeight + 150)
    await expectBoughtOnce(here)
  }, 20_000)

  it.concurrent('is not believed while one of two endpoints has not seen the end, and then ends as expired', async context => {
    const here = await day(context, { endpoints: 2, settings: { attemptsMax: 1 } })
    let isBlind = true
    for (const proxy of here.proxies)
      proxy.fault = ({ methods }) => {
        if (methods.includes('sendTransaction')) return cut
        const hides = proxy === here.proxies[1] && isBlind && methods.includes('getEpochInfo')
        return hides
          ? altered(answer => ({ ...answer, result: { ...(answer.result as object), blockHeight: 1 } }))
          : undefined
      }
    const trading = here.trade('a', '10 USDC', 'SOL')
    const early = await Promise.race([trading, new Promise(resolve => setTimeout(() => resolve('waiting'), 6_000))])
    expect(early).toBe('waiting')
    isBlind = false
    expect(await trading).toMatchObject({ state: 'expired', reason: { code: 'ORDER_EXPIRED' } })
    expect(await here.expectBooksRight()).toEqual([])
  }, 30_000)
})
