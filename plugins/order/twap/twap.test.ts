import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ForgeEvent, type IntentEvent, parseAmount, parsePrice, type Report } from '../../../core/index.ts'
import {
  type MockServicesOptions,
  type PluginTrialResult,
  runPlugin,
  TEST_START_MS,
  testTokens,
} from '../../../core/testing/index.ts'
import twap from './index.ts'

const TOKENS = testTokens()
const SECOND = 1_000
const MINUTE = 60_000
const PRICE = parsePrice('150', { base: TOKENS.find('SOL'), quote: TOKENS.find('USDC') })

function wants(spend: string, more: Partial<IntentEvent> = {}): IntentEvent {
  const amount = parseAmount(spend, TOKENS)
  return {
    kind: 'intent',
    at: TEST_START_MS,
    key: 'k',
    node: '',
    input: amount.token,
    output: TOKENS.find('SOL'),
    amount,
    exact: 'in',
    reason: 'a test',
    ...more,
  }
}

interface Trial {
  readonly settings?: Record<string, unknown>
  readonly events?: readonly ForgeEvent[]
  readonly before?: PluginTrialResult
  readonly services?: Partial<MockServicesOptions>
  readonly start_ms?: number
  readonly until_ms?: number
}

function run({ settings, events, before, services, start_ms, until_ms }: Trial): Promise<PluginTrialResult> {
  return runPlugin(twap, {
    with: settings ?? {},
    events: events ?? [],
    services: {
      tokens: TOKENS,
      priceOf: () => PRICE,
      ...(before && { journal: before.services.journal }),
      ...services,
    },
    ...(before && { states: before.states }),
    ...(start_ms === undefined ? {} : { start_ms: TEST_START_MS + start_ms }),
    ...(until_ms === undefined ? {} : { until_ms: TEST_START_MS + until_ms }),
  })
}

const slices = ({ given }: PluginTrialResult): readonly IntentEvent[] =>
  given.filter((event): event is IntentEvent => event.kind === 'intent')
const times = (result: PluginTrialResult): readonly number[] => slices(result).map(({ at }) => at - TEST_START_MS)
const whole = ({ given }: PluginTrialResult): Report | undefined =>
  given.filter((event): event is Report => event.kind === 'report' && event['key'] === 'k').at(-1)
const tradedUnits = ({ services }: PluginTrialResult): bigint =>
  services.journal.orders().reduce((sum, { fill }) => sum + (fill?.input.units ?? 0n), 0n)

it('an order that an earlier version armed is traded on, ended, and told as filled', async () => {
  const settings = { duration: '10m', interval: '5m', jitter: 0 }
  const before = await run({ settings, events: [wants('10 USDC')], until_ms: MINUTE })
  const { journal } = before.services
  // That version did not write that others are made of it.
  for (const { arming } of journal.orders()) if (arming) Reflect.deleteProperty(arming, 'isWhole')
  const after = await run({ settings, before, start_ms: MINUTE, until_ms: 20 * MINUTE })
  expect(slices(after).map(({ key }) => key)).toEqual(['k/2'])
  expect(whole(after)).toMatchObject({ state: 'filled', fill: { input: { units: 10_000_000n } } })
  const [order] = journal.orders()
  expect(order).toMatchObject({ state: 'cancelled', reason: { code: 'ORDER_DIVIDED' } })
  expect(order?.reason?.message).toMatch(/^traded in slices: 10 USDC for /)
})

