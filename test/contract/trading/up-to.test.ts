import { describe, expect, it } from 'vitest'
import { DRY_RUN } from '../../../core/chain/trader/sender.ts'
import type { Report } from '../../../core/events/report.ts'
import { quotingAtMost } from './part-venue.ts'
import { closedAfterEach } from './worlds.ts'

/** Orders that guard what is held: where the wallet has less than they were made for, they trade what is there. */

const world = closedAfterEach()

const SOL = 1_000_000_000n
const RESERVE = 10_000_000n
const guards = { upTo: true } as const

/** The sentence that says how much less it was. */
function shortOf(report: Report): string {
  if (report.state !== 'filled' && report.state !== 'simulated') throw new Error(JSON.stringify(report))
  expect(report.reason).toMatchObject({ code: 'ORDER_PARTLY_FILLED', message: report.fill.short })
  return report.fill.short ?? ''
}

describe('a sale of more SOL than the reserve leaves', () => {
  it.each([
    ['a lamport', SOL + RESERVE + 18_999n],
    ['one fee', SOL + RESERVE],
    ['half of it', SOL / 2n],
  ])('by %s sells what is there, keeps the reserve, and says so in its story', async (_, lamports) => {
    const here = await world({ lamports })
    const report = await here.trade(here.intent('a', '1 SOL', 'USDC', guards))
    expect(shortOf(report)).toMatch(/^0\.\d+ SOL were traded instead of 1 SOL: the wallet had no more to give$/)
    await here.clock.run(here.clock.sleep(60_000))
    const left = await here.held('SOL')
    expect(left).toBeGreaterThanOrEqual(RESERVE)
    expect(left).toBeLessThan(RESERVE + 2_000_000n)
    const { journal } = here.deployment
    const [order, ...others] = journal.orders()
    expect(others).toEqual([])
    expect(order).toMatchObject({ state: 'confirmed', reason: { code: 'ORDER_PARTLY_FILLED' } })
    expect(order?.attempts).toHaveLength(1)
    expect(journal.story(order!.id).at(-1)?.cause).toContain('were traded instead of 1 SOL')
  })

  it('is refused as before where it was not said that less will do, and sends nothing', async () => {
    const here = await world({ lamports: SOL + RESERVE })
    expect(await here.trade(here.intent('a', '1 SOL', 'USDC'))).toMatchObject({
      state: 'failed',
      reason: { code: 'FUNDS_INSUFFICIENT' },
    })
    expect(await here.held('SOL')).toBe(SOL + RESERVE)
  })

  it('trades all of it where all is there, and has nothing to explain', async () => {
    const here = await world()
    const report = await here.trade(here.intent('a', '1 SOL', 'USDC', guards))
    expect(report).toMatchObject({ state: 'filled', fill: { input: { units: SOL } } })
    expect(report).not.toHaveProperty('reason')
  })

  it('fails where nothing is left to sell', async () => {
    const here = await world({ lamports: RESERVE + 1_000n })
    expect(await here.trade(here.intent('a', '1 SOL', 'USDC', guards))).toMatchObject({
      state: 'failed',
      reason: { code: 'FUNDS_INSUFFICIENT' },
    })
  })

  it('is told by a dry run as it would be', async () => {
    const here = await world({ lamports: SOL + RESERVE, sender: () => DRY_RUN })
    const report = await here.trade(here.intent('a', '1 SOL', 'USDC', guards))
    expect(report.state).toBe('simulated')
    expect(shortOf(report)).toContain('instead of 1 SOL')
  })
})

it('two that guard the same holding at once share it, and never take it twice', async () => {
  const here = await world({ lamports: 2n * SOL - SOL / 2n })
  const reports = await Promise.all(['a', 'b'].map(key => here.trade(here.intent(key, '1 SOL', 'USDC', guards))))
  const sold = reports.map(report => (report.state === 'filled' ? report.fill.input.units : 0n))
  expect(sold[0]).toBe(SOL)
  expect(sold[1]).toBeGreaterThan(SOL / 2n - 20_000_000n)
  expect(sold[1]).toBeLessThan(SOL / 2n)
})

it('a token of which a unit is missing is sold to the unit, and nothing of it is left', async () => {
  const here = await world({ funds: { USDC: 9_999_999n } })
  const report = await here.trade(here.intent('a', '10 USDC', 'SOL', guards))
  expect(shortOf(report)).toBe('9.999999 USDC were traded instead of 10 USDC: the wallet had no more to give')
  await here.clock.run(here.clock.sleep(60_000))
  expect(await here.held('USDC')).toBe(0n)
})

it('over several transactions it ends with the last of what is there', async () => {
  const here = await world({ funds: { USDC: 9_000_000n }, venue: venue => quotingAtMost(4_000_000n, venue) })
  const report = await here.trade(here.intent('a', '10 USDC', 'SOL', guards))
  expect(shortOf(report)).toContain('1 USDC were traded instead of 2 USDC')
  expect(report).toMatchObject({ fill: { input: { units: 9_000_000n } } })
  await here.clock.run(here.clock.sleep(60_000))
  expect(await here.held('USDC')).toBe(0n)
  expect(here.deployment.journal.orders()[0]?.state).toBe('confirmed')
})

it('killed while it is in flight, the next start finds the fill and says the same', async () => {
  const dies = new AbortController()
  const here = await world({ lamports: SOL + RESERVE, signal: dies.signal, requestsEnd: false })
  const intent = here.intent('a', '1 SOL', 'USDC', guards)
  const first = here.trade(intent, {
    onReport: report => {
      if (report.state === 'sent') dies.abort(new Error('killed'))
    },
  })
  expect(await first).toMatchObject({ state: 'unresolved' })
  await here.clock.run(here.clock.sleep(5_000))
  const trader = here.restart()
  await here.clock.run(trader.recover())
  const [order] = here.deployment.journal.orders()
  expect(order).toMatchObject({ state: 'confirmed', reason: { code: 'ORDER_PARTLY_FILLED' } })
  expect(order?.fill?.short).toContain('instead of 1 SOL')
  expect(await here.trade(intent)).toMatchObject({ state: 'filled', recovered: true })
})
