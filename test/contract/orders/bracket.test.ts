import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ForgeEvent, IntentEvent } from '../../../core/events/event.ts'
import type { Fill, Report } from '../../../core/events/report.ts'
import { formatAmount } from '../../../core/money/amount.ts'
import { bothSides } from '../../../core/money/exchange.ts'
import type { Journal } from '../../../core/orders/journal.ts'
import type { Trader } from '../../../core/plugin/services.ts'
import { MemoryStates, runPlugin, TEST_START_MS } from '../../../core/testing/index.ts'
import { startPlugin } from '../../../core/testing/run-plugin.ts'
import { plainFill } from '../../plain-fill.ts'
import { market, plugin, price, reports, wants } from './order-trial.ts'

const settings = { stop: '5%', target: '10%' }
const seconds = (count: number): number => TEST_START_MS + count * 1_000

const run = (events: readonly ForgeEvent[], more = {}, withSettings: Record<string, unknown> = settings) =>
  runPlugin(plugin('bracket'), { with: withSettings, events, services: market(events, more) })

/** What the whole became: its entry, its stops and targets. */
const orders = (journal: Journal): string[] =>
  journal
    .orders()
    .flatMap(({ arming, intent, state }) =>
      arming?.isWhole ? [] : [`${intent.key} ${formatAmount(intent.amount)} ${state}`],
    )
/** The whole itself, with what its end says. */
const whole = (journal: Journal): string[] =>
  journal.orders().flatMap(({ arming, state, reason }) => (arming?.isWhole ? [state, reason?.message ?? ''] : []))