describe('an order in slices', () => {
  it('has as many as the interval fits into the duration, and the last takes what does not divide', async () => {
    const result = await run({ settings: { duration: '10m', interval: '3m', jitter: 0 }, events: [wants('10 USDC')] })
    expect(slices(result).map(({ key, amount }) => [key, amount.units])).toEqual([
      ['k/1', 3_333_333n],
      ['k/2', 3_333_333n],
      ['k/3', 3_333_334n],
    ])
    expect(times(result)).toEqual([0, 200 * SECOND, 400 * SECOND])
    expect(whole(result)).toMatchObject({ state: 'filled', isSum: true, fill: { input: { units: 10_000_000n } } })
  })

  it('adds up, is spread over the time, and nothing of it comes together', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 20, max: 10_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (count, units, jitter) => {
          const amount = { token: TOKENS.find('USDC'), units: BigInt(units) }
          const settings = { duration: `${count}m`, interval: '1m', jitter }
          const result = await run({ settings, events: [wants('1 USDC', { amount })] })
          expect(slices(result)).toHaveLength(count)
          expect(tradedUnits(result)).toBe(BigInt(units))
          const all = times(result)
          for (const [index, at] of all.entries())
            if (index > 0) expect(at - all[index - 1]!).toBeGreaterThanOrEqual(30 * SECOND)
          expect(all.at(-1)).toBeLessThan(count * MINUTE)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('that fail are spread over those that follow; what can not be made up for is told', async () => {
    const settings = { duration: '4m', interval: '1m', jitter: 0 }
    const services = { tradeOutcomes: [{ key: 'k/2', state: 'failed' as const }] }
    const result = await run({ settings, events: [wants('4 USDC')], services })
    expect(slices(result).map(({ amount }) => amount.units)).toEqual([1_000_000n, 1_000_000n, 1_500_000n, 1_500_000n])
    expect(tradedUnits(result)).toBe(4_000_000n)
    expect(whole(result)).toMatchObject({ state: 'filled' })
    expect(whole(result)).not.toHaveProperty('reason')
    const last = await run({
      settings,
      events: [wants('4 USDC')],
      services: { tradeOutcomes: [{ key: 'k/4', state: 'failed', message: 'no route' }] },
    })
    expect(whole(last)).toMatchObject({
      state: 'filled',
      reason: { code: 'ORDER_PARTLY_FILLED', message: '1 USDC of 4 USDC were not traded: no route' },
    })
    const none = await run({ settings, events: [wants('4 USDC')], services: { tradeOutcomes: [{ state: 'failed' }] } })
    expect(whole(none)).toMatchObject({ state: 'failed', reason: { code: 'MOCKED' } })
  })

  it('stops at its expiry', async () => {
    const settings = { duration: '4m', interval: '1m', jitter: 0 }
    const expired = await run({ settings, events: [wants('4 USDC', { expiresAt: TEST_START_MS + 90 * SECOND })] })
    expect(times(expired)).toEqual([0, MINUTE])
    expect(whole(expired)).toMatchObject({ state: 'filled', reason: { code: 'ORDER_PARTLY_FILLED' } })
  })

  it.each([
    ['interval', { interval: '20m' }],
    ['interval', { duration: '30d', interval: '1s' }],
    ['exact', { exact: 'out' }],
    ['jitters', { terms: { jitters: 1 } }],
    ['jitter', { terms: { jitter: 2 } }],
  ])('is refused when it means nothing: %s', async (field, { exact, terms, ...settings }: Record<string, unknown>) => {
    const intent = wants('4 USDC', { ...(exact ? { exact: 'out' } : {}), ...(terms ? { terms: terms as never } : {}) })
    const result = await run({ settings: settings as Record<string, unknown>, events: [intent] })
    expect(whole(result)).toMatchObject({ state: 'failed', reason: { code: 'TERMS_INVALID' } })
    expect((whole(result) as { reason: { message: string } }).reason.message).toMatch(new RegExp(`^${field} `))
    expect(result.services.journal.orders()).toEqual([])
  })
})

describe('after a restart', () => {
  const settings = { duration: '10m', interval: '1m', jitter: 0.5 }

  it('what is late is spread over the time that is left, and no slice is traded twice', async () => {
    const first = await run({ settings, events: [wants('10 USDC')], until_ms: 150 * SECOND })
    expect(first.result.ended).toBe('drained')
    const done = slices(first).length
    const second = await run({ settings, before: first, start_ms: 6 * MINUTE })
    expect(slices(second)).toHaveLength(10 - done)
    expect(tradedUnits(second)).toBe(10_000_000n)
    const all = times(second)
    expect(all[0]).toBe(6 * MINUTE)
    for (const [index, at] of all.entries())
      if (index > 0) expect(at - all[index - 1]!).toBeGreaterThanOrEqual(30 * SECOND)
    expect(all.at(-1)).toBeLessThanOrEqual(10 * MINUTE)
    expect(whole(second)).toMatchObject({ state: 'filled', fill: { input: { units: 10_000_000n } } })
  })

  it('long after its end the rest still comes one by one', async () => {
    const first = await run({ settings, events: [wants('10 USDC')], until_ms: 150 * SECOND })
    const second = await run({ settings, before: first, start_ms: 600 * MINUTE })
    const all = times(second)
    for (const [index, at] of all.entries())
      if (index > 0) expect(at - all[index - 1]!).toBeGreaterThanOrEqual(30 * SECOND)
    expect(tradedUnits(second)).toBe(10_000_000n)
  })

  it('a strategy that asks again is told what became of it, and nothing is traded again', async () => {
    const first = await run({ settings, events: [wants('10 USDC')] })
    const second = await run({ settings, before: first, events: [wants('10 USDC')], start_ms: 20 * MINUTE })
    expect(slices(second)).toEqual([])
    expect(whole(second)).toMatchObject({ state: 'filled', recovered: true, fill: { input: { units: 10_000_000n } } })
  })
})
