import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ForgeEvent } from '../../../core/events/event.ts'
import type { Journal } from '../../../core/orders/journal.ts'
import { type PluginTrial, type PluginTrialResult, runPlugin, TEST_START_MS } from '../../../core/testing/index.ts'
import { startPlugin } from '../../../core/testing/run-plugin.ts'
import { fired, market, notices, plugin, price, reports, wants } from './order-trial.ts'

const SOL_1 = 1_000_000_000n
const seconds = (count: number): number => TEST_START_MS + count * 1_000

/** Goes on from where another trial left journal and state. */
function nextRun(
  earlier: Pick<PluginTrialResult, 'services' | 'states'>,
  name: string,
  trial: PluginTrial & { readonly events: readonly ForgeEvent[] },
): Promise<PluginTrialResult> {
  const { events, services } = trial
  return runPlugin(plugin(name), {
    ...trial,
    start_ms: trial.start_ms ?? events[0]!.at,
    states: earlier.states,
    services: market(events, { ...services, journal: earlier.services.journal }),
  })
}

const first = (name: string, settings: Record<string, unknown>, events: readonly ForgeEvent[]) =>
  runPlugin(plugin(name), { with: settings, events, services: market(events) })

function onlyOrder(journal: Journal) {
  const [order, ...others] = journal.orders()
  expect(others).toEqual([])
  return order!
}

