import { describe, expect, it, type TestContext } from 'vitest'
import { type BadDay, type BadDayOptions, badDay } from './bad-day-world.ts'
import { cut, type FaultProxy, instead, type Reaction } from './fault-proxy.ts'

async function day({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, options?: BadDayOptions): Promise<BadDay> {
  const made = await badDay(options)
  onTestFinished(() => made.close())
  return made
}

const sends = ({ seen }: FaultProxy): number => seen.filter(({ name }) => name === 'sendTransaction').length

/** Before a request passes, somebody else moves the pool. */
const followed =
  (work: () => Promise<unknown>): Reaction =>
  async (response, pass) => {
    await work()
    const { status, text } = await pass()
    response.writeHead(status, { 'content-type': 'application/json' }).end(text)
  }

describe('a token account that is missing', () => {
  it('is opened by the trade, and its deposit is told apart from what it cost', async context => {
    const here = await day(context, { funds: {} })
    const report = await here.trade('a', '1 SOL', 'USDC')
    if (report.state !== 'filled') throw new Error(JSON.stringify(report))
    expect(report.fill.fees.rent_lamports).toBe(2_039_280n)
    expect(report.fill.output.units).toBe(await here.held('USDC'))
    expect(await here.expectBooksRight()).toHaveLength(1)
  })
})

describe('funds that are short', () => {
  it.for<[string, BadDayOptions, string, string, RegExp]>([
    ['tokens', { funds: { USDC: 3_000_000n } }, '10 USDC', 'SOL', /the wallet has 3: 7 USDC are missing/],
    ['an account of it, too', { funds: {} }, '10 USDC', 'SOL', /the wallet has 0: 10 USDC are missing/],
    ['SOL', { lamports: 1_000_000_000n }, '2 SOL', 'USDC', /the wallet has 1 SOL: 1\.\d+ SOL are missing/],
    ['SOL for the fee', { lamports: 1_000_000n }, '10 USDC', 'SOL', /for fees and rent.* SOL are missing/],
    ['SOL for a deposit', { lamports: 12_000_000n, funds: {} }, '0.001 SOL', 'USDC', /with fees and rent.* missing/],
  ])(
    '%s: it is said before anything is sent, with what is missing',
    async ([_name, options, amount, into, says], context) => {
      const here = await day(context, options)
      expect(await here.trade('a', amount, into)).toMatchObject({
        state: 'failed',
        reason: { code: 'FUNDS_INSUFFICIENT', message: expect.stringMatching(says), remedy: expect.any(String) },
      })
      expect(sends(here.proxies[0]!)).toBe(0)
      expect(await here.expectBooksRight()).toEqual([])
    },
  )
})

describe('a pool that is drained', () => {
  it('between quote and simulation: another quote is asked, and the trade is made at that', async context => {
    const here = await day(context)
    let isDrained = false
    here.proxies[0]!.fault = ({ methods }) => {
      if (isDrained || !methods.includes('simulateTransaction')) return undefined
      isDrained = true
      return followed(() => here.drain('2000000 USDC', 'SOL'))
    }
    const report = await here.trade('a', '10 USDC', 'SOL')
    expect(report).toMatchObject({ state: 'filled' })
    expect(here.proxies[0]!.seen.filter(({ name }) => name === '/swap/v1/quote')).toHaveLength(2)
    expect(here.orders()[0]?.attempts).toHaveLength(1)
    expect(await here.expectBooksRight()).toHaveLength(1)
  })

  it('between simulation and landing: the chain refuses it, and the fee is all that is lost', async context => {
    const here = await day(context)
    here.proxies[0]!.fault = ({ methods, count }) =>
      methods[0] === 'sendTransaction' && count === 0 ? followed(() => here.drain('2000000 USDC', 'SOL')) : undefined
    const report = await here.trade('a', '10 USDC', 'SOL')
    expect(report).toMatchObject({
      state: 'failed',
      reason: { code: 'SLIPPAGE_EXCEEDED', message: expect.any(String) },
    })
    expect(await here.held('USDC')).toBe(10_000_000_000n)
    // It landed, without an effect, and the books have its fee.
    expect(await here.expectBooksRight()).toHaveLength(1)
    here.proxies[0]!.fault = () => undefined
    expect(await here.trade('b', '10 USDC', 'SOL')).toMatchObject({ state: 'filled' })
    expect(await here.expectBooksRight()).toHaveLength(2)
  })

  it('again and again before each simulation: after three quotes it is given up as slippage, unsent', async context => {
    const here = await day(context, { pool: { timeout_ms: 5_000 } })
    // In every size, as shallow and deep pools are best for different ones.
    here.proxies[0]!.fault = ({ methods }) =>
      methods.includes('simulateTransaction')
        ? followed(async () => {
            for (const thousands of [10, 40, 160, 640, 2_560]) await here.drain(`${thousands}000 USDC`, 'SOL')
          })
        : undefined
    expect(await here.trade('a', '10 USDC', 'SOL')).toMatchObject({
      state: 'failed',
      reason: { code: 'SLIPPAGE_EXCEEDED' },
    })
    expect(here.proxies[0]!.seen.filter(({ name }) => name === '/swap/v1/quote')).toHaveLength(3)
    expect(sends(here.proxies[0]!)).toBe(0)
    expect(await here.expectBooksRight()).toEqual([])
  })
})

describe('Jupiter, and nothing else,', () => {
  it.for<[string, Reaction]>([
    ['does not answer', cut],
    ['answers 503', response => void response.writeHead(503).end('down for maintenance')],
    ['answers HTML', instead('<html>')],
  ])('%s: the order fails with the venue named, and nothing is sent', async ([_name, reaction], context) => {
    const here = await day(context, { settings: { retriesMax: 0 } })
    here.proxies[0]!.fault = ({ methods }) => (methods[0]?.startsWith('/swap/') ? reaction : undefined)
    const report = await here.trade('a', '10 USDC', 'SOL')
    expect(report).toMatchObject({
      state: 'failed',
      reason: {
        code: 'VENUE_UNAVAILABLE',
        message: expect.any(String),
        remedy: expect.any(String),
      },
    })
    expect(sends(here.proxies[0]!)).toBe(0)
    expect(await here.expectBooksRight()).toEqual([])
  })

  it('is down for a moment: the trade is made', async context => {
    const here = await day(context)
    here.proxies[0]!.fault = ({ methods, count }) => (methods[0] === '/swap/v1/quote' && count === 0 ? cut : undefined)
    expect(await here.trade('a', '10 USDC', 'SOL')).toMatchObject({ state: 'filled' })
    expect(await here.expectBooksRight()).toHaveLength(1)
  })
})
