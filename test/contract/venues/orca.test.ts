import { afterAll, describe, expect, test } from 'vitest'
import type { PoolVenue, Token } from '../../../core/index.ts'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'
import { createOrcaVenue } from '../../../plugins/execution/orca/venue.ts'
import { hasProgram, WHIRLPOOL } from './chain/programs.ts'
import { TestChain } from './chain/test-chain.ts'
import { newToken, SOL } from './chain/tokens.ts'
import { createTransferFeeMint, mintTo } from './chain/transfer-fee-mint.ts'
import { bothWays, CaseBook, NEVER, proveScattered, proveSwap } from './chain/truth.ts'
import { WhirlpoolMaker, type WhirlpoolOptions } from './chain/whirlpool.ts'

const NOW = 1_800_000_000n
const PAR = 2n ** 64n

const POOL: WhirlpoolOptions = {
  tickSpacing: 64,
  feeRate: 3_000,
  sqrtPriceX64: PAR,
  positions: [
    { lower: -64, upper: 128, liquidity: 30_000_000_000_000n },
    { lower: -6_400, upper: 5_760, liquidity: 4_000_000_000_000n },
    { lower: -12_800, upper: 12_800, liquidity: 400_000_000_000n },
  ],
}
const LARGEST = 100_000_000_000n
const ADAPTIVE = {
  filterPeriod: 30,
  decayPeriod: 600,
  reductionFactor: 5_000,
  controlFactor: 40_000,
  maxVolatility: 350_000,
}

/** Within one tick, over several, over several arrays; far beyond the middle range. */
const SIZES = [503n, 99_991n, 12_345_678n, 5_000_000_000n, 120_000_000_000n, 700_000_000_000n]

function chainWithOrca() {
  const chain = new TestChain([WHIRLPOOL], NOW)
  const venueOf = (maker: WhirlpoolMaker): PoolVenue =>
    createOrcaVenue({
      accounts: chain.accounts,
      clock: createVirtualClock({ start_ms: Number(NOW) * 1_000 }),
      programs: { whirlpool: WHIRLPOOL, config: maker.config.toBase58() },
    })
  const plainPair = (): [Token, Token] => [newToken(chain, 'ONE', 9), newToken(chain, 'TWO', 9)]
  return { chain, venueOf, plainPair }
}

