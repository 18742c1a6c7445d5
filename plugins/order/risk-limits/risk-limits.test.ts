import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ForgeEvent,
  formatAmount,
  type IntentEvent,
  isForgeError,
  type PriceEvent,
  parseAmount,
  parsePrice,
} from '../../../core/index.ts'
import {
  type MockServicesOptions,
  type PluginTrialResult,
  runPlugin,
  TEST_START_MS,
  testTokens,
} from '../../../core/testing/index.ts'
import riskLimits from './index.ts'

const TOKENS = testTokens()
const SECOND = 1_000
const DAY = 86_400_000
/** Of the day that the tests begin in. */
const MIDNIGHT = Math.floor(TEST_START_MS / DAY) * DAY

const at = (after_ms: number): number => TEST_START_MS + after_ms

function trade(key: string, after_ms: number, written: string, into: string): IntentEvent {
  const amount = parseAmount(written, TOKENS)
  const output = TOKENS.find(into)
  return {
    kind: 'intent',
    at: at(after_ms),
    key,
    node: '',
    input: amount.token,
    output,
    amount,
    exact: 'in',
    reason: 'x',
  }
}

function price(after_ms: number, value: string, base = 'SOL'): PriceEvent {
  const pair = { base: TOKENS.find(base), quote: TOKENS.find('USDC') }
  return { kind: 'price', at: at(after_ms), price: parsePrice(value, pair), origin: 'pool' }
}

/** The market: SOL at what the prices say at that time. */
function market(events: readonly ForgeEvent[]): NonNullable<MockServicesOptions['priceOf']> {
  return (input, output, now) => {
    const prices = events.filter((event): event is PriceEvent => event.kind === 'price' && event.at <= now)
    return prices.findLast(({ price: { pair } }) => [input.mint, output.mint].includes(pair.base.mint))?.price
  }
}

interface Trial {
  readonly settings: Record<string, unknown>
  readonly events: readonly ForgeEvent[]
  readonly before?: PluginTrialResult
  readonly services?: Partial<MockServicesOptions>
  readonly start_ms?: number
}

function run({ settings, events, before, services, start_ms }: Trial): Promise<PluginTrialResult> {
  return runPlugin(riskLimits, {
    with: settings,
    events,
    services: {
      tokens: TOKENS,
      priceOf: market(events),
      ...(before && { journal: before.services.journal }),
      ...services,
    },
    ...(before && { states: before.states }),
    ...(start_ms === undefined ? {} : { start_ms }),
  })
}

const refusals = ({ given }: PluginTrialResult): string[] =>
  given.flatMap(event =>
    event.kind === 'report' && event['state'] === 'skipped' && 'reason' in event
      ? `${String(event['key'])}: ${(event['reason'] as { code: string }).code}`
      : [],
  )
const passed = ({ given }: PluginTrialResult): string[] =>
  given.flatMap(event => (event.kind === 'intent' ? String(event['key']) : []))
const reasonOf = ({ given }: PluginTrialResult, key: string) =>
  given.flatMap(event =>
    event.kind === 'report' && event['key'] === key && 'reason' in event ? event['reason'] : [],
  )[0]

