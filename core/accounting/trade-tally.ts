import { mulDiv } from '../money/rounding.ts'
import { assertSameToken, type Token } from '../money/token.ts'
import { type ClosedTrade, PositionBook } from './position-book.ts'
import type { LostFees, Trade } from './trade.ts'

/** What the trades of a run came to, in the quote token's base units. */
export interface TradeSummary {
  readonly quote: Token
  readonly trades: number
  /** Trades that closed a position or a part of one; `wins` and `losses` by their profit after fees, at average cost. */
  readonly closed: number
  readonly wins: number
  readonly losses: number
  readonly won_units: bigint
  /** Absolute. */
  readonly lost_units: bigint
  /** Bought and sold. */
  readonly volume_units: bigint
  readonly costs: CostSplit
  /** How long anything was held, milliseconds. */
  readonly held_ms: number
}

/** Where money went. Slippage and price impact are within the prices paid: they are told, and never subtracted. */
interface CostSplit {
  /** Of trades. */
  readonly base_units: bigint
  readonly priority_units: bigint
  readonly tip_units: bigint
  /** Of transactions that landed and failed: they traded nothing. */
  readonly failed_units: bigint
  /** The four above. */
  readonly network_units: bigint
  /** Deposits that come back when the accounts are closed: no cost. */
  readonly rent_units: bigint
  /** Fees that could not be valued, in lamports. */
  readonly unvalued_lamports: bigint
  /** Less received than quoted; negative when it was more. */
  readonly slippage_units: bigint
  /** As the venues quoted it. */
  readonly impact_units: bigint
}

/** Hundredths of a basis point in one. */
const BPS_HUNDREDTHS = 1_000_000n

/**
 * Takes trades as they come, of any nodes and pairs of one quote token, into positions and sums. Its memory grows with
 * the lots held, not with the trades.
 */
export class TradeTally {
  readonly book = new PositionBook()
  readonly #quote: Token
  readonly #count = { trades: 0, closed: 0, wins: 0, losses: 0 }
  readonly #sum = { won: 0n, lost: 0n, volume: 0n, slippage: 0n, impact: 0n }
  readonly #fees = { base: 0n, priority: 0n, tip: 0n, failed: 0n, rent: 0n, unvalued: 0n }
  #held_ms = 0
  #heldSince = 0

  constructor(quote: Token) {
    this.#quote = quote
  }

  /** @throws TOKEN_MISMATCH for a trade of another quote token */
  apply(trade: Trade): ClosedTrade | undefined {
    assertSameToken(this.#quote, trade.pair.quote)
    const before = this.book.open
    const closed = this.book.apply(trade)
    if (before === 0 && this.book.open > 0) this.#heldSince = trade.at
    if (before > 0 && this.book.open === 0) this.#held_ms += trade.at - this.#heldSince
    this.#count.trades++
    this.#addCosts(trade)
    if (closed) this.#addClosed(closed.average.net_units)
    return closed
  }

  /** Fees of a transaction that traded nothing. @throws TOKEN_MISMATCH for a pair of another quote token */
  pay(lost: LostFees): void {
    assertSameToken(this.#quote, lost.pair.quote)
    const { base_units, priority_units, tip_units, unvalued_lamports } = this.book.pay(lost)
    this.#fees.failed += base_units + priority_units + tip_units
    this.#fees.unvalued += unvalued_lamports
  }

  /** @param until_ms the end of the run: what is still held was held until then */
  summary(until_ms: number): TradeSummary {
    const { base, priority, tip, failed, rent, unvalued } = this.#fees
    return {
      quote: this.#quote,
      ...this.#count,
      won_units: this.#sum.won,
      lost_units: this.#sum.lost,
      volume_units: this.#sum.volume,
      costs: {
        base_units: base,
        priority_units: priority,
        tip_units: tip,
        failed_units: failed,
        network_units: base + priority + tip + failed,
        rent_units: rent,
        unvalued_lamports: unvalued,
        slippage_units: this.#sum.slippage,
        impact_units: this.#sum.impact,
      },
      held_ms: this.#held_ms + (this.book.open > 0 ? Math.max(0, until_ms - this.#heldSince) : 0),
    }
  }

  #addCosts(trade: Trade): void {
    const { fees } = trade
    this.#fees.base += fees.base_units
    this.#fees.priority += fees.priority_units
    this.#fees.tip += fees.tip_units
    this.#fees.rent += fees.rent_units
    this.#fees.unvalued += fees.unvalued_lamports
    this.#sum.volume += trade.quote_units
    this.#sum.slippage += trade.slippage_units
    const hundredths = BigInt(Math.round(Math.max(0, trade.priceImpactBps ?? 0) * 100))
    this.#sum.impact += mulDiv(trade.quote_units, hundredths, BPS_HUNDREDTHS, 'half-even')
  }

  #addClosed(net_units: bigint): void {
    this.#count.closed++
    if (net_units > 0n) {
      this.#count.wins++
      this.#sum.won += net_units
    } else if (net_units < 0n) {
      this.#count.losses++
      this.#sum.lost -= net_units
    }
  }
}
