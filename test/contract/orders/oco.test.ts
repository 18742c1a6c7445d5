import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ForgeEvent, IntentEvent } from '../../../core/events/event.ts'
import type { Fill } from '../../../core/events/report.ts'
import type { Journal } from '../../../core/orders/journal.ts'
import { MemoryStates, type PluginTrial, runPlugin, TEST_START_MS } from '../../../core/testing/index.ts'
import { startPlugin } from '../../../core/testing/run-plugin.ts'
import { plainFill } from '../../plain-fill.ts'
import { extreme, market, plugin, price, reports, wants } from './order-trial.ts'

const SOL_1 = 1_000_000_000n
const settings = { stop: '140', target: '160' }
const seconds = (count: number): number => TEST_START_MS + count * 1_000

const run = (events: readonly ForgeEvent[], more: PluginTrial['services'] = {}, onPartial = 'cancel') =>
  runPlugin(plugin('oco'), { with: { ...settings, onPartial }, events, services: market(events, more) })

const states = (journal: Journal): string[] =>
  journal.orders().flatMap(({ arming, intent, state }) => (arming?.isWhole ? [] : [`${intent.key} ${state}`]))
/** The whole, as the journal has it. */
const whole = (journal: Journal): string => {
  const { state, reason } = journal.orders().find(({ arming }) => arming?.isWhole)!
  return reason ? `${state}: ${reason.message}` : state
}
const sold = (journal: Journal): bigint =>
  journal.orders().reduce((sum, { fill }) => sum + (fill?.input.units ?? 0n), 0n)

/** As the chain would have filled so much of an order. */
function fillOf(intent: IntentEvent, orderId: string, units: bigint): Fill {
  const { at, key } = intent
  const [input, output] = [
    { token: intent.input, units },
    { token: intent.output, units: units / 10n },
  ]
  return plainFill({ orderId, key, signature: `signature of ${orderId}`, at, input, output })
}

/** Writes that an order was filled, as a process that is killed right after this would leave it. */
function fill(journal: Journal, key: string, units: bigint): void {
  const order = journal.orders().find(({ intent }) => intent.key === key)!
  const now = seconds(5)
  if (order.state === 'armed') journal.trigger(order.id, { now, cause: 'a price' })
  journal.move(order.id, 'submitting', { now, cause: 'signed' })
  journal.move(order.id, 'confirmed', { now, cause: 'landed', fill: fillOf(order.intent, order.id, units) })
}

async function armed(onPartial = 'cancel') {
  const events = [wants('a', '1 SOL'), price('150', 1), price('150', 100)]
  const first = await startPlugin(plugin('oco'), { with: { ...settings, onPartial }, events, services: market(events) })
  await first.clock.advanceTo(seconds(5))
  return first
}

async function next(first: Awaited<ReturnType<typeof armed>>, events: readonly ForgeEvent[], onPartial = 'cancel') {
  const { journal } = first.services
  const result = await runPlugin(plugin('oco'), {
    with: { ...settings, onPartial },
    events,
    services: market(events, { journal }),
    states: first.states,
    start_ms: seconds(10),
  })
  return { ...result, journal }
}