describe.skipIf(!hasProgram(WHIRLPOOL))('Orca with the real program', () => {
  const book = new CaseBook()
  afterAll(() => book.print('Orca', [WHIRLPOOL]))

  const kinds: readonly (readonly [string, WhirlpoolOptions])[] = [
    ['whirlpool', POOL],
    ['whirlpool with dynamic tick arrays', { ...POOL, dynamicTickArrays: true }],
    [
      'splash pool',
      { ...POOL, tickSpacing: 32_896, positions: [{ lower: -427_648, upper: 427_648, liquidity: 4_000_000_000_000n }] },
    ],
  ]
  for (const [name, options] of kinds) {
    test(`a ${name} gives what was quoted, both ways, exact in and exact out`, async () => {
      const { chain, venueOf, plainPair } = chainWithOrca()
      const [one, two] = plainPair()
      const maker = new WhirlpoolMaker(chain, chain.wallet([one, two]))
      maker.create([one, two], options)
      const trader = { chain, venue: venueOf(maker), wallet: chain.wallet([one, two]), book }
      for (const size of SIZES) {
        for (const sides of bothWays(one, two)) {
          const quote = await proveSwap(trader, name, sides, 'in', size)
          expect(quote.priceImpactBps).toBeGreaterThanOrEqual(0)
          await proveSwap(trader, name, sides, 'out', size / 50n)
        }
      }
      await proveScattered(trader, name, [one, two], LARGEST)
    })
  }

  test('an adaptive fee follows what the pool has seen, and the quote follows it, as chain time goes on', async () => {
    const { chain, venueOf, plainPair } = chainWithOrca()
    const [one, two] = plainPair()
    const maker = new WhirlpoolMaker(chain, chain.wallet([one, two]))
    maker.create([one, two], { ...POOL, adaptive: ADAPTIVE })
    const trader = { chain, venue: venueOf(maker), wallet: chain.wallet([one, two]), book }
    const feeShares: number[] = []
    for (const [index, size] of SIZES.entries()) {
      for (const sides of bothWays(one, two)) {
        chain.setTime(chain.time + [3n, 45n, 700n][index % 3]!)
        const quote = await proveSwap(trader, 'adaptive-fee pool', sides, 'in', size)
        feeShares.push(Number(quote.fees![0]!.amount.units) / Number(size))
        await proveSwap(trader, 'adaptive-fee pool', sides, 'out', size / 50n)
      }
    }
    expect(Math.max(...feeShares)).toBeGreaterThan(0.004)
    await proveScattered(trader, 'adaptive-fee pool', [one, two], LARGEST)
  })

  test('an adaptive-fee pool is no route before trading is enabled, and one after it', async () => {
    const { chain, venueOf, plainPair } = chainWithOrca()
    const [one, two] = plainPair()
    const maker = new WhirlpoolMaker(chain, chain.wallet([one, two]))
    maker.create([one, two], { ...POOL, adaptive: { ...ADAPTIVE, tradeEnable_s: NOW + 60n } })
    const trader = { chain, venue: venueOf(maker), wallet: chain.wallet([one, two]), book }
    const request = {
      input: one,
      output: two,
      amount: { token: one, units: 1_000n },
      exact: 'in',
      slippageBps: 0,
    } as const
    expect(await trader.venue.quote(request, NEVER)).toBeUndefined()
    chain.setTime(NOW + 60n)
    await proveSwap(trader, 'adaptive-fee pool', [one, two], 'in', 1_000n)
  })

  test('SOL is wrapped and unwrapped around the swap, and the rest of an exact output comes back', async () => {
    const { chain, venueOf } = chainWithOrca()
    const usd = newToken(chain, 'USD', 6)
    const creator = chain.wallet([SOL, usd])
    chain.wrapSol(creator, 3_000_000_000_000n)
    const maker = new WhirlpoolMaker(chain, creator)
    maker.create([SOL, usd], POOL)
    const trader = { chain, venue: venueOf(maker), wallet: chain.wallet([SOL, usd]), book }
    for (const size of SIZES) {
      for (const sides of bothWays(SOL, usd)) {
        await proveSwap(trader, 'whirlpool with SOL', sides, 'in', size)
        await proveSwap(trader, 'whirlpool with SOL', sides, 'out', size / 50n)
      }
    }
  })

  test('transfer fees of a Token-2022 mint are in the quote, on either side', async () => {
    const { chain, venueOf } = chainWithOrca()
    const usd = newToken(chain, 'USD', 6)
    const taxed = createTransferFeeMint(chain, { symbol: 'TAX', decimals: 6, feeBps: 150, maximumFee: 1_000_000_000n })
    const [creator, wallet] = [chain.wallet([usd]), chain.wallet([usd])]
    for (const { publicKey } of [creator, wallet]) mintTo(chain, taxed, publicKey, 2n ** 61n)
    const maker = new WhirlpoolMaker(chain, creator)
    maker.create([usd, taxed], POOL)
    const trader = { chain, venue: venueOf(maker), wallet, book }
    for (const size of SIZES) {
      for (const sides of bothWays(usd, taxed)) {
        const quote = await proveSwap(trader, 'whirlpool with transfer fee', sides, 'in', size)
        expect(quote.fees?.some(fee => fee.kind === 'transfer' && fee.amount.token === taxed)).toBe(true)
        await proveSwap(trader, 'whirlpool with transfer fee', sides, 'out', size / 50n)
      }
    }
    await proveScattered(trader, 'whirlpool with transfer fee', [usd, taxed], LARGEST)
  })

  test('the pool that gives most is taken, and every pool of the pair is a curve', async () => {
    const { chain, venueOf, plainPair } = chainWithOrca()
    const [one, two] = plainPair()
    const maker = new WhirlpoolMaker(chain, chain.wallet([one, two]))
    maker.create([one, two], POOL)
    const cheap = maker.create([one, two], { ...POOL, tickSpacing: 8, feeRate: 500 })
    maker.create([one, two], { ...POOL, adaptive: ADAPTIVE })
    const trader = { chain, venue: venueOf(maker), wallet: chain.wallet([one, two]), book }
    const quote = await proveSwap(trader, 'whirlpool', [one, two], 'in', 1_000_000n)
    expect(quote.route[0]?.pool).toBe(cheap)
    const curves = await trader.venue.pools(one, two, NEVER)
    expect(curves.map(curve => curve.feeBps).toSorted((a, b) => a - b)).toEqual([5, 30, 30])
    for (const curve of curves) expect(curve.in!(curve.out(1_000_000n)!)).toBeLessThanOrEqual(1_000_000n)
  })

  test('two hops through two pools are one instruction that hands on exactly what the first pool gives', async () => {
    const { chain, venueOf, plainPair } = chainWithOrca()
    const [one, two] = plainPair()
    const creator = chain.wallet([SOL, one, two])
    chain.wrapSol(creator, 30_000_000_000_000n)
    const maker = new WhirlpoolMaker(chain, creator)
    maker.create([one, SOL], POOL)
    maker.create([SOL, two], {
      ...POOL,
      tickSpacing: 128,
      positions: [{ lower: -12_800, upper: 12_800, liquidity: 4_000_000_000_000n }],
    })
    const venue = venueOf(maker)
    const wallet = chain.wallet([one, two])
    for (const size of SIZES) {
      for (const [from, to] of bothWays(one, two)) {
        const hop = async (input: Token, output: Token, units: bigint) =>
          (await venue.quote({ input, output, amount: { token: input, units }, exact: 'in', slippageBps: 0 }, NEVER))!
        const first = await hop(from, SOL, size)
        const second = await hop(SOL, to, first.output.units)
        const plan = await venue.planHops!([first, second], wallet.publicKey.toBase58(), NEVER)
        const executed = chain.execute(plan, wallet, from, to)
        expect(executed).toMatchObject({ amountIn: size, amountOut: second.output.units })
        book.count('two whirlpools', `${from.symbol}→SOL→${to.symbol}`, 'in', executed.computeUnits)
      }
    }
  })

  test('a size beyond the pool is no route, without a throw', async () => {
    const { chain, venueOf, plainPair } = chainWithOrca()
    const [one, two] = plainPair()
    const maker = new WhirlpoolMaker(chain, chain.wallet([one, two]))
    maker.create([one, two], POOL)
    const venue = venueOf(maker)
    for (const [input, output] of [
      [one, two],
      [two, one],
    ] as const) {
      const request = { input, output, slippageBps: 0 } as const
      for (const units of [10n ** 15n, 10n ** 18n, 2n ** 64n - 1n]) {
        expect(await venue.quote({ ...request, exact: 'in', amount: { token: input, units } }, NEVER)).toBeUndefined()
        expect(await venue.quote({ ...request, exact: 'out', amount: { token: output, units } }, NEVER)).toBeUndefined()
      }
    }
  })
})
