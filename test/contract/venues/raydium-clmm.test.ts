import { afterAll, describe, expect, test } from 'vitest'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'
import { createRaydiumVenue } from '../../../plugins/execution/raydium/venue.ts'
import { type ClmmPoolOptions, createClmmPool } from './chain/clmm-pool.ts'
import { keepingLog } from './chain/keeping-log.ts'
import { CLMM, hasProgram } from './chain/programs.ts'
import { TestChain } from './chain/test-chain.ts'
import { newToken, SOL } from './chain/tokens.ts'
import { createTransferFeeMint, mintTo } from './chain/transfer-fee-mint.ts'
import { bothWays, CaseBook, NEVER, proveScattered, proveSwap } from './chain/truth.ts'

const NOW = 1_800_000_000n
const PAR = 2n ** 64n

/** Three ranges around par; the widest reaches beyond the pool's own bitmap into its extension. */
const POOL: ClmmPoolOptions = {
  configIndex: 1,
  tickSpacing: 10,
  tradeFeeRate: 2_500,
  sqrtPriceX64: PAR,
  positions: [
    { lower: -50, upper: 60, liquidity: 30_000_000_000_000n },
    { lower: -3_000, upper: 2_400, liquidity: 4_000_000_000_000n },
    { lower: -443_580, upper: 443_580, liquidity: 50_000_000_000n },
  ],
}

/** Within one tick, over several, over several arrays; far beyond the middle range. */
const SIZES = [503n, 99_991n, 12_345_678n, 5_000_000_000n, 120_000_000_000n, 700_000_000_000n]

function chainWithClmm() {
  const chain = new TestChain([CLMM], NOW)
  const venue = createRaydiumVenue({
    accounts: chain.accounts,
    clock: createVirtualClock({ start_ms: Number(NOW) * 1_000 }),
    log: keepingLog(),
    programs: { clmm: CLMM },
  })
  /** Pools open the second after they were made. */
  const create = (
    ...args: Parameters<typeof createClmmPool> extends [unknown, ...infer Rest] ? Rest : never
  ): string => {
    const pool = createClmmPool(chain, ...args)
    chain.setTime(chain.time + 1n)
    return pool
  }
  return { chain, venue, create }
}

describe.skipIf(!hasProgram(CLMM))('Raydium CLMM with the real program', () => {
  const book = new CaseBook()
  afterAll(() => book.print('Raydium CLMM', [CLMM]))

  test('a pool gives what was quoted, both ways, exact in and exact out, up to its last range and back', async () => {
    const { chain, venue, create } = chainWithClmm()
    const [one, two] = [newToken(chain, 'ONE', 9), newToken(chain, 'TWO', 9)]
    const wallet = chain.wallet([one, two])
    create(chain.wallet([one, two]), [one, two], POOL)
    for (const size of SIZES) {
      for (const sides of bothWays(one, two)) {
        const quote = await proveSwap({ chain, venue, wallet, book }, 'clmm', sides, 'in', size)
        expect(quote.priceImpactBps).toBeGreaterThanOrEqual(0)
        await proveSwap({ chain, venue, wallet, book }, 'clmm', sides, 'out', size / 50n)
      }
    }
    await proveScattered({ chain, venue, wallet, book }, 'clmm', [one, two], 100_000_000_000n)
  })

  test('SOL is wrapped and unwrapped around the swap, and the rest of an exact output comes back', async () => {
    const { chain, venue, create } = chainWithClmm()
    const usd = newToken(chain, 'USD', 6)
    const maker = chain.wallet([SOL, usd])
    chain.wrapSol(maker, 3_000_000_000_000n)
    create(maker, [SOL, usd], {
      ...POOL,
      configIndex: 8,
      tickSpacing: 1,
      tradeFeeRate: 400,
      positions: POOL.positions.slice(0, 2),
    })
    const wallet = chain.wallet([SOL, usd])
    for (const size of SIZES.slice(0, 5)) {
      for (const sides of bothWays(SOL, usd)) {
        await proveSwap({ chain, venue, wallet, book }, 'clmm with SOL', sides, 'in', size)
        await proveSwap({ chain, venue, wallet, book }, 'clmm with SOL', sides, 'out', size / 50n)
      }
    }
  })

  test('transfer fees of a Token-2022 mint are in the quote, on either side', async () => {
    const { chain, venue, create } = chainWithClmm()
    const usd = newToken(chain, 'USD', 6)
    const taxed = createTransferFeeMint(chain, { symbol: 'TAX', decimals: 6, feeBps: 150, maximumFee: 1_000_000_000n })
    const [maker, wallet] = [chain.wallet([usd]), chain.wallet([usd])]
    for (const { publicKey } of [maker, wallet]) mintTo(chain, taxed, publicKey, 2n ** 61n)
    create(maker, [usd, taxed], POOL)
    for (const size of SIZES) {
      for (const sides of bothWays(usd, taxed)) {
        const quote = await proveSwap({ chain, venue, wallet, book }, 'clmm with transfer fee', sides, 'in', size)
        expect(quote.fees?.some(fee => fee.kind === 'transfer' && fee.amount.token === taxed)).toBe(true)
        await proveSwap({ chain, venue, wallet, book }, 'clmm with transfer fee', sides, 'out', size / 50n)
      }
    }
    await proveScattered({ chain, venue, wallet, book }, 'clmm with transfer fee', [usd, taxed], 100_000_000_000n)
  })

  test('a size beyond the pool is no route, without a throw', async () => {
    const { chain, venue, create } = chainWithClmm()
    const [one, two] = [newToken(chain, 'ONE', 9), newToken(chain, 'TWO', 9)]
    create(chain.wallet([one, two]), [one, two], { ...POOL, positions: POOL.positions.slice(0, 2) })
    for (const [input, output] of [
      [one, two],
      [two, one],
    ] as const) {
      const request = { input, output, slippageBps: 0 } as const
      for (const units of [10n ** 15n, 10n ** 18n, 2n ** 64n - 1n]) {
        expect(await venue.quote({ ...request, exact: 'in', amount: { token: input, units } }, NEVER)).toBeUndefined()
        expect(await venue.quote({ ...request, exact: 'out', amount: { token: output, units } }, NEVER)).toBeUndefined()
      }
      expect(await venue.quote({ ...request, exact: 'in', amount: { token: input, units: 0n } }, NEVER)).toBeUndefined()
    }
  })

  test('a pair is read in two rounds cold and one warm, and in two again when the price has left its tick arrays', async () => {
    const { chain, venue, create } = chainWithClmm()
    const [one, two] = [newToken(chain, 'ONE', 9), newToken(chain, 'TWO', 9)]
    const wallet = chain.wallet([one, two])
    create(wallet, [one, two], POOL)
    const request = {
      input: one,
      output: two,
      amount: { token: one, units: 1_000_000n },
      exact: 'in',
      slippageBps: 0,
    } as const
    const rounds = async (): Promise<number> => {
      const before = chain.batches
      await venue.quote(request, NEVER)
      return chain.batches - before
    }
    expect([await rounds(), await rounds()]).toEqual([2, 1])
    const away = await venue.quote({ ...request, amount: { token: one, units: 500_000_000_000n } }, NEVER)
    chain.execute(await venue.plan(away!, wallet.publicKey.toBase58(), NEVER), wallet, one, two)
    expect(await rounds()).toBeLessThanOrEqual(2)
    expect(await rounds()).toBe(1)
  })
})
