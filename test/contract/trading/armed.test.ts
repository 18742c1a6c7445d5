import { describe, expect, it } from 'vitest'
import type { IntentEvent } from '../../../core/events/event.ts'
import { parsePrice } from '../../../core/money/price.ts'
import type { Arming, OrderRecord, Resolution } from '../../../core/orders/journal.ts'
import type { TradingWorld } from './trading-world.ts'
import { closedAfterEach } from './worlds.ts'

const world = closedAfterEach()

const ARMING: Arming = { plugin: 'stop-loss', version: '1', holder: 'stop', terms: { trigger: '140' } }

function arm(here: TradingWorld, intent: IntentEvent): OrderRecord {
  return here.deployment.journal.arm(intent, ARMING, here.clock.now()).order
}

describe('an order that waited for its trigger', () => {
  it('is not traded before: who gives it to an execution is told where it waits', async () => {
    const here = await world()
    const intent = here.intent('a', '1 SOL', 'USDC')
    arm(here, intent)
    const before = await here.held('SOL')
    await expect(here.trade(intent)).rejects.toMatchObject({ code: 'ORDER_ARMED' })
    expect(await here.held('SOL')).toBe(before)
    expect(here.deployment.journal.orders()).toMatchObject([{ state: 'armed', attempts: [] }])
  })

  it('is traded once under its key, with the amount that its trigger settled', async () => {
    const here = await world()
    const intent = here.intent('a', '1 SOL', 'USDC')
    const { id } = arm(here, intent)
    const amount = { token: intent.input, units: 250_000_000n }
    here.deployment.journal.trigger(id, { now: here.clock.now(), cause: 'at 139', resolved: { amount } })
    const first = await here.trade(intent)
    expect(first).toMatchObject({ state: 'filled', orderId: id, fill: { input: { units: 250_000_000n } } })
    expect(await here.trade(intent)).toEqual({ ...first, recovered: true })
    const moves = here.deployment.journal.story(id).map(({ became }) => became)
    expect(moves).toEqual(['created', 'armed', 'triggered', 'submitting', 'confirmed'])
  })

  it('is left alone by a recovery while it waits, and resumed when its trigger had come', async () => {
    const here = await world()
    const waiting = arm(here, here.intent('a', '1 SOL', 'USDC'))
    const fired = arm(here, here.intent('b', '1 SOL', 'USDC'))
    here.deployment.journal.trigger(fired.id, { now: here.clock.now(), cause: 'at 139' })
    const recovery = await here.clock.run(here.restart().recover())
    expect(recovery.lines).toEqual([
      `order ${waiting.id} (plan a): waits for its trigger at "stop"`,
      `order ${fired.id} (plan b): triggered, and nothing sent yet: it is resumed`,
    ])
    expect(recovery.resumable.map(({ key }) => key)).toEqual(['b'])
    expect(here.deployment.journal.order(waiting.id)?.state).toBe('armed')
    expect(await here.trade(fired.intent)).toMatchObject({ state: 'filled', orderId: fired.id })
  })
})

describe('an order that may wait again', () => {
  const fire = (here: TradingWorld, id: string, resolved: Resolution = {}) =>
    here.deployment.journal.trigger(id, { now: here.clock.now(), cause: 'a price', resolved })

  it('does so when the market is worse than its bound, and trades under the same key when it is not', async () => {
    const here = await world()
    const intent = here.intent('a', '1 SOL', 'USDC')
    const { id } = here.deployment.journal.arm(intent, { ...ARMING, again: 'missed' }, here.clock.now()).order
    const pair = { base: intent.input, quote: intent.output }
    fire(here, id, { bounds: { min: parsePrice('100000', pair) } })
    const missed = await here.trade(intent)
    expect(missed).toMatchObject({ state: 'armed', orderId: id, waitsFor: expect.stringContaining('waits') })
    expect(here.deployment.journal.order(id)).toMatchObject({ state: 'armed', attempts: [], arming: { rounds: 1 } })
    expect((await here.clock.run(here.restart().recover())).resumable).toEqual([])
    fire(here, id, { bounds: {} })
    expect(await here.trade(intent)).toMatchObject({ state: 'filled', orderId: id })
  })

  it('only as it was armed to: a failure ends one that waits again for misses alone', async () => {
    const here = await world({ funds: {} })
    for (const [key, again, state] of [
      ['a', 'missed', 'failed'],
      ['b', 'failed', 'armed'],
    ] as const) {
      const intent = here.intent(key, '5 USDC', 'SOL')
      const { id } = here.deployment.journal.arm(intent, { ...ARMING, again }, here.clock.now()).order
      fire(here, id)
      expect(await here.trade(intent)).toMatchObject({ state })
      expect(here.deployment.journal.order(id)).toMatchObject({ state, reason: { code: 'FUNDS_INSUFFICIENT' } })
    }
  })
})

describe('what can be sold', () => {
  it('of a token is all of it, to the unit; of SOL what leaves the reserve, and can really be sold', async () => {
    const here = await world({ funds: { USDC: 1_234_567n }, lamports: 1_000_000_000n })
    const [sol, usdc] = [here.cluster.tokens.find('SOL'), here.cluster.tokens.find('USDC')]
    const trader = here.restart()
    expect(await trader.sellable(usdc, sol)).toBe(1_234_567n)
    expect([await trader.balance(sol), await trader.balance(usdc)]).toEqual([1_000_000_000n, 1_234_567n])
    const units = await trader.sellable(sol, usdc)
    expect(units).toBeLessThanOrEqual(1_000_000_000n - 10_000_000n)
    const amount = { token: sol, units }
    const report = await here.trade({ ...here.intent('all', '1 SOL', 'USDC'), amount })
    expect(report.state).toBe('filled')
    expect(await here.held('SOL')).toBeGreaterThanOrEqual(10_000_000n)
    expect(await trader.sellable(sol, usdc)).toBe(0n)
  })

  it('of a token that the wallet has no account for is nothing', async () => {
    const here = await world({ funds: {} })
    const [sol, usdc] = [here.cluster.tokens.find('SOL'), here.cluster.tokens.find('USDC')]
    expect(await here.restart().sellable(usdc, sol)).toBe(0n)
  })
})
