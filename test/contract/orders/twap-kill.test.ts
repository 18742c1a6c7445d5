import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MemoryStates, runPlugin, TEST_START_MS } from '../../../core/testing/index.ts'
import { startPlugin } from '../../../core/testing/run-plugin.ts'
import { market, plugin, price, wants } from './order-trial.ts'

const settings = { duration: '10m', interval: '1m' }
const events = [wants('a', '10 USDC')]
const prices = [price('150', 0)]

it('an order in slices is traded to the unit and no slice twice, wherever the process is killed and killed again', async () => {
  const kills = fc.array(fc.integer({ min: 1, max: 400_000 }), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(kills, fc.integer({ min: 0, max: 90_000 }), async (lives, tradeDelay_ms) => {
      const states = new MemoryStates()
      let journal: Awaited<ReturnType<typeof startPlugin>>['services']['journal'] | undefined
      let start_ms = TEST_START_MS
      for (const life_ms of lives) {
        const first = await startPlugin(plugin('twap'), {
          with: settings,
          events: journal ? [] : events,
          services: market(prices, { tradeDelay_ms, ...(journal && { journal }) }),
          states,
          start_ms,
        })
        journal = first.services.journal
        start_ms += life_ms
        await first.clock.advanceTo(start_ms)
      }
      const last = await runPlugin(plugin('twap'), {
        with: settings,
        services: market(prices, { tradeDelay_ms, ...(journal && { journal }) }),
        states,
        start_ms,
      })
      expect(last.result.ended).toBe('completed')
      const orders = last.services.journal.orders()
      const units = orders.reduce((sum, { fill }) => sum + (fill?.input.units ?? 0n), 0n)
      expect(units).toBe(10_000_000n)
      expect(new Set(orders.map(({ intent }) => intent.key)).size).toBe(orders.length)
      expect(orders[0]).toMatchObject({ state: 'confirmed', reason: { code: 'ORDER_DIVIDED' } })
    }),
    { numRuns: 30 },
  )
})

it('a person who cancels it stops what has not been given, and what was traded is told', async () => {
  const trial = await startPlugin(plugin('twap'), {
    with: { ...settings, jitter: 0 },
    events,
    services: market(prices),
  })
  await trial.clock.advanceTo(TEST_START_MS + 150_000)
  const { journal, requests } = trial.services
  const { id } = journal.orders()[0]!
  expect(requests.send('it', { kind: 'cancel', orderId: id, cause: 'a person asked' })).toBe(true)
  await trial.clock.run(trial.run.done)
  expect(journal.orders().map(({ intent, state }) => `${intent.key} ${state}`)).toEqual([
    'a confirmed',
    'a/1 confirmed',
    'a/2 confirmed',
    'a/3 confirmed',
  ])
  expect(trial.given.at(-1)).toMatchObject({
    key: 'a',
    state: 'filled',
    reason: { code: 'ORDER_PARTLY_FILLED', message: '7 USDC of 10 USDC were not traded: a person asked' },
  })
})
