import { readFileSync } from 'node:fs'
import { getMintDecoder, getTokenDecoder } from '@solana-program/token'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { BareLedger } from '../../../test/localnet/bare-ledger.ts'
import { seriesOf } from '../../../test/localnet/candle-series.ts'
import { MarketWorld } from '../../../test/localnet/market-world.ts'
import { seededRandom } from '../../time/random.ts'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import { associatedTokenAddress } from '../derived-address.ts'
import { derivedKey } from '../derived-key.ts'
import { swapExactInInstruction } from '../program/instructions.ts'
import { decodePoolState, vaultOwnerOf } from '../program/pool-state.ts'
import { SWAP_PROGRAM } from '../program/swap-program.ts'
import { signTransaction } from '../sign-transaction.ts'
import { TIP_ACCOUNT } from './jupiter/swap-instructions.ts'
import { MakerTransactions } from './maker-transaction.ts'
import { createMarket, walkPath } from './market.ts'
import { MARKET_MAKER_LABEL } from './market-maker.ts'
import { pricePath } from './path/price-path.ts'
import { hopAccounts, readReserves } from './pool-reserves.ts'
import { marketPools } from './pools.ts'
import { pairRatio } from './prices.ts'
import { LOCAL_TOKENS, localToken } from './tokens.ts'

/** How far a pool's mid is from what SOL's price makes it, in basis points. */
function distance_bps(world: MarketWorld, filter: (name: string) => boolean): number {
  const { nanoUsdc } = world.market.price()
  const distances = readReserves(world.ledger)
    .filter(({ pool }) => filter(pool.name))
    .map(({ pool, base, quote }) => {
      const target = pairRatio(pool.base, pool.quote, nanoUsdc)
      return Math.abs(Number(quote * target.base) / Number(base * target.quote) - 1) * 10_000
    })
  return Math.max(...distances)
}

const isMain = (name: string): boolean => name.startsWith('SOL/USDC')

describe('the genesis of the market', () => {
  const world = new MarketWorld()

  it('has tokens at the addresses of their labels', () => {
    for (const symbol of ['USDC', 'JSOL', 'BONK'] as const) {
      expect(LOCAL_TOKENS[symbol].mint).toBe(derivedKey(`mint ${symbol}`).address)
    }
    expect(TIP_ACCOUNT).toBe(derivedKey('tip account').address)
    expect(localToken('usdc')).toBe(LOCAL_TOKENS.USDC)
    expect(() => localToken('DOGE')).toThrow(/no token "DOGE"/)
  })

  it('has the tokens and the program that the cluster profile lists', () => {
    const profile = parse(readFileSync(new URL('../../../configs/clusters/localnet.yaml', import.meta.url), 'utf8'))
    expect(profile.tokens).toEqual(
      Object.values(LOCAL_TOKENS).map(({ symbol, mint, decimals }) => ({ symbol, mint, decimals })),
    )
    expect(profile.programs).toMatchObject({ swap: SWAP_PROGRAM })
  })

  it('counts in every mint exactly what its accounts hold', () => {
    for (const token of Object.values(LOCAL_TOKENS)) {
      const mint = getMintDecoder().decode(world.ledger.account(token.mint)!.data)
      expect(mint.decimals).toBe(token.decimals)
      if (token.symbol === 'SOL') continue
      const vaults = marketPools().flatMap(pool => [
        ...(pool.base === token ? [pool.vaultBase] : []),
        ...(pool.quote === token ? [pool.vaultQuote] : []),
      ])
      const holders = [
        ...vaults,
        ...[derivedKey(MARKET_MAKER_LABEL).address, world.trader.address].map(owner =>
          world.account(token.symbol, owner),
        ),
      ]
      expect(mint.supply).toBe(holders.reduce((sum, each) => sum + world.ledger.tokenUnits(each), 0n))
    }
  })

  it('backs every wrapped SOL with a lamport', () => {
    for (const pool of marketPools()) {
      if (pool.quote !== LOCAL_TOKENS.SOL) continue
      const account = world.ledger.account(pool.vaultQuote)!
      expect(account.lamports).toBe(getTokenDecoder().decode(account.data).amount + 2_039_280n)
    }
  })

  it('has pools that the program would have made, at the price of the first candle', () => {
    for (const pool of marketPools()) {
      const state = decodePoolState(world.ledger.account(pool.address)!.data)!
      expect(state).toEqual({
        feeBps: pool.feeBps,
        bump: vaultOwnerOf(pool.address, SWAP_PROGRAM).bump,
        mintA: pool.base.mint,
        mintB: pool.quote.mint,
        vaultA: pool.vaultBase,
        vaultB: pool.vaultQuote,
      })
    }
    expect(distance_bps(world, () => true)).toBeLessThan(0.001)
  })
})