describe('a stop and a target', () => {
  it('of which the target is filled: the stop is cancelled, and the whole is told once', async () => {
    const { given, services } = await run([wants('a', '1 SOL'), price('150', 1), price('161', 2), price('130', 3)])
    expect(states(services.journal)).toEqual(['a/stop cancelled', 'a/target confirmed'])
    expect(services.journal.orders()[1]?.reason?.message).toBe('an order beside it was filled (a/target)')
    expect(whole(services.journal)).toBe('confirmed: its target traded: 1 SOL → 161 USDC')
    expect(reports(given).filter(text => text.startsWith('a '))).toEqual(['a armed', 'a filled'])
    expect(given.at(-1)).toMatchObject({ key: 'a', isSum: true, fill: { input: { units: SOL_1 } } })
  })

  it('that one price has both reached trade once: the stop, when nobody knows which came first', async () => {
    const both = { low: extreme('139', 2), high: extreme('161', 2) }
    const { services } = await run([wants('a', '1 SOL'), price('150', 1), price('150', 2, both)])
    expect(states(services.journal)).toEqual(['a/stop confirmed', 'a/target cancelled'])
  })

  it('whose second trigger holds while the first is on its way trade once', async () => {
    const events = [wants('a', '1 SOL'), price('150', 1), price('139', 2), price('161', 3), price('161', 60)]
    const { services } = await run(events, { tradeDelay_ms: 20_000 })
    expect(states(services.journal)).toEqual(['a/stop confirmed', 'a/target cancelled'])
    expect(sold(services.journal)).toBe(SOL_1)
  })

  it('of which the first came to nothing leave it to the second, also when that had fired meanwhile', async () => {
    const events = [wants('a', '1 SOL'), price('150', 1), price('139', 2), price('161', 3), price('161', 60)]
    const failing = { tradeDelay_ms: 20_000, tradeOutcomes: [{ key: 'a/stop', state: 'failed' as const }] }
    const meanwhile = await run(events, failing)
    expect(states(meanwhile.services.journal)).toEqual(['a/stop failed', 'a/target confirmed'])
    const later = await run([...events.slice(0, 3), price('150', 30), price('161', 60), price('161', 90)], failing)
    expect(states(later.services.journal)).toEqual(['a/stop failed', 'a/target confirmed'])
  })

  it('of which nobody can tell whether the first has traded keep the second back, and its story says so', async () => {
    const events = [wants('a', '1 SOL'), price('150', 1), price('139', 2), price('161', 30)]
    const { services } = await run(events, { tradeOutcomes: [{ key: 'a/stop', state: 'unresolved' }] })
    expect(sold(services.journal)).toBe(0n)
    const target = services.journal.orders().find(({ intent }) => intent.key === 'a/target')!
    expect(target.state).toBe('triggered')
    const because = 'kept back: nobody can tell yet whether a/stop beside it has traded'
    expect(services.journal.story(target.id).at(-1)?.cause).toBe(because)
  })

  it('that are the whole holding: the second is sized when the first has come to nothing, not beside it', async () => {
    const wish = wants('a', '1 SOL', { amount: { ...wants('a', '1 SOL').amount, units: 0n }, terms: { size: '100%' } })
    const events = [wish, price('150', 1), price('139', 2), price('161', 3), price('161', 30), price('161', 60)]
    const { services } = await run(events, {
      wallet: [wants('x', '4 SOL').amount],
      tradeDelay_ms: 20_000,
      tradeOutcomes: [{ key: 'a/stop', state: 'failed' }],
    })
    expect(states(services.journal)).toEqual(['a/stop failed', 'a/target confirmed'])
    expect(sold(services.journal)).toBe(4n * SOL_1)
  })

  it('are cancelled together', async () => {
    const trial = await armed()
    const { journal, requests } = trial.services
    requests.send('it', { kind: 'cancel', orderId: journal.orders()[1]!.id, cause: 'a person asked' })
    await trial.clock.advanceTo(seconds(6))
    expect(states(journal)).toEqual(['a/stop cancelled', 'a/target cancelled'])
    expect(reports(trial.given).at(-1)).toBe('a skipped ORDER_CANCELLED')
  })

  it.each([
    [{ stop: '160', target: '140' }, 'the stop is not below the target'],
    [{ stop: '140' }, 'target is missing'],
    [{ stop: '140', target: '160', stopp: '1' }, 'the order node "it" knows no term "stopp"'],
  ])('that mean nothing are refused whole: %o', async (terms, message) => {
    const events = [wants('a', '1 SOL', { terms }), price('150', 1)]
    const { given, services } = await runPlugin(plugin('oco'), { events, services: market(events) })
    expect(services.journal.orders().filter(({ state }) => state === 'armed')).toEqual([])
    expect(given.findLast(event => event.kind === 'report')).toMatchObject({
      key: 'a',
      state: 'failed',
      reason: { code: 'TERMS_INVALID', message: expect.stringContaining(message) },
    })
  })
})

describe('a restart', () => {
  it('between the fill of one and the cancellation of the other: exactly one has traded', async () => {
    for (const events of [[price('130', 11)], [price('150', 11), price('139', 12)]]) {
      const first = await armed()
      fill(first.services.journal, 'a/target', SOL_1)
      const { journal, given } = await next(first, events)
      expect(states(journal)).toEqual(['a/stop cancelled', 'a/target confirmed'])
      expect(reports(given).at(-1)).toBe('a filled')
    }
  })

  it('with both triggered and nothing sent trades one', async () => {
    const first = await armed()
    const { journal } = first.services
    for (const { id } of journal.orders()) journal.trigger(id, { now: seconds(5), cause: 'a price' })
    await next(first, [price('150', 10)])
    expect(sold(journal)).toBe(SOL_1)
    expect(states(journal).filter(text => text.endsWith('confirmed'))).toHaveLength(1)
  })

  it('after which a strategy takes up, as its own, all that the journal has of it: no leg becomes a whole', async () => {
    const first = await armed()
    const again = ['a/stop', 'a/target', 'a'].map((key, index) => wants(key, '1 SOL', {}, 11 + index))
    const { journal } = await next(first, [price('150', 10), ...again, price('139', 20)])
    expect(states(journal)).toEqual(['a/stop confirmed', 'a/target cancelled'])
  })

  it('leaves both armed when nothing has fired, and a strategy that asks again changes nothing', async () => {
    const first = await armed()
    const { journal } = await next(first, [price('150', 11), wants('a', '1 SOL', {}, 12), price('161', 13)])
    expect(states(journal)).toEqual(['a/stop cancelled', 'a/target confirmed'])
    expect(whole(journal)).toBe('confirmed: its target traded: 1 SOL → 161 USDC')
  })
})

