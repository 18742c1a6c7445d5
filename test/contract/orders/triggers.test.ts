import { describe, expect, it } from 'vitest'
import type { ForgeEvent } from '../../../core/events/event.ts'
import { formatPrice } from '../../../core/money/price.ts'
import { runPlugin, TEST_START_MS } from '../../../core/testing/index.ts'
import { extreme, fired, market, notices, plugin, price, reports, wants } from './order-trial.ts'

const SOL_1 = 1_000_000_000n

describe('a stop-loss', () => {
  it('fires at the first price at or below its trigger, once, and not before', async () => {
    const events = [
      wants('a', '1 SOL'),
      price('150', 1),
      price('140.000000000001', 2),
      price('140', 3),
      price('130', 4),
    ]
    const { given, services, result } = await runPlugin(plugin('stop-loss'), {
      with: { trigger: '140' },
      events,
      services: market(events),
    })
    expect(result.ended).toBe('completed')
    expect(fired(given)).toEqual([`a ${SOL_1} at 3`])
    expect(reports(given)).toEqual(['a armed', 'a triggered'])
    expect(services.journal.orders()).toMatchObject([{ state: 'confirmed' }])
    expect(
      services.journal.story(services.journal.orders()[0]!.id).map(({ became, cause }) => `${became}: ${cause}`),
    ).toEqual([
      'created: a test',
      'armed: an order plugin at it watches it',
      'triggered: SOL/USDC was 140 USDC (test), at or below 140 USDC',
      expect.stringContaining('submitting'),
      'confirmed: filled',
    ])
  })

  it('fires on a spike between two prices, and fills at the market, not at its trigger', async () => {
    const events = [wants('a', '1 SOL'), price('150', 1), price('148', 5, { low: extreme('139', 3) })]
    const { given, services } = await runPlugin(plugin('stop-loss'), {
      with: { trigger: '140' },
      events,
      services: market(events),
    })
    expect(fired(given)).toEqual([`a ${SOL_1} at 5`])
    expect(services.journal.orders()[0]?.fill?.output.units).toBe(148_000_000n)
  })

  it('fires at the price of a gap, and never claims its trigger', async () => {
    const events = [wants('a', '1 SOL'), price('150', 1), price('90', 2)]
    const { given, services } = await runPlugin(plugin('stop-loss'), {
      with: { trigger: '140' },
      events,
      services: market(events),
    })
    expect(given.find(event => event.kind === 'report' && event['state'] === 'triggered')).toMatchObject({
      cause: 'SOL/USDC was 90 USDC (test), at or below 140 USDC',
    })
    expect(services.journal.orders()[0]?.fill?.output.units).toBe(90_000_000n)
  })

  it('fires at once when the price is beyond its trigger as it is armed', async () => {
    const events = [price('130', 1), wants('a', '1 SOL', {}, 2), price('131', 60)]
    const { given } = await runPlugin(plugin('stop-loss'), {
      with: { trigger: '140' },
      events,
      services: market(events),
    })
    expect(fired(given)).toEqual([`a ${SOL_1} at 2`])
  })

  it('takes the trigger of the intent’s own terms over that of the node, each its own', async () => {
    const events = [
      wants('a', '1 SOL'),
      wants('b', '1 SOL', { terms: { trigger: '145' } }),
      wants('c', '1 SOL', { terms: { trigger: '120', size: '0.5 SOL' } }),
      price('150', 1),
      price('144', 2),
      price('139', 3),
      price('119', 4),
    ]
    const { given } = await runPlugin(plugin('stop-loss'), {
      with: { trigger: '140' },
      events,
      services: market(events),
    })
    expect(fired(given)).toEqual([`b ${SOL_1} at 2`, `a ${SOL_1} at 3`, `c ${SOL_1 / 2n} at 4`])
  })

  it('that no price has confirmed says so, and fires when one has', async () => {
    const events = [
      wants('a', '1 SOL'),
      price('150', 1),
      price('100', 2),
      price('149', 3),
      price('139', 4),
      price('138', 5),
    ]
    const { given, services } = await runPlugin(plugin('stop-loss'), {
      with: { trigger: '140', confirmPrices: 2 },
      events,
      services: market(events),
    })
    expect(fired(given)).toEqual([`a ${SOL_1} at 5`])
    expect(notices(given)[0]).toMatch(/^info: order \w+ waits for confirmation$/)
    const [order] = services.journal.orders()
    expect(services.journal.story(order!.id).map(({ cause }) => cause)).toContainEqual(
      expect.stringMatching(/^not confirmed yet\. .*1 of 2 prices confirm it/),
    )
  })

  it('needs a second source where it is told to, within the time', async () => {
    const events = [
      wants('a', '1 SOL'),
      price('139', 1, { origin: 'orca' }),
      price('139', 40, { origin: 'raydium' }),
      price('138', 45, { origin: 'orca' }),
    ]
    const { given } = await runPlugin(plugin('stop-loss'), {
      with: { trigger: '140', confirmSources: 2, confirmWithin: '10s' },
      events,
      services: market(events),
    })
    expect(fired(given)).toEqual([`a ${SOL_1} at 45`])
  })

  it('fires nothing on a price that is too old, and says that it waits without one', async () => {
    // What was conflated has its own age.
    const events = [
      wants('a', '1 SOL'),
      price('150', 1),
      price('150', 120, { low: extreme('100', 2) }),
      price('139', 200),
    ]
    const { given } = await runPlugin(plugin('stop-loss'), {
      with: { trigger: '140', staleAfter: '30s', quietAfter: '30s' },
      events,
      services: market(events),
    })
    expect(fired(given)).toEqual([`a ${SOL_1} at 200`])
    expect(notices(given)).toEqual([
      'warning: no price of SOL/USDC for 30s1ms',
      'info: SOL/USDC: prices again',
      'warning: no price of SOL/USDC for 30s1ms',
      'info: SOL/USDC: prices again',
    ])
  })

  it('answers an intent whose terms are not understood, and arms the others', async () => {
    const events = [
      wants('typo', '1 SOL', { terms: { triger: '140' } }),
      wants('zero', '1 SOL', { terms: { trigger: '0' } }),
      wants('nan', '1 SOL', { terms: { trigger: 'NaN' } }),
      wants('none', '1 SOL', { terms: { trigger: undefined } }),
      wants('much', '1 SOL', { terms: { trigger: '140', size: '101%' } }),
      wants('other', '1 SOL', { terms: { trigger: '140', size: '10 BONK' } }),
      wants('over', '1 SOL', { terms: { trigger: '140', expires: '0s' } }),
      wants('node', '1 SOL', { terms: { onRestart: 'hold' } }),
      wants('good', '1 SOL', { terms: { trigger: '140' } }),
      price('139', 1),
    ]
    const { given, result } = await runPlugin(plugin('stop-loss'), { events, services: market(events) })
    expect(result.ended).toBe('completed')
    expect(reports(given)).toEqual([
      'typo failed TERMS_INVALID',
      'zero failed PRICE_INVALID',
      'nan failed PRICE_INVALID',
      'none failed TERMS_INVALID',
      'much failed SIZE_INVALID',
      'other failed SIZE_INVALID',
      'over failed TERMS_INVALID',
      'node failed TERMS_INVALID',
      'good armed',
      'good triggered',
    ])
  })
})