describe('an entry with its stop and target', () => {
  it('is guarded from its fill on: the target sells what it brought, and the stop is cancelled', async () => {
    const events = [price('100', 0), wants('a', '100 USDC', {}, 1), price('109.9', 2), price('110', 3), price('90', 4)]
    const { services, given } = await run(events)
    expect(orders(services.journal)).toEqual([
      'a/entry 100 USDC confirmed',
      'a/1/stop 1 SOL cancelled',
      'a/1/target 1 SOL confirmed',
    ])
    expect(whole(services.journal)).toEqual([
      'confirmed',
      'entered with 100 USDC → 1 SOL; its target traded 1 SOL → 110 USDC',
    ])
    // To its strategy it is filled when its entry is.
    expect(reports(given).filter(text => /^a(\/1)? /.test(text))).toEqual(['a armed', 'a filled', 'a/1 filled'])
  })

  it('that falls is sold at the stop', async () => {
    const events = [price('100', 0), wants('a', '100 USDC', {}, 1), price('95.1', 2), price('94', 3), price('120', 4)]
    expect(orders((await run(events)).services.journal).slice(1)).toEqual([
      'a/1/stop 1 SOL confirmed',
      'a/1/target 1 SOL cancelled',
    ])
  })

  it('that sells is bought back on the other sides', async () => {
    const events = [price('100', 0), wants('a', '1 SOL', {}, 1), price('104', 2), price('90', 3)]
    expect(orders((await run(events)).services.journal).slice(1)).toEqual([
      'a/1/stop 100 USDC cancelled',
      'a/1/target 100 USDC confirmed',
    ])
  })

  it('that fails guards nothing', async () => {
    const events = [price('100', 0), wants('a', '100 USDC', {}, 1), price('50', 2)]
    const { services } = await run(events, { tradeOutcomes: [{ key: 'a/entry', state: 'failed' }] })
    expect(orders(services.journal)).toEqual(['a/entry 100 USDC failed'])
    expect(whole(services.journal)[0]).toBe('failed')
  })

  it('at a price waits for it, and is bought no worse', async () => {
    const events = [price('100', 0), wants('a', '100 USDC', { terms: { entry: '80' } }, 1), price('81', 2)]
    const waits = await run(events)
    expect(orders(waits.services.journal)).toEqual(['a/entry 100 USDC armed'])
    const later = await run([...events, price('80', 3), price('88', 4)])
    expect(orders(later.services.journal)).toEqual([
      'a/entry 100 USDC confirmed',
      'a/1/stop 1.25 SOL cancelled',
      'a/1/target 1.25 SOL confirmed',
    ])
  })

  it('that is a share of the holding is sized when it enters, and its exits by what it brought', async () => {
    const amount = { ...wants('a', '1 USDC').amount, units: 0n }
    const wish = wants('a', '1 USDC', { amount, terms: { size: '50%' } }, 1)
    const wallet = [wants('x', '400 USDC').amount]
    const { services } = await run([price('100', 0), wish, price('100', 2), price('110', 3)], { wallet })
    expect(orders(services.journal)).toEqual([
      'a/entry 200 USDC confirmed',
      'a/1/stop 2 SOL cancelled',
      'a/1/target 2 SOL confirmed',
    ])
  })

  it('whose stop the market has passed when it is filled is sold at once, and not left without one', async () => {
    const levels = { stop: '140', target: '10%' }
    const { services } = await run([price('100', 0), wants('a', '100 USDC', {}, 1), price('100', 2)], {}, levels)
    expect(orders(services.journal).slice(1)).toEqual(['a/1/stop 1 SOL confirmed', 'a/1/target 1 SOL cancelled'])
  })

  it('is cancelled as a whole: what was bought stays, and that is said', async () => {
    const events = [price('100', 0), wants('a', '100 USDC', {}, 1), price('100', 2), price('100', 100)]
    const trial = await startPlugin(plugin('bracket'), { with: settings, events, services: market(events) })
    await trial.clock.advanceTo(seconds(5))
    const { journal, requests } = trial.services
    requests.send('it', { kind: 'cancel', orderId: journal.orders()[0]!.id, cause: 'a person asked' })
    await trial.clock.advanceTo(seconds(6))
    expect(orders(journal).slice(1)).toEqual(['a/1/stop 1 SOL cancelled', 'a/1/target 1 SOL cancelled'])
    expect(whole(journal)).toEqual(['confirmed', 'entered with 100 USDC → 1 SOL; 1 SOL stay, without a stop'])
  })

  it.each([
    [{ stop: '5%' }, 'target is missing'],
    [{ stop: '100%', target: '10%' }, 'stop is 100% away'],
    [{ stop: '0%', target: '10%' }, 'stop is 0% away'],
    [{ stop: '-5%', target: '10%' }, 'stop is "-5%"'],
    [{ stop: 'NaN', target: '10%' }, 'stop is "NaN"'],
    [{ stop: '140', target: '130' }, 'the stop is not below the target'],
    [{ entry: '120', stop: '130', target: '140' }, 'the stop is not below the entry'],
    [{ entry: '150', stop: '5%', target: '140' }, 'the entry is not below the target'],
  ])('whose levels mean nothing is refused before anything is bought: %o', async (levels, message) => {
    const { services, given } = await run([price('100', 0), wants('a', '100 USDC', {}, 1)], {}, levels)
    expect(services.journal.orders()).toEqual([])
    expect(given.at(-1)).toMatchObject({ state: 'failed', reason: { code: 'TERMS_INVALID', message } })
  })
})

it('an entry filled in parts is guarded part by part, each by what it brought at its own price', async () => {
  const fill = (intent: IntentEvent, share: bigint, at: string): Fill => {
    const amount = { ...intent.amount, units: intent.amount.units / share }
    const { input, output } = bothSides(price(at, 0).price, { ...intent, amount })
    const { key } = intent
    return plainFill({ orderId: key, key, signature: `${key} ${at}`, at: intent.at, input, output })
  }
  const legs: string[] = []
  const trader: Trader = {
    trade: async (intent, _venue, { onReport }) => {
      const { key, node, input, output } = intent
      const base = { kind: 'report', at: intent.at, orderId: key, key, node, input, output } as const
      if (key !== 'a/entry') {
        legs.push(`${key} ${formatAmount(intent.amount)}`)
        return { ...base, state: 'filled', fill: fill(intent, 1n, '110'), recovered: false } satisfies Report
      }
      onReport({ ...base, state: 'partly-filled', fill: fill(intent, 4n, '100'), left: intent.amount })
      return { ...base, state: 'filled', fill: fill(intent, 1n, '100'), recovered: false }
    },
  }
  const events = [price('100', 0), wants('a', '100 USDC', {}, 1), price('100', 2), price('111', 3), price('111', 9)]
  const { services } = await run(events, { replace: { trader } })
  expect(legs).toEqual(['a/1/target 0.25 SOL', 'a/2/target 0.75 SOL'])
  expect(orders(services.journal).filter(text => text.includes('/stop'))).toEqual([
    'a/1/stop 0.25 SOL cancelled',
    'a/2/stop 0.75 SOL cancelled',
  ])
})