describe('limits', () => {
  it('hold back an order that is too large, with the figure and the limit, whichever side it is of', async () => {
    const events = [
      price(0, '150'),
      trade('a', SECOND, '100 USDC', 'SOL'),
      trade('b', 2 * SECOND, '100.000001 USDC', 'SOL'),
      trade('c', 3 * SECOND, '1 SOL', 'USDC'),
    ]
    const result = await run({ settings: { maxOrder: '100 USDC' }, events })
    expect(passed(result)).toEqual(['a'])
    expect(refusals(result)).toEqual(['b: RISK_ORDER_LIMIT', 'c: RISK_ORDER_LIMIT'])
    expect(reasonOf(result, 'c')).toEqual({
      code: 'RISK_ORDER_LIMIT',
      message: 'the order is worth 150 USDC, at most 100 USDC are allowed (maxOrder)',
      remedy: 'It never frees: trade less at once, or raise the limit.',
    })
  })

  it('of a day count what is still open, forget what was not bought, and free at midnight', async () => {
    const events = [
      price(0, '150'),
      trade('a', SECOND, '60 USDC', 'SOL'),
      trade('b', 2 * SECOND, '60 USDC', 'SOL'),
      trade('c', 30 * SECOND, '60 USDC', 'SOL'),
      trade('d', 60 * SECOND, '40 USDC', 'SOL'),
      trade('e', 61 * SECOND, '1 USDC', 'SOL'),
      trade('f', MIDNIGHT + DAY - TEST_START_MS, '60 USDC', 'SOL'),
    ]
    const result = await run({
      settings: { maxDailySpend: '100 USDC' },
      events,
      services: { tradeDelay_ms: 10 * SECOND, tradeOutcomes: [{ key: 'a', state: 'failed' }] },
    })
    // a fails after b was refused because of it; then c fits.
    expect(passed(result)).toEqual(['a', 'c', 'd', 'f'])
    expect(refusals(result)).toEqual(['b: RISK_DAILY_LIMIT', 'e: RISK_DAILY_LIMIT'])
    expect(reasonOf(result, 'e')).toMatchObject({
      message: "today's spending would be 101 USDC, at most 100 USDC are allowed (maxDailySpend)",
      remedy: `It frees at ${new Date(MIDNIGHT + DAY).toISOString()}.`,
    })
  })

  it('of a token are its own', async () => {
    const events = [
      price(0, '150'),
      price(0, '0.00002', 'BONK'),
      trade('a', SECOND, '30 USDC', 'BONK'),
      trade('b', 2 * SECOND, '30 USDC', 'BONK'),
      trade('c', 3 * SECOND, '100 USDC', 'SOL'),
      trade('d', 4 * SECOND, '1 USDC', 'SOL'),
    ]
    const settings = { maxDailyPerToken: '100 USDC', perToken: { BONK: '50 USDC' } }
    expect(refusals(await run({ settings, events }))).toEqual(['b: RISK_TOKEN_LIMIT', 'd: RISK_TOKEN_LIMIT'])
  })

  it('of open orders free with each outcome', async () => {
    const events = ['a', 'b', 'c', 'd'].map((key, index) => trade(key, index * 6 * SECOND, '1 USDC', 'SOL'))
    const result = await run({
      settings: { maxOpenOrders: 2 },
      events: [price(0, '150'), ...events],
      services: { tradeDelay_ms: 15 * SECOND },
    })
    expect(refusals(result)).toEqual(['c: RISK_OPEN_ORDERS'])
    expect(passed(result)).toEqual(['a', 'b', 'd'])
  })

  it('hold back what they can not value', async () => {
    const result = await run({ settings: { maxOrder: '100 USDC' }, events: [trade('a', 0, '1 SOL', 'USDC')] })
    expect(refusals(result)).toEqual(['a: RISK_VALUE_UNKNOWN'])
  })

  it('survive a restart, and count no order twice that was taken up again', async () => {
    const settings = { maxDailySpend: '100 USDC' }
    const first = await run({ settings, events: [price(0, '150'), trade('a', SECOND, '60 USDC', 'SOL')] })
    const events = [
      price(2 * SECOND, '150'),
      trade('a', 3 * SECOND, '60 USDC', 'SOL'),
      trade('b', 4 * SECOND, '40 USDC', 'SOL'),
      trade('c', 5 * SECOND, '1 USDC', 'SOL'),
    ]
    const second = await run({ settings, events, before: first, start_ms: at(2 * SECOND) })
    expect(passed(second)).toEqual(['a', 'b'])
    expect(refusals(second)).toEqual(['c: RISK_DAILY_LIMIT'])
    expect(second.services.trader.orders).toHaveLength(2)
  })

  it('let a day’s purchases never add up to more than it allows, whatever comes and fails', async () => {
    const step = fc.record({
      spend: fc.integer({ min: 1, max: 60 }),
      after: fc.integer({ min: 0, max: 20 }),
      fails: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async steps => {
        const trades = steps.map(({ spend }, index) => {
          const after_ms = steps.slice(0, index + 1).reduce((sum, { after }) => sum + after * SECOND, 0)
          return trade(`k${index}`, after_ms, `${spend} USDC`, 'SOL')
        })
        const failing = steps.flatMap(({ fails }, index) =>
          fails ? [{ key: `k${index}`, state: 'failed' as const }] : [],
        )
        const result = await run({
          settings: { maxDailySpend: '100 USDC' },
          events: [price(0, '150'), ...trades],
          services: { tradeDelay_ms: 7 * SECOND, tradeOutcomes: failing },
        })
        const spent = result.services.trader.orders.reduce((sum, order) => sum + (order.fill?.input.units ?? 0n), 0n)
        expect(spent).toBeLessThanOrEqual(100_000_000n)
        expect(passed(result).length + refusals(result).length).toBe(steps.length)
      }),
      { numRuns: 40 },
    )
  })
})