describe('a take-profit and a limit', () => {
  it('fire on the other side', async () => {
    const events = [wants('a', '1 SOL'), price('150', 1), price('181', 2)]
    const { given } = await runPlugin(plugin('take-profit'), {
      with: { trigger: '180' },
      events,
      services: market(events),
    })
    expect(fired(given)).toEqual([`a ${SOL_1} at 2`])
  })

  it('a limit purchase waits below the market, and is never paid more', async () => {
    const events = [wants('a', '100 USDC'), price('150', 1), price('139', 2), price('139.5', 3)]
    const services = market(events, {
      // What it would really pay is above what the feed says, at first.
      priceOf: (_input, _output, at) => price(at < TEST_START_MS + 8_000 ? '140.5' : '139.9', 0).price,
    })
    const { given, services: seen } = await runPlugin(plugin('limit'), {
      with: { price: '140' },
      events: [...events, price('139.8', 20)],
      services,
    })
    expect(fired(given)).toEqual(['a 100000000 at 2', 'a 100000000 at 7', 'a 100000000 at 17'])
    const [order] = seen.journal.orders()
    expect(formatPrice(order!.intent.bounds!.max!)).toBe('140 USDC')
    expect(order).toMatchObject({ state: 'confirmed', arming: { rounds: 2 } })
    expect(seen.journal.orders()).toHaveLength(1)
  })

  it('a limited stop that the market has jumped over waits until it is back, and sells no lower', async () => {
    const events = [
      wants('a', '1 SOL'),
      ...['150', '120'].map((value, index) => price(value, index + 1)),
      price('139.9', 30),
      price('139.9', 60),
    ]
    const { given, services } = await runPlugin(plugin('stop-loss'), {
      with: { trigger: '140', limitOffsetBps: 50 },
      events,
      services: market(events),
    })
    // Each miss makes it wait twice as long.
    expect(fired(given)).toEqual([2, 7, 17, 37].map(second => `a ${SOL_1} at ${second}`))
    const [order, ...others] = services.journal.orders()
    expect(others).toEqual([])
    expect(order).toMatchObject({ state: 'confirmed', fill: { output: { units: 139_900_000n } } })
    expect(formatPrice(order!.intent.bounds!.min!)).toBe('139.3 USDC')
  })
})

