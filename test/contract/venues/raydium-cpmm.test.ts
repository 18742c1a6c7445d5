import { afterAll, describe, expect, test } from 'vitest'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'
import { createRaydiumVenue } from '../../../plugins/execution/raydium/venue.ts'
import { createCpmmPool } from './chain/cpmm-pool.ts'
import { keepingLog } from './chain/keeping-log.ts'
import { CPMM, hasProgram } from './chain/programs.ts'
import { TestChain } from './chain/test-chain.ts'
import { newToken, SOL } from './chain/tokens.ts'
import { createTransferFeeMint, mintTo } from './chain/transfer-fee-mint.ts'
import { bothWays, CaseBook, NEVER, proveScattered, proveSwap } from './chain/truth.ts'

const NOW = 1_800_000_000n

function chainWithCpmm() {
  const chain = new TestChain([CPMM], NOW)
  const venue = createRaydiumVenue({
    accounts: chain.accounts,
    clock: createVirtualClock({ start_ms: Number(NOW) * 1_000 }),
    log: keepingLog(),
    programs: { cpmm: CPMM },
  })
  return { chain, venue }
}

/** From dust to half the pool. */
const SIZES = [501n, 2_003n, 99_999n, 12_345_678n, 5_000_000_000n, 250_000_000_000n, 400_000_000_000n]
const RESERVE = 1_000_000_000_000n

describe.skipIf(!hasProgram(CPMM))('Raydium CPMM with the real program', () => {
  const book = new CaseBook()
  afterAll(() => book.print('Raydium CPMM', [CPMM]))

  test('a pool of SOL and a token gives what was quoted, both ways, exact in and exact out', async () => {
    const { chain, venue } = chainWithCpmm()
    const usd = newToken(chain, 'USD', 6)
    const wallet = chain.wallet([SOL, usd])
    createCpmmPool(chain, chain.wallet([SOL, usd]), [
      [SOL, RESERVE],
      [usd, RESERVE / 7n],
    ])
    for (const size of SIZES) {
      for (const sides of bothWays(SOL, usd)) {
        const scale = sides[0] === SOL ? 1n : 7n
        await proveSwap({ chain, venue, wallet, book }, 'cpmm', sides, 'in', size / scale)
        await proveSwap({ chain, venue, wallet, book }, 'cpmm', sides, 'out', size / scale / 9n)
      }
    }
    await proveScattered({ chain, venue, wallet, book }, 'cpmm', [SOL, usd], 50_000_000_000n)
  })

  test('transfer fees of a Token-2022 mint are in the quote, on either side', async () => {
    const { chain, venue } = chainWithCpmm()
    const usd = newToken(chain, 'USD', 6)
    const taxed = createTransferFeeMint(chain, { symbol: 'TAX', decimals: 6, feeBps: 150, maximumFee: 1_000_000_000n })
    const wallet = chain.wallet([usd])
    mintTo(chain, taxed, wallet.publicKey, 2n ** 60n)
    createCpmmPool(chain, wallet, [
      [usd, RESERVE],
      [taxed, RESERVE],
    ])
    for (const size of SIZES) {
      for (const sides of bothWays(usd, taxed)) {
        const quote = await proveSwap({ chain, venue, wallet, book }, 'cpmm with transfer fee', sides, 'in', size)
        expect(quote.fees?.some(fee => fee.kind === 'transfer' && fee.amount.token === taxed)).toBe(true)
        await proveSwap({ chain, venue, wallet, book }, 'cpmm with transfer fee', sides, 'out', size / 9n)
      }
    }
    await proveScattered({ chain, venue, wallet, book }, 'cpmm with transfer fee', [usd, taxed], 50_000_000_000n)
  })

  test('a pool before its open time is no route, and one after it', async () => {
    const { chain, venue } = chainWithCpmm()
    const [one, two] = [newToken(chain, 'ONE', 9), newToken(chain, 'TWO', 9)]
    const wallet = chain.wallet([one, two])
    createCpmmPool(
      chain,
      wallet,
      [
        [one, RESERVE],
        [two, RESERVE],
      ],
      NOW + 60n,
    )
    const request = {
      input: one,
      output: two,
      amount: { token: one, units: 1_000n },
      exact: 'in',
      slippageBps: 0,
    } as const
    expect(await venue.quote(request, NEVER)).toBeUndefined()
    chain.setTime(NOW + 60n)
    await proveSwap({ chain, venue, wallet, book }, 'cpmm', [one, two], 'in', 1_000n)
  })

  test('a size beyond the pool is no route, without a throw', async () => {
    const { chain, venue } = chainWithCpmm()
    const [one, two] = [newToken(chain, 'ONE', 9), newToken(chain, 'TWO', 9)]
    createCpmmPool(chain, chain.wallet([one, two]), [
      [one, RESERVE],
      [two, RESERVE],
    ])
    const request = { input: one, output: two, slippageBps: 0 } as const
    expect(
      await venue.quote({ ...request, exact: 'out', amount: { token: two, units: RESERVE } }, NEVER),
    ).toBeUndefined()
    expect(
      await venue.quote({ ...request, exact: 'in', amount: { token: one, units: 2n ** 64n - 1n } }, NEVER),
    ).toBeUndefined()
    expect(await venue.quote({ ...request, exact: 'in', amount: { token: one, units: 1n } }, NEVER)).toBeUndefined()
    expect(await venue.quote({ ...request, exact: 'in', amount: { token: one, units: 0n } }, NEVER)).toBeUndefined()
  })
})
