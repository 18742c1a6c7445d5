import { ForgeError } from '../errors/forge-error.ts'
import type { FailedLanding, Fill, FillFees } from '../events/report.ts'
import { tenTo } from '../money/powers.ts'
import { PRICE_DECIMALS, type Price, valueAt } from '../money/price.ts'
import { mulDiv } from '../money/rounding.ts'
import { assertSameToken, type Pair, SOL_MINT, sameToken } from '../money/token.ts'
import { pairOf } from './quote-token.ts'

/**
 * A fill seen from its pair: bought or sold so much base for so much quote. All `_units` are base units of the quote
 * token, but for `base_units`. The venue's own fee is inside `quote_units` (it is what was paid or received), so it
 * stands nowhere else.
 */
export interface Trade {
  /** The strategy node that wanted it. */
  readonly node: string
  readonly orderId: string
  readonly key: string
  /** Chain time, milliseconds. */
  readonly at: number
  readonly pair: Pair
  readonly side: 'buy' | 'sell'
  /** Base units of the base token. */
  readonly base_units: bigint
  readonly quote_units: bigint
  readonly fees: TradeFees
  /** The same network fees as they were paid, rent apart. */
  readonly fees_lamports: bigint
  /** What was received less than quoted (negative: more). It is inside `quote_units`: never subtracted again. */
  readonly slippage_units: bigint
  /** As quoted, inside `quote_units` too; absent where the venue does not say. */
  readonly priceImpactBps?: number
  readonly venue: string
  readonly signature: string
  readonly slot: number
}

/** What the network took beside the swap, in the quote token's base units. */
export interface TradeFees {
  readonly base_units: bigint
  readonly priority_units: bigint
  readonly tip_units: bigint
  /** Deposits: they come back when the account is closed, so they are no cost. Negative when some came back. */
  readonly rent_units: bigint
  /** Fees (without rent) that nobody could value: SOL is no side of the pair, and no price of it was given. */
  readonly unvalued_lamports: bigint
}

/** All of a trade's network fees, in the quote token's base units; rent, which comes back, is not among them. */
export function feesOf({ fees }: Trade): bigint {
  return fees.base_units + fees.priority_units + fees.tip_units
}

/**
 * A fill as a trade. Its fees in SOL are valued at the fill's own price where SOL is a side of the pair, else at
 * `sol`, rounded up: a cost is never told smaller than it is.
 *
 * @throws TOKEN_MISMATCH when the pair given is not the fill's, or `sol` is no price of SOL in the pair's quote.
 *
 * @example
 * const trade = tradeOf({ fill: report.fill, node: report.node })
 * // { side: 'buy', base_units: 100_000_000n, quote_units: 15_025_000n, … }
 */
export function tradeOf(of: {
  readonly fill: Fill
  readonly node: string
  /** Which side is base and which quote; by `pairOf` where it is left out. */
  readonly pair?: Pair
  /** Quote per SOL, for pairs without SOL. */
  readonly sol?: Price
}): Trade {
  const { fill, node } = of
  const pair = of.pair ?? pairOf(fill.input.token, fill.output.token)
  const isBuy = sameToken(fill.input.token, pair.quote)
  assertSameToken(isBuy ? pair.base : pair.quote, fill.output.token)
  assertSameToken(isBuy ? pair.quote : pair.base, fill.input.token)
  const base_units = isBuy ? fill.output.units : fill.input.units
  const quote_units = isBuy ? fill.input.units : fill.output.units
  const missing = fill.quotedOutput.units - fill.output.units
  return {
    node,
    orderId: fill.orderId,
    key: fill.key,
    at: fill.at,
    pair,
    side: isBuy ? 'buy' : 'sell',
    base_units,
    quote_units,
    fees_lamports: networkFees(fill.fees),
    fees: valued(fill.fees, solRate(pair, base_units, quote_units, of.sol)),
    slippage_units: isBuy ? share(missing, quote_units, base_units) : missing,
    ...(fill.priceImpactBps === undefined ? {} : { priceImpactBps: fill.priceImpactBps }),
    venue: fill.venue,
    signature: fill.signature,
    slot: fill.slot,
  }
}