describe('the market maker', () => {
  it('has every SOL/USDC pool within a basis point at every point of half a day, and all pools at every close', async () => {
    const world = new MarketWorld()
    world.market.start()
    const path = walkPath(seededRandom('test'))
    const prices = new Set<bigint>()
    for (let index = 1; index <= 576; index++) {
      const point = path.point(index)!
      await world.clock.advanceTo(point.time_ms)
      expect(world.market.price()).toEqual({ nanoUsdc: point.price, since_ms: point.time_ms })
      expect(distance_bps(world, isMain)).toBeLessThan(1)
      if (point.isClose) expect(distance_bps(world, () => true)).toBeLessThan(1)
      prices.add(point.price)
    }
    expect(prices.size).toBeGreaterThan(100)
    expect(world.ledger.submitted).toBeGreaterThan(400)
  })

  it('undoes what others did to the price at the next point', async () => {
    const world = new MarketWorld()
    world.market.start()
    const quoteResponse = await world.api.quoteGet({
      inputMint: LOCAL_TOKENS.USDC.mint,
      outputMint: LOCAL_TOKENS.SOL.mint,
      amount: 900_000_000_000,
    })
    const { swapTransaction } = await world.api.swapPost({
      swapRequest: { userPublicKey: world.trader.address, quoteResponse },
    })
    world.execute(swapTransaction)
    expect(distance_bps(world, isMain)).toBeGreaterThan(100)
    await world.clock.advanceTo(world.clock.now() + 100_000)
    expect(distance_bps(world, isMain)).toBeLessThan(1)
  })

  it('goes on from the chain time after a restart, jumping over what it missed', async () => {
    const path = walkPath(seededRandom('test'))
    const world = new MarketWorld(path)
    world.market.start()
    await world.clock.advanceTo(path.start_ms + 1_000_000)
    world.market.stop()
    await world.clock.advanceTo(path.start_ms + 10 * 3_600_000)
    const before = world.ledger.submitted
    const again = createMarket({
      ledger: world.ledger,
      path: walkPath(seededRandom('test')),
      onNotice: () => {},
    })
    again.start()
    expect(world.ledger.submitted - before).toBeLessThanOrEqual(2)
    expect(distance_bps(world, () => true)).toBeLessThan(1)
    await world.clock.advanceTo(path.start_ms + 10 * 3_600_000 + 100_000)
    expect(again.price().since_ms).toBe(path.start_ms + 10 * 3_600_000 + 100_000)
    expect(distance_bps(world, isMain)).toBeLessThan(1)
    again.stop()
    expect(world.clock.nextTimer_ms()).toBeUndefined()
  })

  it('goes on from a kept chain as if it had never stopped, others’ trades included', async () => {
    const run = async (isInterrupted: boolean): Promise<unknown> => {
      const path = walkPath(seededRandom('test'))
      const world = new MarketWorld(path)
      world.market.start()
      await world.clock.advanceTo(path.start_ms + 1_000_000)
      const quoteResponse = await world.api.quoteGet({
        inputMint: LOCAL_TOKENS.USDC.mint,
        outputMint: LOCAL_TOKENS.SOL.mint,
        amount: 900_000_000_000,
      })
      const swapRequest = { userPublicKey: world.trader.address, quoteResponse }
      world.execute((await world.api.swapPost({ swapRequest })).swapTransaction)
      if (isInterrupted) {
        world.market.stop()
        const again = createMarket({ ledger: world.ledger, path, onNotice: () => {} })
        again.start(world.clock.now())
      }
      await world.clock.advanceTo(path.start_ms + 2_000_000)
      return readReserves(world.ledger).map(({ base, quote }) => [base, quote])
    }
    expect(await run(true)).toEqual(await run(false))
  })

  it('keeps the price when the candles have ended, and says so once', async () => {
    const candles = [
      [100, 110, 99, 105],
      [105, 107, 90, 91],
    ] as const
    const world = new MarketWorld(pricePath(seriesOf('two.csv', 0, 300_000, candles)))
    world.market.start()
    await world.clock.advanceTo(599_999)
    expect(world.notices).toEqual([])
    await world.clock.advanceTo(10_000_000)
    expect(world.notices).toEqual(['market: two.csv has ended, the price stays'])
    expect(world.market.price().nanoUsdc).toBe(91_000_000_000n)
    expect(distance_bps(world, () => true)).toBeLessThan(1)
  })

  it('trades the same twice, to the byte of every pool', async () => {
    const run = async (): Promise<unknown> => {
      const world = new MarketWorld()
      world.market.start()
      await world.clock.advanceTo(world.clock.now() + 3_600_000)
      return readReserves(world.ledger).map(({ base, quote }) => [base, quote])
    }
    expect(await run()).toEqual(await run())
  })

  it('follows a price that grows or falls a thousandfold', () => {
    for (const factor of [1_000, 1 / 1_000]) {
      const candles = [100, 100 * factor].map(price => [price, price, price, price] as const)
      const path = pricePath(seriesOf('jump.csv', 0, 300_000, candles))
      const clock = createVirtualClock({ start_ms: 599_999 })
      const ledger = new BareLedger(clock)
      createMarket({ ledger, path, onNotice: () => {} }).genesis()
      const market = createMarket({ ledger, path, onNotice: () => {} })
      market.start()
      for (const { pool, base, quote } of readReserves(ledger)) {
        const target = pairRatio(pool.base, pool.quote, market.price().nanoUsdc)
        expect(Math.abs(Number(quote * target.base) / Number(base * target.quote) - 1)).toBeLessThan(0.000_1)
      }
    }
  })
})

