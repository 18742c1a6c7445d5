import { afterAll, describe, expect, test } from 'vitest'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'
import { createRaydiumVenue } from '../../../plugins/execution/raydium/venue.ts'
import { writeAmmV4Pool } from './chain/amm-v4-pool.ts'
import { keepingLog } from './chain/keeping-log.ts'
import { AMM_V4, hasProgram } from './chain/programs.ts'
import { TestChain } from './chain/test-chain.ts'
import { newToken, SOL } from './chain/tokens.ts'
import { bothWays, CaseBook, NEVER, proveScattered, proveSwap } from './chain/truth.ts'

const NOW = 1_800_000_000n
const RESERVE = 1_000_000_000_000n

function chainWithAmm() {
  const chain = new TestChain([AMM_V4], NOW)
  const venue = createRaydiumVenue({
    accounts: chain.accounts,
    clock: createVirtualClock({ start_ms: Number(NOW) * 1_000 }),
    log: keepingLog(),
    programs: { ammV4: AMM_V4 },
  })
  return { chain, venue }
}

const SIZES = [501n, 2_003n, 99_999n, 12_345_678n, 5_000_000_000n, 250_000_000_000n, 400_000_000_000n]

describe.skipIf(!hasProgram(AMM_V4))('Raydium AMM v4 with the real program', () => {
  const book = new CaseBook()
  afterAll(() => book.print('Raydium AMM v4', [AMM_V4]))

  test('a pool of SOL and a token gives what was quoted, both ways, exact in and exact out', async () => {
    const { chain, venue } = chainWithAmm()
    const usd = newToken(chain, 'USD', 6)
    const wallet = chain.wallet([SOL, usd])
    writeAmmV4Pool(chain, SOL, usd, [RESERVE, RESERVE / 7n])
    for (const size of SIZES) {
      for (const sides of bothWays(SOL, usd)) {
        const scale = sides[0] === SOL ? 1n : 7n
        await proveSwap({ chain, venue, wallet, book }, 'amm v4', sides, 'in', size / scale)
        await proveSwap({ chain, venue, wallet, book }, 'amm v4', sides, 'out', size / scale / 9n)
      }
    }
    await proveScattered({ chain, venue, wallet, book }, 'amm v4', [SOL, usd], 50_000_000_000n)
  })

  test("a pool's own fee and the profit set aside in its vaults are in the quote", async () => {
    const { chain, venue } = chainWithAmm()
    const [one, two] = [newToken(chain, 'ONE', 9), newToken(chain, 'TWO', 6)]
    const wallet = chain.wallet([one, two])
    writeAmmV4Pool(chain, two, one, [RESERVE, RESERVE], { feeNumerator: 100, needTakePnl: 77_777_777n })
    for (const size of SIZES) {
      for (const sides of bothWays(one, two)) {
        await proveSwap({ chain, venue, wallet, book }, 'amm v4 of 100 bps', sides, 'in', size)
        await proveSwap({ chain, venue, wallet, book }, 'amm v4 of 100 bps', sides, 'out', size / 9n)
      }
    }
    await proveScattered({ chain, venue, wallet, book }, 'amm v4 of 100 bps', [one, two], 50_000_000_000n)
  })

  test('the best of several pools is taken', async () => {
    const { chain, venue } = chainWithAmm()
    const [one, two] = [newToken(chain, 'ONE', 9), newToken(chain, 'TWO', 6)]
    const wallet = chain.wallet([one, two])
    writeAmmV4Pool(chain, one, two, [RESERVE, RESERVE])
    const better = writeAmmV4Pool(chain, two, one, [RESERVE + RESERVE / 10n, RESERVE])
    const quote = await proveSwap({ chain, venue, wallet, book }, 'amm v4', [one, two], 'in', 1_000_000n)
    expect(quote.route[0]?.pool).toBe(better)
  })

  test('a pool waits for its open time, and one with an order book or stopped is no route', async () => {
    const { chain, venue } = chainWithAmm()
    const [one, two] = [newToken(chain, 'ONE', 9), newToken(chain, 'TWO', 6)]
    const wallet = chain.wallet([one, two])
    writeAmmV4Pool(chain, one, two, [RESERVE, RESERVE], { status: 7, openTime: NOW + 5n })
    for (const status of [1, 2]) writeAmmV4Pool(chain, one, two, [RESERVE, RESERVE], { status })
    const request = {
      input: one,
      output: two,
      amount: { token: one, units: 1_000n },
      exact: 'in',
      slippageBps: 0,
    } as const
    expect(await venue.quote(request, NEVER)).toBeUndefined()
    chain.setTime(NOW + 5n)
    await proveSwap({ chain, venue, wallet, book }, 'amm v4', [one, two], 'in', 1_000n)
  })

  test('a size beyond the pool is no route, without a throw', async () => {
    const { chain, venue } = chainWithAmm()
    const [one, two] = [newToken(chain, 'ONE', 9), newToken(chain, 'TWO', 6)]
    writeAmmV4Pool(chain, one, two, [RESERVE, RESERVE])
    const request = { input: one, output: two, slippageBps: 0 } as const
    expect(
      await venue.quote({ ...request, exact: 'out', amount: { token: two, units: RESERVE } }, NEVER),
    ).toBeUndefined()
    expect(
      await venue.quote({ ...request, exact: 'in', amount: { token: one, units: 2n ** 64n - 1n } }, NEVER),
    ).toBeUndefined()
    expect(await venue.quote({ ...request, exact: 'in', amount: { token: one, units: 1n } }, NEVER)).toBeUndefined()
  })
})
