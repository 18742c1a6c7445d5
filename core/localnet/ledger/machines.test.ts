import { describe, expect, it } from 'vitest'
import { createVirtualClock, isVirtualClock } from '../../time/virtual-clock.ts'
import { derivedKey } from '../derived-key.ts'
import { createLocalnet, type Localnet } from '../localnet.ts'
import { MarketMaker, poolsOfRank } from '../market/market-maker.ts'
import { marketPools } from '../market/pools.ts'
import { LOCAL_TOKENS } from '../market/tokens.ts'
import { Machines } from './machines.ts'

const START_MS = Date.parse('2024-01-01T00:00:00Z')
const [first, second] = [derivedKey('the first').address, derivedKey('the second').address]

/** A chain with something in it that this seed alone has. */
async function chain(seed: string, owner: string, machines?: Machines): Promise<Localnet> {
  const clock = createVirtualClock({ start_ms: START_MS })
  const fund = [{ owner, lamports: 5_000_000_000n, tokens: [{ symbol: 'USDC', units: 7_000_000n }] }]
  return createLocalnet({ clock, seed, fund, ...(machines && { machines }) })
}

/** The market moves, a stranger is given SOL, and an hour goes by: what programs said of it. */
async function live({ ledger, rpc, market, clock }: Localnet): Promise<unknown> {
  market.stop()
  new MarketMaker(ledger).move(poolsOfRank('every-point'), (market.price().nanoUsdc * 11n) / 10n)
  await rpc(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'requestAirdrop', params: [second, 1_000_000_000] }))
  const said = ledger.transactions.all().map(({ err, logs, signature }) => ({ err, logs, signature }))
  if (isVirtualClock(clock)) await clock.advanceTo(clock.now() + 3_600_000)
  ledger.account(first)
  return said
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
    await live(before)
    // An hour later: the next chain begins before that.
    await live(before)
    await before.close()
    const again = await chain('2', second, machines)
    const alone = await chain('2', second)
    expect(holdings(again)).toEqual(holdings(alone))
    expect(again.ledger.account(first)).toBeUndefined()
    expect(await live(again)).toEqual(await live(alone))
    expect(holdings(again)).toEqual(holdings(alone))
  })

  it('does nothing more for the one before', async () => {
    const machines = new Machines()
    const before = await chain('1', first, machines)
    await before.close()
    const after = await chain('2', second, machines)
    await expect(live(before)).rejects.toThrow('another chain')
    expect(after.ledger.account(first)).toBeUndefined()
  })
})
