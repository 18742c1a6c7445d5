import { expect, it } from 'vitest'
import type { ForgeEvent } from '../../../core/events/event.ts'
import { TEST_START_MS } from '../../../core/testing/index.ts'
import { startPlugin } from '../../../core/testing/run-plugin.ts'
import { market, plugin, price, wants } from './order-trial.ts'

/** What is read of a node's orders at a glance, five seconds on. */
async function glance(name: string, settings: Record<string, unknown>, events: readonly ForgeEvent[]): Promise<string> {
  const later = [...events, price('150', 100)]
  const trial = await startPlugin(plugin(name), { with: settings, events: later, services: market(later) })
  await trial.clock.advanceTo(TEST_START_MS + 5_000)
  return trial.run.health()['it']!.detail
}

const prices = [price('150', 1), price('160', 2), price('158', 3)]

it.each([
  ['stop-loss', { trigger: '140' }, 'SOL/USDC 158  trigger 140 (-11.39%)'],
  ['stop-loss', { trigger: '159', confirmPrices: 3 }, 'SOL/USDC 158  trigger 159 (+0.63%)  1 of 3 confirm it'],
  ['trailing-stop', { offset: '2%' }, 'SOL/USDC 158  stop 156.8 (-0.76%)  best 160'],
  ['trailing-stop', { offset: '2%', activation: '170' }, 'SOL/USDC 158  follows from 170 (+7.59%)'],
  ['oco', { stop: '140', target: '180' }, 'SOL/USDC 158  stop 140 (-11.39%)  target 180 (+13.92%)'],
])('of a %s %j the price comes first, then where it fires', async (name, settings, text) => {
  expect(await glance(name, settings, [wants('a', '1 SOL'), ...prices])).toBe(text)
})

it('before the first price that is said, and of many orders how many there are', async () => {
  expect(await glance('stop-loss', { trigger: '140' }, [wants('a', '1 SOL')])).toBe(
    'no price of SOL/USDC yet  trigger 140',
  )
  const many = ['a', 'b', 'c', 'd', 'e'].map(key => wants(key, '1 SOL'))
  expect(await glance('stop-loss', { trigger: '140' }, [...many, ...prices])).toBe('5 orders wait for their trigger')
})