describe('a restart', () => {
  async function killedAfterTheFill() {
    const events = [price('100', 0), wants('a', '100 USDC', {}, 1), price('100', 60)]
    const first = await startPlugin(plugin('bracket'), {
      with: settings,
      events,
      services: market(events, { tradeDelay_ms: 30_000 }),
    })
    await first.clock.advanceTo(seconds(5))
    const { journal } = first.services
    const order = journal.orders().find(({ intent }) => intent.key === 'a/entry')!
    const { input, output } = bothSides(price('100', 0).price, order.intent)
    journal.move(order.id, 'submitting', { now: seconds(5), cause: 'signed' })
    const fill = plainFill({ orderId: order.id, key: 'a', signature: 'x', at: seconds(5), input, output })
    journal.move(order.id, 'confirmed', { now: seconds(5), cause: 'landed', fill })
    return first
  }

  it('between the entry’s fill and its bracket: what was bought is guarded, once', async () => {
    const first = await killedAfterTheFill()
    const { journal } = first.services
    for (const [from_s, value] of [
      [10, '99'],
      [20, '94'],
      [30, '94'],
    ] as const) {
      const events = [price('100', from_s), price(value, from_s + 1), wants('a', '100 USDC', {}, from_s + 2)]
      await runPlugin(plugin('bracket'), {
        with: settings,
        events,
        services: market(events, { journal }),
        states: first.states,
        start_ms: seconds(from_s),
      })
    }
    expect(orders(journal)).toEqual([
      'a/entry 100 USDC confirmed',
      'a/1/stop 1 SOL confirmed',
      'a/1/target 1 SOL cancelled',
    ])
    expect(whole(journal)[0]).toBe('confirmed')
  })

  it('at any moment, and again: each entry is bought once, and what it brought is sold once', async () => {
    const walk = fc.array(fc.constantFrom('90', '94', '97', '100', '104', '111', '120'), {
      minLength: 4,
      maxLength: 12,
    })
    const kills = fc.array(fc.nat({ max: 14_000 }), { maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(walk, kills, fc.nat({ max: 3_000 }), async (prices, deaths, tradeDelay_ms) => {
        const all = [
          wants('a', '100 USDC', { terms: { entry: '98' } }),
          ...prices.map((at, index) => price(at, index + 1)),
        ]
        const end = price('120', 40)
        const memory = new MemoryStates()
        let journal: Journal | undefined
        let from_ms = 0
        for (const to_ms of [...deaths.toSorted((a, b) => a - b), 60_000]) {
          const from = TEST_START_MS + from_ms
          const events = [...all, end].filter(({ at, kind }) => at >= from || (kind === 'intent' && !journal))
          const trial = await startPlugin(plugin('bracket'), {
            with: settings,
            events,
            services: market([...all, end], { tradeDelay_ms, ...(journal && { journal }) }),
            states: memory,
            start_ms: from,
          })
          journal = trial.services.journal
          await trial.clock.advanceTo(TEST_START_MS + to_ms)
          from_ms = to_ms
        }
        const filled = journal!.orders().flatMap(({ fill, intent }) => (fill ? [{ ...fill, key: intent.key }] : []))
        const [entry, ...exits] = filled
        if (!entry) return
        expect(entry.key).toBe('a/entry')
        // The last price is beyond every target that these entries can have.
        expect(exits.map(({ input }) => input.units)).toEqual([entry.output.units])
        expect(whole(journal!)[0]).toBe('confirmed')
      }),
      { numRuns: 60 },
    )
  })
})
