import type { Timer } from '../../time/clock.ts'
import type { Random } from '../../time/random.ts'
import type { LedgerPort } from '../ledger-port.ts'
import { writeMarketGenesis } from './genesis.ts'
import { createJupiterApi } from './jupiter/handler.ts'
import { MarketMaker, poolsOfRank } from './market-maker.ts'
import { readCandleSeries } from './path/candle-file.ts'
import { type PricePath, pricePath } from './path/price-path.ts'
import { seededWalk } from './path/seeded-walk.ts'
import type { NanoUsdc } from './prices.ts'

/** The market of the embedded chain: pools, the one who moves their price, and the API to trade with them. */
export interface Market {
  /** Writes program, mints, pools and the market maker into a new chain. */
  genesis(): void
  /**
   * Follows the path from the chain's time on. What passed while nobody ran is not traded after: the price jumps to
   * the point of now. Timers have rank `world`, so that a candle's close stands before anybody acts on it.
   *
   * `lastClient_ms` is the time of a kept chain's last transaction that was not the market's. World timers come first,
   * so a point of that time or before was traded before it; to trade it again would undo what the client did to the
   * price, which no uninterrupted chain does.
   */
  start(lastClient_ms?: number): void
  /** Lands a transaction of its own again that a kept chain's log holds; before `start`. */
  replay(record: Uint8Array, time_ms: number): void
  stop(): void
  /** The Jupiter-compatible API, under `/swap/v1` of any origin. */
  handle(request: Request): Promise<Response>
  /** Where the path is: SOL's price in 10^-9 USDC, and since when. */
  price(): { readonly nanoUsdc: NanoUsdc; readonly since_ms: number }
}

/** The path of a seeded walk. */
export function walkPath(random: Random): PricePath {
  return pricePath(seededWalk(random))
}

/** The path of a file or folder of candles. Read before the chain, which starts at `start_ms`. @throws CANDLES_INVALID */
export async function filePath(candles: string): Promise<PricePath> {
  return pricePath(await readCandleSeries(candles))
}

/**
 * @example
 * const path = walkPath(seededRandom('1'))
 * const market = createMarket({ ledger, path, onNotice: text => log.info(text) })
 * if (isNewChain) market.genesis()
 * market.start()
 */
export function createMarket(options: {
  readonly ledger: LedgerPort
  readonly path: PricePath
  /** Told once when the candles have ended and the price stays. */
  readonly onNotice: (text: string) => void
}): Market {
  const { ledger, path, onNotice } = options
  const api = createJupiterApi(ledger)
  const maker = new MarketMaker(ledger)
  let timer: Timer | undefined
  let isRunning = false

  const moveTo = (sol: NanoUsdc, isClose: boolean): void => {
    maker.move(poolsOfRank('every-point'), sol)
    if (isClose) maker.move(poolsOfRank('close'), sol)
  }

  const waitFor = (index: number): void => {
    const next = path.point(index)
    if (!next) {
      onNotice(`market: ${path.name} has ended, the price stays`)
      return
    }
    timer = ledger.clock.at(next.time_ms, () => follow(index), 'world')
  }

  /** A clock that ran on without us has passed later points too: only the last of them counts. */
  const follow = (index: number): void => {
    if (!isRunning) return
    const here = path.current(ledger.clock.now())
    moveTo(here.price, here.isClose || here.index > index)
    waitFor(here.index + 1)
  }

  return {
    genesis: () => writeMarketGenesis(ledger, path.point(0)!.price),
    start: (lastClient_ms = Number.NEGATIVE_INFINITY) => {
      if (isRunning) return
      isRunning = true
      const here = path.current(ledger.clock.now())
      if (here.time_ms > lastClient_ms) moveTo(here.price, true)
      waitFor(here.index + 1)
    },
    replay: (record, time_ms) => maker.replay(record, time_ms),
    stop: () => {
      isRunning = false
      timer?.cancel()
    },
    handle: api,
    price: () => {
      const here = path.current(ledger.clock.now())
      return { nanoUsdc: here.price, since_ms: here.time_ms }
    },
  }
}