describe('a stop', () => {
  const settings = { maxDrawdown: 10, capital: '1000 USDC' }
  const crash = [
    price(0, '100'),
    trade('a', SECOND, '500 USDC', 'SOL'),
    price(2 * SECOND, '120'),
    price(3 * SECOND, '98'),
    trade('b', 4 * SECOND, '1 SOL', 'USDC'),
    trade('c', 5 * SECOND, '10 USDC', 'SOL'),
    price(6 * SECOND, '200'),
    trade('d', 7 * SECOND, '10 USDC', 'SOL'),
  ]

  it('at a drawdown sells and buys nothing more, and says what it was measured against', async () => {
    const result = await run({ settings, events: crash })
    // 5 SOL: 1,100 at the peak, 990 then: 10% of the peak.
    expect(passed(result)).toEqual(['a'])
    expect(refusals(result)).toEqual(['b: RISK_DRAWDOWN', 'c: RISK_DRAWDOWN', 'd: RISK_DRAWDOWN'])
    const stopped = new Date(at(3 * SECOND)).toISOString()
    expect(reasonOf(result, 'b')).toMatchObject({
      message: expect.stringMatching(
        /: equity is 989\.\d+ USDC, 1\d\d\.?\d* USDC below its peak: 10(\.\d+)?% of its peak of 1099\.\d+ USDC, at most 10% are allowed/,
      ),
      remedy: `It frees when a person says so: set acknowledged to ${stopped}.`,
    })
    expect(result.given.filter(event => event.kind === 'notice')).toMatchObject([{ level: 'critical' }])
  })

  it('measured against the capital is another figure', async () => {
    const events = [...crash.slice(0, 4), price(4 * SECOND, '99')]
    const result = await run({ settings: { ...settings, maxDrawdown: 12, drawdownOf: 'capital' }, events })
    expect(refusals(result)).toEqual([])
    const deeper = await run({ settings: { ...settings, maxDrawdown: 11, drawdownOf: 'capital' }, events: crash })
    expect(reasonOf(deeper, 'b')).toMatchObject({ message: expect.stringContaining('11% of the capital of 1000 USDC') })
  })

  it('stays after a restart, until a person acknowledges that very stop', async () => {
    const first = await run({ settings, events: crash })
    const events = [price(10 * SECOND, '98'), trade('e', 11 * SECOND, '10 USDC', 'SOL')]
    const again = { events, before: first, start_ms: at(10 * SECOND) }
    expect(refusals(await run({ settings, ...again }))).toEqual(['e: RISK_DRAWDOWN'])
    const early = { ...settings, acknowledged: new Date(at(2 * SECOND)).toISOString() }
    expect(refusals(await run({ settings: early, ...again }))).toEqual(['e: RISK_DRAWDOWN'])
    const acknowledged = { ...settings, acknowledged: new Date(at(3 * SECOND)).toISOString() }
    expect(passed(await run({ settings: acknowledged, ...again }))).toEqual(['e'])
  })

  it('sells all that was bought through it when that was chosen: once, also when it was killed meanwhile', async () => {
    const flatten = { ...settings, onStop: 'flatten' }
    const first = await run({ settings: flatten, events: crash })
    const sales = first.services.trader.orders.filter(order => order.intent.key.startsWith('flatten/'))
    expect(sales.map(({ state, intent }) => [state, formatAmount(intent.amount)])).toEqual([['confirmed', '5 SOL']])
    expect(refusals(first)).toEqual(['b: RISK_DRAWDOWN', 'c: RISK_DRAWDOWN', 'd: RISK_DRAWDOWN'])
    const second = await run({
      settings: flatten,
      events: [price(10 * SECOND, '98')],
      before: first,
      start_ms: at(10 * SECOND),
    })
    expect(second.services.trader.orders).toHaveLength(2)
  })

  it('that could not sell says so, and tries again at the next start', async () => {
    const flatten = { ...settings, onStop: 'flatten' }
    const services = { tradeOutcomes: [{ node: 'it', state: 'failed' as const, message: 'no route' }] }
    const first = await run({ settings: flatten, events: crash, services })
    expect(first.given.filter(event => event.kind === 'notice').at(-1)).toMatchObject({
      level: 'critical',
      text: 'SOL could not be sold after the stop: no route. It is tried again at the next start.',
    })
    const second = await run({
      settings: flatten,
      events: [price(10 * SECOND, '98')],
      before: first,
      start_ms: at(10 * SECOND),
    })
    expect(second.services.trader.orders.map(({ state }) => state)).toEqual(['confirmed', 'failed', 'confirmed'])
  })

  it('by the kill switch lasts as long as the file is there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sniperforge-'))
    const killSwitch = join(folder, 'STOP')
    try {
      writeFileSync(killSwitch, '')
      const events = [price(0, '100'), trade('a', SECOND, '1 USDC', 'SOL')]
      const first = await run({ settings: { killSwitch }, events })
      expect(refusals(first)).toEqual(['a: RISK_KILL_SWITCH'])
      expect(reasonOf(first, 'a')).toMatchObject({ remedy: `It frees when ${killSwitch} is removed.` })
      rmSync(killSwitch)
      const later = { events: [trade('b', 9 * SECOND, '1 USDC', 'SOL')], before: first, start_ms: at(9 * SECOND) }
      expect(passed(await run({ settings: { killSwitch }, ...later }))).toEqual(['b'])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('after a loss lasts for the cooldown, and only purchases wait', async () => {
    const events = [
      price(0, '100'),
      trade('a', SECOND, '100 USDC', 'SOL'),
      price(2 * SECOND, '90'),
      trade('b', 3 * SECOND, '0.5 SOL', 'USDC'),
      trade('c', 4 * SECOND, '1 USDC', 'SOL'),
      trade('d', 5 * SECOND, '0.1 SOL', 'USDC'),
      trade('e', 65 * SECOND + 1, '1 USDC', 'SOL'),
    ]
    const result = await run({ settings: { cooldown: '1m' }, events })
    expect(refusals(result)).toEqual(['c: RISK_COOLDOWN'])
    expect(reasonOf(result, 'c')).toMatchObject({ remedy: `It frees at ${new Date(at(63 * SECOND)).toISOString()}.` })
    expect(passed(result)).toEqual(['a', 'b', 'd', 'e'])
  })
})

it.each([
  ['maxOrder', {}],
  ['capital', { maxDrawdown: 10 }],
  ['maxDailySpend', { maxDailySpend: '1 SOL' }],
])('settings that mean nothing are refused by name: %s', async (field, settings) => {
  const thrown: unknown = await run({ settings, events: [] }).then(
    ({ result }) => result,
    (error: unknown) => error,
  )
  expect(isForgeError(thrown, 'PLUGIN_CONFIG_INVALID') && thrown.context['field']).toBe(field)
})
