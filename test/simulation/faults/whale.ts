import type { Localnet } from '../../../core/localnet/localnet.ts'
import { MarketMaker, poolsOfRank } from '../../../core/localnet/market/market-maker.ts'
import type { Clock } from '../../../core/time/clock.ts'
import type { Random } from '../../../core/time/random.ts'

const EVERY_MIN_MS = 5_000
const EVERY_SPREAD_MS = 25_000
/** The furthest that one of its trades moves the price. */
const MOVE_MAX_BPS = 45n
const BPS = 10_000n

/** The price of SOL at a moment, in 10^-9 USDC. */
export interface Level {
  readonly at_ms: number
  readonly nanoUsdc: bigint
}

/** Somebody who moves the market every few seconds, by real trades, until he has had enough. */
export class Whale {
  /** Every price there was, in order. */
  readonly path: Level[] = []
  readonly #maker: MarketMaker
  readonly #clock: Clock
  readonly #random: Random
  readonly #until_ms: number
  #price: bigint

  constructor(parts: { localnet: Localnet; clock: Clock; random: Random; until_ms: number }) {
    this.#maker = new MarketMaker(parts.localnet.ledger)
    this.#clock = parts.clock
    this.#random = parts.random
    this.#until_ms = parts.until_ms
    this.#price = parts.localnet.market.price().nanoUsdc
    // The market has a path of its own: whoever watches a level wants one mover.
    parts.localnet.market.stop()
    this.path.push({ at_ms: parts.clock.now(), nanoUsdc: this.#price })
    this.#wait()
  }

  #wait(): void {
    const next_ms = this.#clock.now() + EVERY_MIN_MS + this.#random.int(EVERY_SPREAD_MS)
    if (next_ms > this.#until_ms) return
    this.#clock.at(next_ms, () => this.#move(), 'world')
  }

  #move(): void {
    const bps = BigInt(this.#random.int(2 * Number(MOVE_MAX_BPS) + 1)) - MOVE_MAX_BPS
    this.#price += (this.#price * bps) / BPS
    this.#maker.move(poolsOfRank('every-point'), this.#price)
    this.path.push({ at_ms: this.#clock.now(), nanoUsdc: this.#price })
    this.#wait()
  }
}
