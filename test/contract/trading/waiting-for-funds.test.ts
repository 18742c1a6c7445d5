import { expect, it } from 'vitest'
import type { TradingWorld } from './trading-world.ts'
import { closedAfterEach } from './worlds.ts'

/** A trade whose funds are in other trades waits for them, and its story says so. */

const USDC = 1_000_000n
const world = closedAfterEach({ funds: { USDC: 10n * USDC } })

const waits = (here: TradingWorld, key: string): string[] => {
  const { journal } = here.deployment
  const order = journal.orders().find(({ intent }) => intent.key === key)!
  return journal.story(order.id).flatMap(({ cause }) => (cause.startsWith('it waits') ? [cause] : []))
}

it('the story says once for what it waits, and then how it went on', async () => {
  const here = await world()
  const reports = await Promise.all(['a', 'b', 'c'].map(key => here.trade(here.intent(key, '6 USDC', 'SOL'))))
  expect(reports.map(({ state }) => state).toSorted()).toEqual(['failed', 'failed', 'filled'])
  const told = ['a', 'b', 'c'].map(key => waits(here, key))
  expect(told.filter(lines => lines.length > 0)).toEqual([
    ['it waits for a trade in flight to end: the trade needs 6 USDC, the wallet has 4: 2 USDC are missing'],
    ['it waits for a trade in flight to end: the trade needs 6 USDC, the wallet has 4: 2 USDC are missing'],
  ])
})

it('a trade whose funds are there says nothing of the kind', async () => {
  const here = await world()
  await Promise.all(['a', 'b'].map(key => here.trade(here.intent(key, '5 USDC', 'SOL'))))
  expect(['a', 'b'].flatMap(key => waits(here, key))).toEqual([])
})
