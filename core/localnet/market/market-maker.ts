import { amountToReachPrice, quoteExactIn } from '../../routing/constant-product.ts'
import { associatedTokenAddress } from '../derived-address.ts'
import type { LedgerPort } from '../ledger-port.ts'
import { type SwapInstruction, swapExactInInstruction } from '../program/instructions.ts'
import { signTransaction } from '../sign-transaction.ts'
import { marketMakerKey } from './market-maker-key.ts'
import { hopAccounts, type PoolReserves, readReserves, sidesOf } from './pool-reserves.ts'
import { type MarketPool, marketPools } from './pools.ts'
import { type NanoUsdc, pairRatio } from './prices.ts'

/** A pool nearer to its price than this stays as it is: 0.1 bp, as one part in so many. */
const TOLERANCE_PARTS = 100_000n

/**
 * Brings pools to the mid price that follows from SOL's, by one signed transaction of one swap each.
 *
 * @returns how many pools it traded with; with none, nothing was sent.
 * @throws LOCALNET_TX_FAILED
 */
export function movePools(ledger: LedgerPort, pools: readonly MarketPool[], sol: NanoUsdc): number {
  const swaps = readReserves(ledger, pools).flatMap(reserves => swapTo(reserves, sol) ?? [])
  if (swaps.length === 0) return 0
  const wire = signTransaction(swaps, [marketMakerKey()], {
    blockhash: ledger.latestBlockhash(),
    lastValidBlockHeight: BigInt(ledger.blockHeight() + 150),
  })
  ledger.submit(wire)
  return swaps.length
}

/** The pools of SOL/USDC move at every point of the path, the others at a candle's close: two packets' worth. */
export function poolsOfRank(rank: 'every-point' | 'close'): readonly MarketPool[] {
  const isMain = (pool: MarketPool): boolean => pool.base.symbol === 'SOL' && pool.quote.symbol === 'USDC'
  return marketPools().filter(pool => isMain(pool) === (rank === 'every-point'))
}

function swapTo(reserves: PoolReserves, sol: NanoUsdc): SwapInstruction | undefined {
  const { pool, base, quote } = reserves
  const target = pairRatio(pool.base, pool.quote, sol)
  const [is, wanted] = [quote * target.base, base * target.quote]
  if ((is > wanted ? is - wanted : wanted - is) * TOLERANCE_PARTS < wanted) return undefined
  const move = amountToReachPrice({ base, quote, feeBps: pool.feeBps }, target)
  const trade = move && quoteExactIn(sidesOf(reserves, move.side), move.amountIn)
  if (!move || !trade) return undefined
  const maker = marketMakerKey().address
  const [input, output] = move.side === 'base' ? [pool.base, pool.quote] : [pool.quote, pool.base]
  return swapExactInInstruction(
    {
      user: maker,
      source: associatedTokenAddress(maker, input.mint),
      destination: associatedTokenAddress(maker, output.mint),
      hops: [hopAccounts(pool, move.side)],
    },
    { amountIn: trade.amountIn, minimumOut: trade.amountOut },
  )
}