describe('an order that waits', () => {
  it('is left armed by a drain, which does not wait for it', async () => {
    const events = [wants('a', '1 SOL'), price('150', 1), price('150', 100)]
    const { result, services } = await runPlugin(plugin('stop-loss'), {
      with: { trigger: '140' },
      events,
      services: market(events),
      until_ms: seconds(10),
    })
    expect(result).toMatchObject({ ended: 'drained', finishedAt: seconds(10) })
    expect(result.left.intents).toMatchObject([{ intent: { key: 'a' }, at: 'it', resting: true }])
    expect(onlyOrder(services.journal).state).toBe('armed')
  })

  it('goes on after a restart from the high-water mark it had', async () => {
    const before = await first('trailing-stop', { offset: '2%' }, [
      wants('a', '1 SOL'),
      price('150', 1),
      price('170', 2),
      price('168', 3),
    ])
    const { given, services } = await nextRun(before, 'trailing-stop', {
      with: { offset: '2%' },
      events: [price('167', 10), price('166.6', 11)],
    })
    // 2% below 170; after a restart that forgot, it would be 2% below 167.
    expect(fired(given)).toEqual([`a ${SOL_1} at 11`])
    expect(given.find(event => event.kind === 'report' && event['state'] === 'armed')).toMatchObject({
      waitsFor: 'SOL/USDC 2% below its highest price; best so far 170 USDC',
    })
    expect(onlyOrder(services.journal).state).toBe('confirmed')
  })

  it.each([
    ['stop-loss', { trigger: '140', confirmPrices: 3 }, 'its prices are counted anew for its confirmation'],
    ['conditional', { when: 'change(SOL/USDC, 1h) < -3%' }, 'what its condition asks of past prices lacks the 9s in'],
    ['stop-loss', { trigger: '140' }, undefined],
  ])('%s %j says in its story what a restart made it forget', async (name, settings, told) => {
    const before = await first(name, settings, [wants('a', '1 SOL'), price('150', 1)])
    const { services } = await nextRun(before, name, { with: settings, events: [price('150', 10), price('150', 11)] })
    const story = services.journal.story(onlyOrder(services.journal).id).map(({ cause }) => cause)
    const notes = story.filter(cause => cause.startsWith('watched again after a restart'))
    expect(notes).toEqual(told === undefined ? [] : [expect.stringContaining(told)])
  })

  it.each([
    ['a minute later', 60, [`a ${SOL_1} at 3670`], 'lacks the 1m in which nobody watched'],
    ['ten minutes later', 600, [], 'is known when they have been seen anew'],
  ])('whose condition asks for the last hour, killed and started again %s', async (_when, after_s, fires, told) => {
    const settings = { when: 'change(SOL/USDC, 1h) < -3%', quietAfter: '10m' }
    const events = [wants('a', '1 SOL'), ...Array.from({ length: 361 }, (_, index) => price('150', index * 10))]
    // It needs nothing of an orderly end.
    const before = await startPlugin(plugin('conditional'), { with: settings, events, services: market(events) })
    await before.clock.advanceTo(seconds(3_605))
    const { given, services } = await nextRun(before, 'conditional', {
      with: settings,
      events: [price('146', 3_610 + after_s - 10), price('145', 3_610 + after_s)],
    })
    expect(fired(given)).toEqual(fires)
    const story = services.journal.story(onlyOrder(services.journal).id).map(({ cause }) => cause)
    expect(story.filter(cause => cause.startsWith('watched again'))).toEqual([expect.stringContaining(told)])
  })

  it('armed after a restart has no mark of an earlier order', async () => {
    const before = await first('trailing-stop', { offset: '2%' }, [
      wants('a', '1 SOL'),
      price('200', 1),
      price('190', 2),
    ])
    expect(onlyOrder(before.services.journal).state).toBe('confirmed')
    const { given } = await nextRun(before, 'trailing-stop', {
      with: { offset: '2%' },
      events: [wants('b', '1 SOL', {}, 10), price('150', 11), price('149', 12), price('146', 13)],
    })
    expect(fired(given)).toEqual([`b ${SOL_1} at 13`])
  })

  it('that was triggered and not sent is sent by the next run, once, also when its strategy asks again', async () => {
    const before = await first('stop-loss', { trigger: '140' }, [wants('a', '1 SOL'), price('150', 1)])
    const { journal } = before.services
    journal.trigger(onlyOrder(journal).id, { now: seconds(2), cause: 'killed right after this' })
    const { given, services } = await nextRun(before, 'stop-loss', {
      with: { trigger: '140' },
      events: [price('150', 10), wants('a', '1 SOL', {}, 11), price('120', 12)],
    })
    expect(onlyOrder(services.journal).state).toBe('confirmed')
    expect(services.journal.story(onlyOrder(journal).id).filter(({ became }) => became === 'confirmed')).toHaveLength(1)
    expect(fired(given)[0]).toBe(`a ${SOL_1} at 10`)
  })

  it('that fired and was killed while its size was asked for fires at the next start, though the price is back', async () => {
    const events = [wants('a', '1 SOL'), price('150', 1), price('170', 2), price('166', 3), price('166', 60)]
    const services = market(events, {
      replace: {
        holdings: {
          sellable: () => new Promise(() => undefined),
          balance: async () => 0n,
          setAside: () => undefined,
          release: () => undefined,
        },
      },
    })
    const trial = { with: { offset: '2%', size: '100%' }, events, services }
    const { run, clock, states, services: before } = await startPlugin(plugin('trailing-stop'), trial)
    await clock.advanceTo(seconds(5))
    await clock.run(run.abort('killed'))
    expect(onlyOrder(before.journal).state).toBe('armed')
    const { given, services: last } = await nextRun({ services: before, states }, 'trailing-stop', {
      with: { offset: '2%' },
      events: [price('169', 10), price('169', 11)],
      services: { wallet: [wants('x', '4 SOL').amount] },
    })
    expect(fired(given)).toEqual(['a 4000000000 at 10'])
    expect(onlyOrder(last.journal).state).toBe('confirmed')
  })

  it('whose time ran out while nothing watched is expired at the start, whatever the price', async () => {
    const before = await first('stop-loss', { trigger: '140', expires: '1h' }, [wants('a', '1 SOL'), price('150', 1)])
    const { given, services } = await nextRun(before, 'stop-loss', {
      with: { trigger: '140' },
      events: [price('100', 7_200)],
    })
    expect(fired(given)).toEqual([])
    expect(reports(given)).toEqual(['a armed', 'a expired ORDER_EXPIRED'])
    expect(onlyOrder(services.journal)).toMatchObject({ state: 'expired' })
  })

  it('expires at its time, though no price comes, and says what it waited for', async () => {
    const events = [wants('a', '1 SOL'), price('150', 1), price('139', 7_200)]
    const { given, services } = await runPlugin(plugin('stop-loss'), {
      with: { trigger: '140', expires: '1h' },
      events,
      services: market(events),
    })
    expect(fired(given)).toEqual([])
    const order = onlyOrder(services.journal)
    expect(order).toMatchObject({ state: 'expired', updatedAt: seconds(3_600) })
    expect(order.reason?.message).toBe(
      'its time ran out at 2026-01-01T01:00:00.000Z, and its trigger had not held. The price is 150 USDC, 10 USDC above the trigger of 140 USDC.',
    )
  })

  it('is not watched when its terms are not understood any more, and stays armed', async () => {
    const before = await first('stop-loss', { trigger: '140' }, [wants('a', '1 SOL'), price('150', 1)])
    const { given, services } = await nextRun(before, 'trailing-stop', {
      with: { offset: '2%' },
      events: [price('100', 10), price('90', 11)],
    })
    expect(fired(given)).toEqual([])
    expect(notices(given)).toEqual([`critical: order ${onlyOrder(services.journal).id} is not watched`])
    expect(onlyOrder(services.journal).state).toBe('armed')
  })
})

