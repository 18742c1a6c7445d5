import { afterEach, expect, it } from 'vitest'
import { type Fault, faulty } from './fetch-faults.ts'
import { type TradingWorld, tradingWorld } from './trading-world.ts'

/** A budget counts what nobody knows as spent; when it is known after all, it counts that instead. */

const worlds: TradingWorld[] = []
afterEach(async () => {
  await Promise.all(worlds.splice(0).map(made => made.close()))
})

const USDC = 1_000_000n
const nothing = (): Promise<Response> => Promise.resolve(Response.json({ jsonrpc: '2.0', id: 1, result: null }))

/** What is another's than the asker's, of USDC and of SOL. */
function claimed(here: TradingWorld): readonly [usdc: bigint, sol: bigint] {
  const of = (symbol: string): bigint =>
    here
      .trader()
      .claimedFrom('other', here.cluster.tokens.find(symbol))
      .reduce((sum, { units }) => sum + units, 0n)
  return [of('USDC'), of('SOL')]
}

async function world(fault: Fault): Promise<TradingWorld> {
  const made = await tradingWorld({ faults: fetch => faulty(fetch, fault) })
  worlds.push(made)
  const amount = { token: made.cluster.tokens.find('USDC'), units: 100n * USDC }
  made.trader().budgets.give('plan', { amount, outlay: 0n })
  return made
}

it('it landed: what it brought is the strategy’s, and what it paid is gone once', async () => {
  let hides = true
  const here = await world(({ method }) => (hides && method === 'getTransaction' ? nothing() : undefined))
  const intent = here.intent('a', '10 USDC', 'SOL')
  expect(await here.trade(intent)).toMatchObject({ state: 'unresolved' })
  expect(claimed(here)).toEqual([90n * USDC, 0n])
  hides = false
  const report = await here.trade(intent)
  if (report.state !== 'filled') expect.fail(report.state)
  expect(claimed(here)).toEqual([90n * USDC, report.fill.output.units])
})
