import { afterEach, describe, expect, it } from 'vitest'
import type { Report } from '../../../core/events/report.ts'
import { faulty } from './fetch-faults.ts'
import { type TradingWorld, tradingWorld } from './trading-world.ts'

/** A wallet that has just enough for two trades makes both, however the second falls between the first's steps. */

const worlds: TradingWorld[] = []
afterEach(async () => {
  await Promise.all(worlds.splice(0).map(made => made.close()))
})

const SOL = 1_000_000_000n

/** As an older endpoint answers: without what a simulation began with. */
async function older(told: Response): Promise<Response> {
  const body = (await told.json()) as { result: { value: Record<string, unknown> } }
  const { preBalances: _, preTokenBalances: __, ...value } = body.result.value
  return Response.json({ ...body, result: { ...body.result, value } })
}

describe.each([
  ['an endpoint that tells what a simulation began with', undefined],
  ['an older endpoint', older],
])('over %s', (_endpoint, change) => {
  it.each([0, 50, 400, 1_200])(
    'sells SOL beside another sale that has landed (%i ms after it was sent)',
    async after_ms => {
      const here = await tradingWorld({
        lamports: 2n * SOL + 50_000_000n,
        faults: fetch =>
          faulty(fetch, ({ method, pass }) =>
            change && method === 'simulateTransaction' ? pass().then(change) : undefined,
          ),
      })
      worlds.push(here)
      let second: Promise<Report> | undefined
      const first = await here.trade(here.intent('a', '1 SOL', 'USDC'), {
        onReport: report => {
          if (report.state !== 'sent') return
          second = here.clock.sleep(after_ms).then(() => here.trade(here.intent('b', '1 SOL', 'USDC')))
        },
      })
      expect(first.state).toBe('filled')
      expect(await here.clock.run(second!)).toMatchObject({ state: 'filled' })
      expect(await here.held('SOL')).toBeGreaterThanOrEqual(10_000_000n)
    },
  )
})

it('what is left is never told as nothing while another sale ends: a stop would end for want of it', async () => {
  const here = await tradingWorld({ funds: { USDC: 20_000_000n } })
  worlds.push(here)
  const [usdc, sol] = ['USDC', 'SOL'].map(symbol => here.cluster.tokens.find(symbol))
  const told: bigint[] = []
  let isOver = false
  const first = here.trade(here.intent('a', '10 USDC', 'SOL')).then(() => {
    isOver = true
  })
  while (!isOver) {
    told.push(await here.clock.run(here.trader().sellable(usdc!, sol!)))
    await here.clock.run(here.clock.sleep(20))
  }
  await first
  expect(told.filter(units => units < 10_000_000n)).toEqual([])
})