describe('transactions of the market maker', () => {
  it('are the bytes that compiling them anew gives', () => {
    const key = derivedKey(MARKET_MAKER_LABEL)
    const transactions = new MakerTransactions(key)
    const pools = marketPools().slice(0, 3)
    for (const [round, blockhash] of [
      '4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi',
      '8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR',
    ].entries()) {
      const trades = pools.map((pool, index) => ({
        pool,
        side: index === 1 ? ('base' as const) : ('quote' as const),
        amountIn: BigInt(round * 1_000 + index + 1),
        minimumOut: 2n ** 64n - BigInt(index + 1),
      }))
      const anew = signTransaction(
        trades.map(({ pool, side, amountIn, minimumOut }) => {
          const [input, output] = side === 'base' ? [pool.base, pool.quote] : [pool.quote, pool.base]
          return swapExactInInstruction(
            {
              user: key.address,
              source: associatedTokenAddress(key.address, input.mint),
              destination: associatedTokenAddress(key.address, output.mint),
              hops: [hopAccounts(pool, side)],
            },
            { amountIn, minimumOut },
          )
        }),
        [key],
        { blockhash, lastValidBlockHeight: 0n },
      )
      expect(Buffer.from(transactions.sign(trades, blockhash)).equals(anew)).toBe(true)
    }
  })
})