it('held back at a restart is resumed whole, by the id of the whole', async () => {
  const first = await armed()
  const { journal } = first.services
  const events = [price('150', 10), price('139', 11), price('139', 40)]
  const trial = await startPlugin(plugin('oco'), {
    with: { ...settings, onRestart: 'hold' },
    events,
    services: market(events, { journal }),
    states: first.states,
    start_ms: seconds(10),
  })
  await trial.clock.advanceTo(seconds(20))
  expect(states(journal)).toEqual(['a/stop armed', 'a/target armed'])
  trial.services.requests.send('it', { kind: 'resume', orderId: journal.orders()[0]!.id, cause: 'a person asked' })
  await trial.clock.advanceTo(seconds(30))
  expect(states(journal)).toEqual(['a/stop confirmed', 'a/target cancelled'])
})

describe('a partial fill', () => {
  it('ends the other, or leaves it what is left, as configured', async () => {
    const part = SOL_1 / 4n
    const cancels = await armed()
    fill(cancels.services.journal, 'a/target', part)
    expect(states((await next(cancels, [price('139', 11)])).journal)).toEqual([
      'a/stop cancelled',
      'a/target confirmed',
    ])

    const shrinks = await armed('shrink')
    fill(shrinks.services.journal, 'a/target', part)
    const { journal, given } = await next(shrinks, [price('150', 11), price('139', 12)], 'shrink')
    expect(states(journal)).toEqual(['a/stop cancelled', 'a/target confirmed', 'a/stop-2 confirmed'])
    expect(sold(journal)).toBe(SOL_1)
    expect(given.at(-1)).toMatchObject({ key: 'a', state: 'filled', fill: { input: { units: SOL_1 } } })
  })

  it('survives a restart with what it left', async () => {
    const first = await armed('shrink')
    fill(first.services.journal, 'a/target', SOL_1 / 4n)
    const second = await next(first, [price('150', 11)], 'shrink')
    expect(states(second.journal)).toEqual(['a/stop cancelled', 'a/target confirmed', 'a/stop-2 armed'])
    const third = await next({ ...first, states: second.states }, [price('139', 11)], 'shrink')
    expect(sold(third.journal)).toBe(SOL_1)
  })
})

it('whatever the prices do and whenever it is killed, never more than one of the two has traded', async () => {
  const walk = fc.array(fc.constantFrom('130', '139', '145', '150', '155', '161', '170'), {
    minLength: 2,
    maxLength: 12,
  })
  await fc.assert(
    fc.asyncProperty(
      walk,
      fc.array(fc.nat({ max: 12 }), { maxLength: 3 }),
      fc.nat({ max: 3_000 }),
      async (prices, kills, delay) => {
        const all = [wants('a', '1 SOL'), ...prices.map((value, index) => price(value, index + 1))]
        const memory = new MemoryStates()
        let journal: Journal | undefined
        let from_s = 0
        for (const to_s of [...kills.toSorted((a, b) => a - b), 60]) {
          const events = all.filter(({ at }) => at >= seconds(from_s) || at === seconds(0))
          const trial = await startPlugin(plugin('oco'), {
            with: settings,
            events: events.filter(({ at }) => journal === undefined || at >= seconds(from_s)),
            services: market(all, { tradeDelay_ms: delay, ...(journal && { journal }) }),
            states: memory,
            start_ms: seconds(from_s),
          })
          journal = trial.services.journal
          await trial.clock.advanceTo(seconds(to_s))
          from_s = to_s
        }
        const traded = journal!.orders().filter(({ fill }) => fill)
        expect(traded.length).toBeLessThanOrEqual(1)
        if (traded.length === 1) expect(states(journal!).filter(text => text.endsWith('cancelled'))).toHaveLength(1)
      },
    ),
    { numRuns: 60 },
  )
})
