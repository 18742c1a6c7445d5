import { expect, it } from 'vitest'
import { testTokens } from '../../testing/index.ts'
import { readPortfolio } from './portfolio.ts'

it.each([
  ['a balance that is none', { context: { slot: 1 }, value: 'much' }],
  ['token accounts without data', { context: { slot: 1 }, value: [{ account: {} }] }],
  ['nothing', null],
])('holdings of which an endpoint tells %s are not read, and that is said', async (_what, answer) => {
  const holdings = readPortfolio(async () => answer as never, 'wallet', testTokens())
  await expect(holdings).rejects.toMatchObject({ code: 'RPC_ANSWER_INVALID' })
})
