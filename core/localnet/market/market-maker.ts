import { amountToReachPrice, quoteExactIn } from '../../routing/constant-product.ts'
import { derivedKey } from '../derived-key.ts'
import type { LedgerPort } from '../ledger-port.ts'
import { decodeTrades, type Trade } from './maker-trade.ts'
import { MakerTransactions } from './maker-transaction.ts'
import { type PoolReserves, readReserves, sidesOf } from './pool-reserves.ts'
import { type MarketPool, marketPools } from './pools.ts'
import { type NanoUsdc, pairRatio } from './prices.ts'

/** A pool nearer to its price than this stays as it is: 0.1 bp, as one part in so many. */
const TOLERANCE_PARTS = 100_000n

/** The wallet that moves the market's prices, by trading like anybody else. */
export const MARKET_MAKER_LABEL = 'market maker'

export class MarketMaker {
  readonly #ledger: LedgerPort
  readonly #transactions = new MakerTransactions(derivedKey(MARKET_MAKER_LABEL))

  constructor(ledger: LedgerPort) {
    this.#ledger = ledger
  }

  /**
   * Brings pools to the mid price that follows from SOL's, by one signed transaction with a swap for each.
   *
   * @returns how many pools it traded with; with none, nothing was sent.
   * @throws LOCALNET_TX_FAILED
   */
  move(pools: readonly MarketPool[], sol: NanoUsdc): number {
    const trades = readReserves(this.#ledger, pools).flatMap(reserves => tradeTo(reserves, sol) ?? [])
    if (trades.length > 0) this.#ledger.land(this.#transactions.make(trades, this.#ledger))
    return trades.length
  }

  /** Lands a transaction of a kept chain again, as it was made then. */
  replay(record: Uint8Array, time_ms: number): void {
    this.#ledger.land(this.#transactions.make(decodeTrades(record), this.#ledger), time_ms)
  }
}

/** Makes the wire bytes of a market maker's transaction again, from what the chain keeps of it. */
export function makerSigner(): (record: Uint8Array, blockhash: string) => Uint8Array {
  const transactions = new MakerTransactions(derivedKey(MARKET_MAKER_LABEL))
  return (record, blockhash) => transactions.sign(decodeTrades(record), blockhash)
}

/** The pools of SOL/USDC move at every point of the path, the others at a candle's close: a packet holds no more. */
export function poolsOfRank(rank: 'every-point' | 'close'): readonly MarketPool[] {
  const isMain = (pool: MarketPool): boolean => pool.base.symbol === 'SOL' && pool.quote.symbol === 'USDC'
  return marketPools().filter(pool => isMain(pool) === (rank === 'every-point'))
}

function tradeTo(reserves: PoolReserves, sol: NanoUsdc): Trade | undefined {
  const { pool, base, quote } = reserves
  const target = pairRatio(pool.base, pool.quote, sol)
  const [is, wanted] = [quote * target.base, base * target.quote]
  if ((is > wanted ? is - wanted : wanted - is) * TOLERANCE_PARTS < wanted) return undefined
  const move = amountToReachPrice({ base, quote, feeBps: pool.feeBps }, target)
  const trade = move && quoteExactIn(sidesOf(reserves, move.side), move.amountIn)
  return move && trade && { pool, side: move.side, amountIn: trade.amountIn, minimumOut: trade.amountOut }
}
