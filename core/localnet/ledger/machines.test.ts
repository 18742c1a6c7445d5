import { describe, expect, it } from 'vitest'
import { createVirtualClock, isVirtualClock } from '../../time/virtual-clock.ts'
import { derivedKey } from '../derived-key.ts'
import { createLocalnet, type Localnet } from '../localnet.ts'
import { MarketMaker, poolsOfRank } from '../market/market-maker.ts'
import { marketPools } from '../market/pools.ts'
import { LOCAL_TOKENS } from '../market/tokens.ts'
import { Machines } from './machines.ts'
import { SLOT_MS } from './slots.ts'

const START_MS = Date.parse('2024-01-01T00:00:00Z')
const LATER_MS = START_MS + 3_600_000
const [first, second] = [derivedKey('the first').address, derivedKey('the second').address]

/** A chain with something in it that this seed alone has. */
async function chain(seed: string, owner: string, machines?: Machines): Promise<Localnet> {
  const clock = createVirtualClock({ start_ms: START_MS })
  const fund = [{ owner, lamports: 5_000_000_000n, tokens: [{ symbol: 'USDC', units: 7_000_000n }] }]
  return createLocalnet({ clock, seed, fund, ...(machines && { machines }) })
}

/** At that time the market moves and a stranger is given SOL: what programs said of it. */
async function live({ ledger, rpc, market, clock }: Localnet, at_ms: number): Promise<unknown> {
  market.stop()
  if (isVirtualClock(clock)) await clock.advanceTo(at_ms)
  const { nanoUsdc } = market.price()
  new MarketMaker(ledger).move(
    poolsOfRank('every-point'),
    nanoUsdc + (nanoUsdc * BigInt(at_ms - START_MS + 360_000)) / 36_000_000n,
  )
  await rpc(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'requestAirdrop', params: [second, 1_000_000_000] }))
  return ledger.transactions.all().map(({ err, logs, signature }) => ({ err, logs, signature }))
}

/** Everything that a chain of these wallets may have, as it says it itself. */
function holdings({ ledger }: Localnet): unknown {
  const addresses = [
    first,
    second,
    ...Object.values(LOCAL_TOKENS).map(({ mint }) => mint),
    ...marketPools().flatMap(pool => [pool.address, pool.vaultBase, pool.vaultQuote]),
  ]
  const tokenAccounts = ledger.view('processed').ownedBy('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA')
  return {
    accounts: addresses.map(address => [address, ledger.account(address)]),
    tokenAccounts: new Map(tokenAccounts.map(({ address, account }) => [address, account])),
    count: tokenAccounts.length,
  }
}

describe('a machine that had another chain before', () => {
  it('has nothing left of it, and does what a new one does', async () => {
    const machines = new Machines()
    const before = await chain('1', first, machines)
    await live(before, LATER_MS)
    await before.close()
    const again = await chain('2', second, machines)
    const alone = await chain('2', second)
    expect(holdings(again)).toEqual(holdings(alone))
    expect(again.ledger.account(first)).toBeUndefined()
    // In the slot before that in which the other ended, LiteSVM lacks programs that were added then.
    for (const at_ms of [START_MS, LATER_MS - SLOT_MS, LATER_MS]) {
      expect(await live(again, at_ms)).toEqual(await live(alone, at_ms))
    }
    expect(holdings(again)).toEqual(holdings(alone))
  })

  it('does nothing more for the one before', async () => {
    const machines = new Machines()
    const before = await chain('1', first, machines)
    await before.close()
    const after = await chain('2', second, machines)
    await expect(live(before, START_MS)).rejects.toThrow('another chain')
    expect(after.ledger.account(first)).toBeUndefined()
  })
})
