import { describe, expect, it } from 'vitest'
import { DRY_RUN } from '../../../core/chain/trader/sender.ts'
import { saltOf } from '../../../core/chain/trader/terms.ts'
import type { Fill, Report } from '../../../core/events/report.ts'
import type { OrderRecord } from '../../../core/orders/journal.ts'
import { fullKeyOf } from '../../../core/orders/order-key.ts'
import { closedAfterEach } from './worlds.ts'

const world = closedAfterEach()

function fillIn(report: Report): Fill {
  if (report.state !== 'filled' && report.state !== 'simulated')
    throw new Error(JSON.stringify(report, (_k, v) => (typeof v === 'bigint' ? String(v) : v)))
  return report.fill
}

const costs = ({ fees }: Fill): bigint =>
  fees.base_lamports + fees.priority_lamports + fees.tip_lamports + fees.rent_lamports

describe('a trade on the embedded chain', () => {
  it('buys SOL, and its receipt equals the change of balances to the unit', async () => {
    const here = await world()
    const before = { sol: await here.held('SOL'), usdc: await here.held('USDC') }
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    const fill = fillIn(report)
    expect(report.state).toBe('filled')
    expect(fill.input.units).toBe(10_000_000n)
    expect(before.usdc - (await here.held('USDC'))).toBe(fill.input.units)
    expect((await here.held('SOL')) - before.sol).toBe(fill.output.units - costs(fill))
    expect(fill.output.units).toBeGreaterThanOrEqual(fill.minimumOutput.units)
    expect(fill.output.units).toBe(fill.quotedOutput.units)
    expect(here.reports.map(({ state }) => state)).toEqual(['accepted', 'sent'])
  })

  it('sells SOL, opening an account whose deposit is told apart', async () => {
    const here = await world({ funds: {} })
    const before = await here.held('SOL')
    const fill = fillIn(await here.trade(here.intent('a', '1 SOL', 'USDC')))
    expect(fill.input.units).toBe(1_000_000_000n)
    expect(fill.fees.rent_lamports).toBe(2_039_280n)
    expect(before - (await here.held('SOL'))).toBe(fill.input.units + costs(fill))
    expect(await here.held('USDC')).toBe(fill.output.units)
  })

  it('goes over two pools between tokens that have none together', async () => {
    const here = await world({ funds: { JSOL: 5_000_000_000n } })
    const fill = fillIn(await here.trade(here.intent('a', '1 JSOL', 'BONK')))
    expect(await here.held('BONK')).toBe(fill.output.units)
    expect(5_000_000_000n - (await here.held('JSOL'))).toBe(1_000_000_000n)
  })

  it('signs nothing once all trading was stopped, also when that came while it was quoted', async () => {
    let isStopped = false
    const here = await world({
      stopped: () => (isStopped ? { code: 'TRADING_STOPPED', message: 'panic' } : undefined),
      venue: venue => ({
        ...venue,
        plan: (quote, owner, signal) => {
          isStopped = true
          return venue.plan(quote, owner, signal)
        },
      }),
    })
    const before = await here.held('USDC')
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    expect(report).toMatchObject({ state: 'skipped', reason: { code: 'TRADING_STOPPED' } })
    expect(here.deployment.journal.orders()).toMatchObject([{ state: 'cancelled', attempts: [] }])
    expect(await here.held('USDC')).toBe(before)
  })

  it('trades a key once, and reports the same outcome when it is asked again', async () => {
    const here = await world()
    const intent = here.intent('a', '10 USDC', 'SOL')
    const first = await here.trade(intent)
    const after = await here.held('USDC')
    const second = await here.trade(intent)
    expect(second).toEqual({ ...first, recovered: true })
    expect(await here.held('USDC')).toBe(after)
  })

  it('shows in a dry run what the trade then does, to the unit, and changes nothing', async () => {
    for (const [amount, output] of [
      ['10 USDC', 'SOL'],
      ['1 SOL', 'USDC'],
      ['1 SOL', 'BONK'],
    ] as const) {
      const dry = await world({ sender: () => DRY_RUN })
      const before = [await dry.held('SOL'), await dry.held('USDC')]
      const report = await dry.trade(dry.intent('a', amount, output))
      expect(report.state).toBe('simulated')
      expect([await dry.held('SOL'), await dry.held('USDC')]).toEqual(before)

      const live = await world()
      const filled = fillIn(await live.trade(live.intent('a', amount, output)))
      const simulated = fillIn(report)
      expect({ ...simulated, slot: 0, at: 0 }).toEqual({ ...filled, slot: 0, at: 0 })
    }
  })

  it('confirms a hundred equal trades at once, each by a transaction of its own', async () => {
    const here = await world()
    const before = { sol: await here.held('SOL'), usdc: await here.held('USDC') }
    const reports = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        here.trade(here.intent(`k${index}`, '10 USDC', 'SOL'), { slippageBps: 500 }),
      ),
    )
    const fills = reports.map(fillIn)
    expect(new Set(fills.map(({ signature }) => signature)).size).toBe(100)
    expect(before.usdc - (await here.held('USDC'))).toBe(1_000_000_000n)
    const received = fills.reduce((sum, fill) => sum + fill.output.units - costs(fill), 0n)
    expect((await here.held('SOL')) - before.sol).toBe(received)
  })

  it('signs another transaction for an order whose own would be the very one of another order', async () => {
    const here = await world()
    // Two keys with one salt: equal trades under them, at once, are the same bytes.
    const scope = {
      genesisHash: await here.rpc.genesisHash(),
      wallet: here.wallet.publicKey,
      deploymentId: here.deployment.id,
    }
    const keys = new Map<number, string>()
    let pair: readonly [string, string] | undefined
    for (let index = 0; !pair; index++) {
      const key = `k${index}`
      const salt = saltOf({ fullKey: fullKeyOf(scope, 'plan', key), attempts: [] } as unknown as OrderRecord)
      const other = keys.get(salt)
      if (other !== undefined) pair = [other, key]
      keys.set(salt, key)
    }
    const reports = await Promise.all(
      pair.map(key => here.trade(here.intent(key, '10 USDC', 'SOL'), { slippageBps: 500 })),
    )
    const [a, b] = reports.map(fillIn)
    expect(a?.signature).not.toBe(b?.signature)
    expect(reports.map(({ key }) => key)).toEqual(pair)
    const orders = here.deployment.journal.orders()
    expect(orders.map(({ attempts, state }) => [attempts.length, state])).toEqual([
      [1, 'confirmed'],
      [1, 'confirmed'],
    ])
  })
})