describe('at a restart', () => {
  const armed = () =>
    first('stop-loss', { trigger: '140' }, [
      wants('sale', '1 SOL'),
      wants('purchase', '100 USDC', { terms: { trigger: '160' } }),
      price('150', 1),
    ])

  it('flatten sells what was to be sold, at once, and cancels purchases', async () => {
    const { given, services } = await nextRun(await armed(), 'stop-loss', {
      with: { trigger: '140', onRestart: 'flatten' },
      events: [price('150', 10)],
    })
    expect(fired(given)).toEqual([`sale ${SOL_1} at 10`])
    const states = services.journal.orders().map(({ intent, state }) => `${intent.key} ${state}`)
    expect(states).toEqual(['sale confirmed', 'purchase cancelled'])
  })

  it('flatten waits for a price when a size needs one', async () => {
    const before = await first('stop-loss', { trigger: '140', size: '75 USDC' }, [wants('a', '1 SOL'), price('150', 1)])
    const { given } = await nextRun(before, 'stop-loss', {
      with: { trigger: '140', onRestart: 'flatten' },
      start_ms: seconds(5),
      events: [price('150', 8), price('150', 30)],
    })
    expect(fired(given)).toEqual(['a 500000000 at 10'])
  })

  it('hold fires nothing until the order is resumed, and says so', async () => {
    const before = await armed()
    const [sale] = before.services.journal.orders()
    const events = [price('130', 10), price('131', 20), price('132', 30)]
    const { run, clock, given, services } = await startPlugin(plugin('stop-loss'), {
      with: { trigger: '140', onRestart: 'hold' },
      start_ms: seconds(5),
      events,
      states: before.states,
      services: market(events, { journal: before.services.journal }),
    })
    await clock.advanceTo(seconds(15))
    expect(fired(given)).toEqual([])
    expect(notices(given)).toEqual(['warning: 2 orders are held back'])
    expect(services.journal.story(sale!.id).at(-1)?.cause).toMatch(/^its trigger held while it is held back/)
    services.requests.send('it', { kind: 'resume', orderId: sale!.id, cause: 'resumed by hand' })
    await clock.advanceTo(seconds(25))
    expect(fired(given)).toEqual([`sale ${SOL_1} at 15`])
    await clock.run(run.done)
  })
})

describe('what people ask of an order', () => {
  const events = [wants('a', '1 SOL'), price('150', 1), price('130', 60)]
  const started = async () => {
    const trial = await startPlugin(plugin('stop-loss'), { with: { trigger: '140' }, events, services: market(events) })
    await trial.clock.advanceTo(seconds(10))
    return { ...trial, id: onlyOrder(trial.services.journal).id }
  }

  it('cancels it: it never fires, and its strategy hears so', async () => {
    const { run, clock, given, services, id } = await started()
    expect(services.requests.send('it', { kind: 'cancel', orderId: id, cause: 'by hand' })).toBe(true)
    await clock.run(run.done)
    expect(fired(given)).toEqual([])
    expect(reports(given)).toEqual(['a armed', 'a skipped ORDER_CANCELLED'])
    expect(onlyOrder(services.journal)).toMatchObject({ state: 'cancelled', reason: { message: 'by hand' } })
  })

  it('fires it at once', async () => {
    const { run, clock, given, services, id } = await started()
    services.requests.send('it', { kind: 'fire', orderId: id, cause: 'sold by hand' })
    await clock.run(run.done)
    expect(fired(given)).toEqual([`a ${SOL_1} at 10`])
    expect(services.journal.story(id).map(({ cause }) => cause)).toContain('sold by hand')
  })
})

