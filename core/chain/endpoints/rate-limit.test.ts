import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import { RateLimit } from './rate-limit.ts'
import { endpointSettings } from './settings.ts'

/** Takes that many reads at once; the times they went at. */
async function takeAll(methods: readonly string[], limits: { requestsPer10s?: number; perMethodPer10s?: number }) {
  const clock = createVirtualClock({ start_ms: 0 })
  const limit = new RateLimit(limits, clock)
  const went: { method: string; at: number }[] = []
  const take = async (method: string): Promise<void> => {
    await limit.take(method)
    went.push({ method, at: clock.now() })
  }
  await clock.run(Promise.all(methods.map(take)))
  return went
}

test('no ten seconds ever see more than the limits, whatever comes at once', async () => {
  const methods = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 120 })
  const limits = fc.record({
    requestsPer10s: fc.integer({ min: 1, max: 30 }),
    perMethodPer10s: fc.integer({ min: 1, max: 30 }),
  })
  await fc.assert(
    fc.asyncProperty(methods, limits, async (wanted, { requestsPer10s, perMethodPer10s }) => {
      const went = await takeAll(wanted, { requestsPer10s, perMethodPer10s })
      expect(went).toHaveLength(wanted.length)
      for (const { at, method } of went) {
        const within = went.filter(other => other.at >= at && other.at < at + 10_000)
        expect(within.length).toBeLessThanOrEqual(requestsPer10s)
        expect(within.filter(other => other.method === method).length).toBeLessThanOrEqual(perMethodPer10s)
      }
    }),
    { numRuns: 40 },
  )
})

test('reads leave a tenth for sends', async () => {
  const clock = createVirtualClock({ start_ms: 0 })
  const limit = new RateLimit({ requestsPer10s: 20 }, clock)
  for (let index = 0; index < 18; index++) await limit.take('getSlot')
  expect(limit.wait_ms('getSlot', 'read')).toBe(10_000)
  expect(limit.wait_ms('sendTransaction', 'send')).toBe(0)
})

test('without limits nothing waits', async () => {
  const went = await takeAll(
    Array.from({ length: 500 }, () => 'a'),
    {},
  )
  expect(went.every(({ at }) => at === 0)).toBe(true)
})

test('public endpoints have their known limits, others those they are given', () => {
  const publicOne = 'https://api.devnet.solana.com'
  expect(endpointSettings(publicOne)).toEqual({ url: publicOne, requestsPer10s: 100, perMethodPer10s: 40 })
  expect(endpointSettings({ url: publicOne, perMethodPer10s: 10 })).toMatchObject({
    requestsPer10s: 100,
    perMethodPer10s: 10,
  })
  expect(endpointSettings('http://127.0.0.1:8899')).toEqual({ url: 'http://127.0.0.1:8899' })
})
