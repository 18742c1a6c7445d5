import { expect, it } from 'vitest'
import { testTokens } from '../../testing/index.ts'
import type { Ground } from '../run/ground.ts'
import { untouchedWallets } from './untouched-wallets.ts'

const TOKENS = testTokens()
const USDC = TOKENS.find('USDC')

/** A ground on which a wallet that this run has no key of holds so much SOL, and an account for USDC. */
function groundWith(lamports: number): Ground {
  const usdc = { mint: USDC.mint, tokenAmount: { amount: '150000000', decimals: 6 } }
  const account = { account: { data: { parsed: { info: usdc } } } }
  const call = async (method: string, [, filter]: readonly [string, { programId: string }]) => {
    if (method === 'getBalance') return { context: { slot: 1 }, value: lamports }
    return { context: { slot: 1 }, value: filter.programId.startsWith('Tokenkeg') ? [account] : [] }
  }
  return {
    cluster: { name: 'localnet', tokens: TOKENS },
    connection: { drive: (work: unknown) => work, endpoints: { call } },
    genesisHash: 'g',
    store: { wallets: () => ['elsewhere'], keyPlaces: { list: () => [] } },
  } as unknown as Ground
}

it.each([
  [1_000_000_000, 1],
  [12_000_001, 1],
  // What a sale of all SOL leaves: the reserve, and what was set aside for fees and not paid.
  [11_995_000, 0],
])('a wallet of %i lamports is told of when something of it can be sold: %i', async (lamports, told) => {
  expect(await untouchedWallets(groundWith(lamports), { purses: [] as never }, USDC, undefined)).toHaveLength(told)
})
