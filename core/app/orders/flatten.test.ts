import { expect, it } from 'vitest'
import type { Report } from '../../events/report.ts'
import { type Amount, amountOf } from '../../money/amount.ts'
import { testTokens } from '../../testing/index.ts'
import { openRegistry } from '../open-registry.ts'
import type { Ground } from '../run/ground.ts'
import type { Trading } from '../run/trading.ts'
import { flatten } from './flatten.ts'

const TOKENS = testTokens()
const [SOL, BONK, USDC] = ['SOL', 'BONK', 'USDC'].map(symbol => TOKENS.find(symbol)) as [
  Amount['token'],
  Amount['token'],
  Amount['token'],
]

/** The end of a sale; with a sentence, when something of it was left. */
function sold(amount: Amount, left?: string): Report {
  const fill = { input: amount, output: amountOf(USDC, 150_000_000n) }
  const reason = { code: 'ORDER_PARTLY_FILLED', message: left }
  const told = { node: 'panic', orderId: amount.token.symbol, input: amount.token, output: USDC, state: 'filled', fill }
  return { kind: 'report', ...told, ...(left !== undefined && { reason }) } as unknown as Report
}

it('a sale of which something was left is told, and is not done', async () => {
  const holdings = [amountOf(SOL, 1_000_000_000n), amountOf(BONK, 500_000n)]
  const purse = {
    portfolio: async () => ({ tokens: [{ mint: BONK.mint, amount: '500000' }] }),
    trader: { sellable: async ({ mint }: Amount['token']) => holdings.find(({ token }) => token.mint === mint)?.units },
  }
  const { registry } = await openRegistry({ packagesFrom: '/nowhere' })
  const ground = {
    registry,
    cluster: { tokens: TOKENS },
    connection: { clock: { now: () => 0 } },
    store: { wallets: () => [], keyPlaces: { list: () => [] } },
  } as unknown as Ground
  const trading = {
    purses: [purse],
    start: async (_pipeline: unknown, see: (node: string, event: Report) => void) => {
      see('panic', sold(holdings[0]!))
      see('panic', sold(holdings[1]!, '0.2 BONK of 5 BONK were not traded: its time ran out'))
      return { done: Promise.resolve({ errors: [] }) }
    },
  } as unknown as Trading
  const answer = await flatten(ground, trading, 'USDC')
  expect(answer).toMatchObject({ done: false, detail: { unsold: [BONK.mint] } })
  expect(answer.text).toContain('0.2 BONK of 5 BONK were not traded')
})