describe('a trailing stop', () => {
  it.each([
    ['2%', ['150', '160', '156.9', '156.8'], 4],
    ['100bps', ['150', '160', '158.5', '158.4'], 4],
    ['3', ['150', '152', '151', '149'], 4],
  ])('of %s follows the highest price and fires behind it', async (offset, values, at) => {
    const events = [wants('a', '1 SOL'), ...values.map((value, index) => price(value, index + 1))]
    const { given } = await runPlugin(plugin('trailing-stop'), { with: { offset }, events, services: market(events) })
    expect(fired(given)).toEqual([`a ${SOL_1} at ${at}`])
  })

  it('does not follow before its activation', async () => {
    const events = [wants('a', '1 SOL'), price('150', 1), price('140', 2), price('155', 3), price('151', 4)]
    const { given } = await runPlugin(plugin('trailing-stop'), {
      with: { offset: '2%', activation: '155' },
      events,
      services: market(events),
    })
    expect(fired(given)).toEqual([`a ${SOL_1} at 4`])
  })

  it('without an offset, or with one of nothing, is refused', async () => {
    const events = [
      wants('none', '1 SOL'),
      wants('zero', '1 SOL', { terms: { offset: '0%' } }),
      wants('all', '1 SOL', { terms: { offset: '100%' } }),
      wants('minus', '1 SOL', { terms: { offset: '-2%' } }),
    ]
    const { given } = await runPlugin(plugin('trailing-stop'), { events, services: market(events) })
    expect(reports(given)).toEqual([
      'none failed TERMS_INVALID',
      'zero failed TRIGGER_INVALID',
      'all failed TRIGGER_INVALID',
      'minus failed PRICE_INVALID',
    ])
  })
})