/** What a transaction cost that traded nothing, seen from the pair that it was to trade. */
export interface LostFees {
  /** The strategy node that wanted it. */
  readonly node: string
  /** Chain time, milliseconds. */
  readonly at: number
  readonly pair: Pair
  readonly fees: FillFees
  /** SOL in the pair's quote token then; absent: as at the last trade of the pair, where SOL is its base. */
  readonly sol?: Price
}

/** The fees of a transaction that landed and failed; they are valued when they are counted. */
export function lostFeesOf(landing: FailedLanding, of: { readonly node: string; readonly pair: Pair }): LostFees {
  const { at, fees } = landing
  return { ...of, at, fees }
}

/**
 * What they cost in the quote token's base units, rounded up.
 *
 * @param last what the last trade of the pair paid
 * @throws TOKEN_MISMATCH when the price given is not one of SOL in the pair's quote
 */
export function valuedLoss(
  { pair, fees, sol }: LostFees,
  last: { readonly base_units: bigint; readonly quote_units: bigint },
): TradeFees {
  const rate = sol ? solRate(pair, 0n, 0n, sol) : solRate(pair, last.base_units, last.quote_units, undefined)
  return valued(fees, rate)
}

/**
 * A trade told in another quote token, at what its own was worth when it was made: of pairs with several quote tokens
 * together. Its fees are rounded up once more.
 *
 * @param price of the trade's quote token
 * @throws TOKEN_MISMATCH
 */
export function inQuoteOf(trade: Trade, price: Price): Trade {
  const { base, quote } = trade.pair
  const worth = (units: bigint, rounding: 'half-even' | 'up'): bigint =>
    units < 0n
      ? -valueAt(price, { token: quote, units: -units }, rounding).units
      : valueAt(price, { token: quote, units }, rounding).units
  const { base_units, priority_units, tip_units, rent_units, unvalued_lamports } = trade.fees
  return {
    ...trade,
    pair: { base, quote: price.pair.quote },
    quote_units: worth(trade.quote_units, 'half-even'),
    slippage_units: worth(trade.slippage_units, 'half-even'),
    fees: {
      base_units: worth(base_units, 'up'),
      priority_units: worth(priority_units, 'up'),
      tip_units: worth(tip_units, 'up'),
      rent_units: worth(rent_units, 'half-even'),
      unvalued_lamports,
    },
  }
}

/** Quote units per lamport, as a fraction. */
interface Rate {
  readonly numerator: bigint
  readonly denominator: bigint
}

function solRate(pair: Pair, base_units: bigint, quote_units: bigint, sol: Price | undefined): Rate | undefined {
  if (pair.quote.mint === SOL_MINT) return { numerator: 1n, denominator: 1n }
  if (pair.base.mint === SOL_MINT && base_units > 0n) return { numerator: quote_units, denominator: base_units }
  if (sol === undefined) return undefined
  assertSameToken(sol.pair.quote, pair.quote)
  if (sol.pair.base.mint !== SOL_MINT)
    throw new ForgeError('TOKEN_MISMATCH', { message: `a price of ${sol.pair.base.symbol} does not value fees in SOL` })
  return {
    numerator: sol.scaled * tenTo(pair.quote.decimals),
    denominator: tenTo(PRICE_DECIMALS + sol.pair.base.decimals),
  }
}

function valued(fees: FillFees, rate: Rate | undefined): TradeFees {
  const { base_lamports, priority_lamports, tip_lamports, rent_lamports } = fees
  if (rate === undefined) {
    return { base_units: 0n, priority_units: 0n, tip_units: 0n, rent_units: 0n, unvalued_lamports: networkFees(fees) }
  }
  const cost = (lamports: bigint): bigint => mulDiv(lamports, rate.numerator, rate.denominator, 'up')
  return {
    base_units: cost(base_lamports),
    priority_units: cost(priority_lamports),
    tip_units: cost(tip_lamports),
    rent_units: share(rent_lamports, rate.numerator, rate.denominator),
    unvalued_lamports: 0n,
  }
}

function networkFees({ base_lamports, priority_lamports, tip_lamports }: FillFees): bigint {
  return base_lamports + priority_lamports + tip_lamports
}

/** value × part ÷ whole to the nearest, of either sign; nothing of nothing. */
function share(value: bigint, part: bigint, whole: bigint): bigint {
  if (whole === 0n) return 0n
  return value < 0n ? -mulDiv(-value, part, whole, 'half-even') : mulDiv(value, part, whole, 'half-even')
}
