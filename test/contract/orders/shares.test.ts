import { expect, it } from 'vitest'
import { runPlugin } from '../../../core/testing/index.ts'
import { fired, market, plugin, price, reports, wants } from './order-trial.ts'

const SOL_1 = 1_000_000_000n
const wallet = [wants('x', '10 SOL').amount]

function run(sizes: readonly string[], tradeDelay_ms = 5_000) {
  const wishes = sizes.map((size, index) => wants(`${index}`, '1 SOL', { terms: { size } }))
  const events = [...wishes, price('150', 1), price('139', 2), price('139', 60)]
  return runPlugin(plugin('stop-loss'), {
    with: { trigger: '140' },
    events,
    services: market(events, { wallet, tradeDelay_ms }),
  })
}

it('of orders that one price fires, each share is of what those before it leave', async () => {
  const { given } = await run(['50%', '50%', '50%'])
  expect(fired(given)).toEqual([`0 ${5n * SOL_1} at 2`, `1 ${(5n * SOL_1) / 2n} at 2`, `2 ${(5n * SOL_1) / 4n} at 2`])
})

it('an amount that goes out with a share is not counted twice', async () => {
  const { given } = await run(['4 SOL', '100%'])
  expect(fired(given)).toEqual([`0 ${4n * SOL_1} at 2`, `1 ${6n * SOL_1} at 2`])
})

it('where the first takes all, the second ends and says why', async () => {
  const { given } = await run(['100%', '100%'])
  expect(fired(given)).toEqual([`0 ${10n * SOL_1} at 2`])
  expect(reports(given)).toContain('1 skipped HOLDING_EMPTY')
})