describe('a trade that fails', () => {
  const failing = (state: 'failed' | 'skipped', times: number) => ({
    tradeOutcomes: [{ state, code: 'ROUTE_NOT_FOUND', message: 'no route', times }],
  })
  const events = [wants('a', '1 SOL'), price('139', 1), price('139', 1_000)]

  it('ends the order, unless it is to wait again: then the same order fires again', async () => {
    for (const onFailure of ['end', 'rearm']) {
      const { given, services } = await runPlugin(plugin('stop-loss'), {
        with: { trigger: '140', onFailure },
        events,
        services: market(events, failing('failed', 1)),
      })
      expect(fired(given)).toHaveLength(onFailure === 'end' ? 1 : 2)
      expect(onlyOrder(services.journal).state).toBe(onFailure === 'end' ? 'failed' : 'confirmed')
    }
  })

  it('again and again is given up', async () => {
    const { given, services } = await runPlugin(plugin('stop-loss'), {
      with: { trigger: '140', onFailure: 'rearm', quietAfter: '1h' },
      events,
      services: market(events, failing('failed', 100)),
    })
    expect(fired(given)).toHaveLength(6)
    expect(onlyOrder(services.journal)).toMatchObject({ state: 'failed', reason: { code: 'ROUTE_NOT_FOUND' } })
    expect(reports(given).at(-1)).toBe('a failed ROUTE_NOT_FOUND')
  })
})

describe('many orders in one node', () => {
  it('1,000 fire once each, in the order of their prices and then as they were armed, over three runs', async () => {
    const orders = Array.from({ length: 1_000 }, (_, index) =>
      wants(`o${index}`, '1 SOL', { terms: { trigger: String(100 + (index % 50)) } }),
    )
    const fall = Array.from({ length: 60 }, (_, index) => price(String(155 - index), index + 1))
    let earlier: Pick<PluginTrialResult, 'services' | 'states'> = await first('stop-loss', {}, orders)
    const all: string[] = []
    for (const part of [fall.slice(0, 20), fall.slice(20, 30), fall.slice(30)]) {
      const { given, services, states } = await nextRun(earlier, 'stop-loss', { events: part })
      all.push(...fired(given))
      earlier = { services, states }
    }
    expect(new Set(all).size).toBe(1_000)
    const expected = fall.flatMap((_, index) => {
      const reached = 155 - index
      const keys = orders.flatMap(({ key, terms }) => (terms?.['trigger'] === String(reached) ? [key] : []))
      return keys.map(key => `${key} ${SOL_1} at ${index + 1}`)
    })
    expect(all).toEqual(expected)
    expect(earlier.services.journal.orders({ open: true })).toEqual([])
    expect(earlier.services.journal.orders().every(({ fill }) => fill)).toBe(true)
  })

  it('fire as a reference says, wherever the runs are cut', async () => {
    const trailing = fc.record({ kind: fc.constant('trailing' as const), bps: fc.integer({ min: 50, max: 800 }) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(trailing, { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 900, max: 1_100 }), { minLength: 4, maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 29 }), { maxLength: 4 }),
        async (offsets, values, cuts) => {
          const prices = values.map((value, index) => price(String(value / 10), index + 1))
          const orders = offsets.map(({ bps }, index) =>
            wants(`o${index}`, '1 SOL', { terms: { offset: `${bps}bps` } }),
          )
          let earlier: Pick<PluginTrialResult, 'services' | 'states'> = await first('trailing-stop', {}, orders)
          const all: string[] = []
          const edges = [
            0,
            ...[...new Set(cuts)].sort((a, b) => a - b).filter(cut => cut < prices.length),
            prices.length,
          ]
          for (let part = 1; part < edges.length; part++) {
            const events = prices.slice(edges[part - 1], edges[part])
            const next = await nextRun(earlier, 'trailing-stop', { events })
            all.push(...fired(next.given))
            earlier = next
          }
          expect(all.sort()).toEqual(
            offsets
              .flatMap(({ bps }, index) => {
                const at = firesAt(values, bps)
                return at === undefined ? [] : [`o${index} ${SOL_1} at ${at}`]
              })
              .sort(),
          )
        },
      ),
      { numRuns: 60 },
    )
  })
})

/** The second at which a trailing stop of so many bps fires, by the words of its definition. */
function firesAt(values: readonly number[], bps: number): number | undefined {
  let best = 0n
  for (const [index, value] of values.entries()) {
    const scaled = BigInt(value) * 10n ** 11n
    // Down: a stop is never further behind than asked.
    const behind = (best * BigInt(bps)) / 10_000n
    if (best > 0n && scaled <= best - behind) return index + 1
    if (scaled > best) best = scaled
  }
  return undefined
}