describe('a conditional order', () => {
  const run = (when: string, events: readonly ForgeEvent[], wallet?: readonly string[]) =>
    runPlugin(plugin('conditional'), {
      with: { when },
      events: [wants('a', '1 SOL'), ...events],
      services: market(events, wallet && { wallet: wallet.map(text => wants('x', text).amount) }),
    })

  it('fires when all of it holds, and says what held', async () => {
    const { given, services } = await run('price(SOL/USDC) < 140 && change(SOL/USDC, 10s) < -3%', [
      ...[139, 139, 139, 138, 136, 133].map((value, index) => price(String(value), 1 + 5 * index)),
    ])
    expect(fired(given)).toEqual([`a ${SOL_1} at 26`])
    const [order] = services.journal.orders()
    expect(services.journal.story(order!.id).map(({ cause }) => cause)).toContainEqual(
      expect.stringMatching(/^it holds: price\(SOL\/USDC\) < 140 holds: 133 USDC against 140 USDC/),
    )
  })

  it('knows the price that came before it, however long the next one is in coming', async () => {
    const events = [price('139', 1), wants('a', '1 SOL', {}, 5)]
    const { given } = await runPlugin(plugin('conditional'), {
      with: { when: 'price(SOL/USDC) < 140' },
      events,
      services: market(events),
    })
    expect(fired(given)).toEqual([`a ${SOL_1} at 5`])
  })

  it('by the clock fires without any price', async () => {
    const { given } = await run('time() >= 2026-01-01T00:01:00Z', [price('150', 1), price('150', 600)])
    expect(fired(given)).toEqual([`a ${SOL_1} at 60`])
  })

  it('by a signal and what the wallet holds', async () => {
    const signal = (value: number, at_s: number): ForgeEvent => {
      const { at, price: last } = price('150', at_s)
      return { kind: 'signal', at, pair: last.pair, name: 'rsi', direction: 'none', value }
    }
    const events = [price('150', 1), signal(40, 2), signal(25, 3), price('150', 60)]
    const when = 'signal(rsi) < 30 && balance(USDC) > 100'
    expect(fired((await run(when, events, ['5 SOL', '200 USDC'])).given)).toEqual([`a ${SOL_1} at 3`])
    expect(fired((await run(when, events, ['5 SOL', '50 USDC'])).given)).toEqual([])
  })

  it('that means nothing is refused with its place', async () => {
    const wrong = wants('b', '1 SOL', { terms: { when: 'prise(SOL/USDC) < 140' } })
    const { given } = await run('price(SOL/USDC) < 140', [wrong, price('150', 1)])
    const report = given.find(event => event.kind === 'report' && event['state'] === 'failed')
    expect(report).toMatchObject({
      reason: { code: 'CONDITION_INVALID', message: expect.stringContaining('\n    ^^^^^') },
    })
  })
})

describe('the size of an order', () => {
  const held = ['3 SOL', '500 USDC']
  const run = (size: string, amount: string, wallet = held) => {
    const events = [wants('a', amount), price('150', 1)]
    return runPlugin(plugin('market'), {
      with: { size },
      events: [price('150', 0), ...events],
      services: market([price('150', 0), ...events], {
        wallet: wallet.map(text => wants('x', text).amount),
      }),
    })
  }

  it.each([
    ['100%', '1 SOL', 3_000_000_000n],
    ['33.33%', '1 SOL', 999_900_000n],
    ['50%', '1 USDC', 250_000_000n],
    ['0.5 SOL', '1 SOL', 500_000_000n],
    ['75 USDC', '1 SOL', 500_000_000n],
    ['1 SOL', '1 USDC', 150_000_000n],
  ])('%s of a trade of %s is settled when it fires', async (size, amount, units) => {
    const { given, services } = await run(size, amount)
    expect(fired(given)).toEqual([`a ${units} at 0`])
    expect(services.journal.orders()).toMatchObject([{ state: 'confirmed', intent: { amount: { units } } }])
  })

  it('of nothing is no failure: it says that there is nothing to sell', async () => {
    const { given, services } = await run('100%', '1 SOL', ['500 USDC'])
    expect(fired(given)).toEqual([])
    expect(reports(given)).toEqual(['a armed', 'a skipped HOLDING_EMPTY'])
    expect(services.journal.orders()).toMatchObject([{ state: 'cancelled' }])
  })

  it('of two orders at once is settled one after the other, so that the second sells what is left', async () => {
    const events = [
      wants('half', '1 SOL', { terms: { size: '50%' } }),
      wants('rest', '1 SOL', { terms: { size: '100%' } }),
      price('139', 1),
    ]
    const { given, services } = await runPlugin(plugin('stop-loss'), {
      with: { trigger: '140' },
      events,
      services: market(events, { wallet: [wants('x', '4 SOL').amount] }),
    })
    expect(fired(given)).toEqual(['half 2000000000 at 1', 'rest 2000000000 at 1'])
    expect(services.journal.orders().map(({ state }) => state)).toEqual(['confirmed', 'confirmed'])
  })
})
