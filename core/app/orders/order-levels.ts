import { formatUnits } from '../../money/amount.ts'
import { PRICE_DECIMALS, type Price, parsePrice } from '../../money/price.ts'

/** On which side of the price a level of an order must be, for a sale; a purchase is the other way about. */
const SIDES: Readonly<Record<string, Readonly<Record<string, 'below' | 'above'>>>> = {
  'stop-loss': { trigger: 'below' },
  'take-profit': { trigger: 'above' },
  oco: { stop: 'below', target: 'above' },
  // Its stop and target are of the trade back.
  bracket: { stop: 'above', target: 'below' },
}

const PERCENT = /^(\d+(?:\.\d{1,6})?)\s*%$/
const BPS = /^(\d+(?:\.\d{1,4})?)\s*bps$/
const WHOLE = 100_000_000n

/** A price of an order, held against the one it stands beside. */
export interface OrderLevel {
  /** The flag it was given with. */
  readonly name: string
  readonly written: string
  readonly price: Price
  /** The market, or the price that the order enters at. */
  readonly beside: { readonly name: string; readonly price: Price }
  /** Where it must be of that; absent where any side may be meant. */
  readonly side?: 'below' | 'above'
}

/**
 * The prices of an order: a distance is counted from what a bracket pays, else from the market.
 *
 * @param levels as written, by the flag they were given with
 * @param sells whether the pair's base is given
 * @throws PRICE_INVALID
 */
export function resolveLevels(order: {
  readonly type: string
  readonly levels: Readonly<Record<string, string>>
  readonly price: Price
  readonly sells: boolean
}): readonly OrderLevel[] {
  const { type, levels, price, sells } = order
  const market = { name: 'the market', price }
  const paid = levels['entry'] === undefined ? market : paidAt(parsePrice(levels['entry'], price.pair), market, sells)
  return Object.entries(levels).map(([name, written]) => {
    const asked = SIDES[type]?.[name]
    const side = asked && (sells ? asked : asked === 'below' ? 'above' : 'below')
    const beside = type === 'bracket' && name !== 'entry' ? paid : market
    const at = levelPrice(written, beside.price, side ?? 'below')
    return { name, written, price: at, beside, ...(side && { side }) }
  })
}

/**
 * Where a trailing stop would trade if the price, or the one that it follows from, were its best: what it is checked by.
 *
 * @param offset `3%`, `50bps` or a difference of prices, as in `5`
 * @param activation the price from which it follows; absent, from the market on
 */
export function trailLevel(offset: string, price: Price, activation: string | undefined, sells: boolean): OrderLevel {
  const market = { name: 'the market', price }
  const from = activation === undefined ? market.price : parsePrice(activation, price.pair)
  const beside = activation === undefined ? market : { name: 'its activation', price: from }
  const bps = BPS.exec(offset.trim())?.[1]
  const isShare = bps !== undefined || PERCENT.test(offset.trim())
  const written = bps === undefined ? offset : `${Number(bps) / 100}%`
  const away = isShare ? undefined : parsePrice(offset, price.pair).scaled
  const scaled = sells ? from.scaled - (away ?? 0n) : from.scaled + (away ?? 0n)
  const at = isShare ? levelPrice(written, from, sells ? 'below' : 'above') : { pair: price.pair, scaled }
  return { name: 'trail', written: offset, price: at, beside, side: sells ? 'below' : 'above' }
}

/** A price as it is written in terms: without its token. */
export function priceText({ scaled }: Price): string {
  return formatUnits(scaled, PRICE_DECIMALS)
}

/** An entry at a price pays that, or what the market has when that is better. */
function paidAt(entry: Price, market: OrderLevel['beside'], sells: boolean): OrderLevel['beside'] {
  const isBetter = sells ? market.price.scaled > entry.scaled : market.price.scaled < entry.scaled
  return isBetter ? market : { name: 'its entry', price: entry }
}

function levelPrice(written: string, from: Price, side: 'below' | 'above'): Price {
  const percent = PERCENT.exec(written.trim())?.[1]
  if (percent === undefined) return parsePrice(written, from.pair)
  const away = (from.scaled * BigInt(Math.round(Number(percent) * 1e6))) / WHOLE
  return {
    pair: from.pair,
    scaled: rounded(side === 'below' ? from.scaled - away : from.scaled + away, from.pair.quote),
  }
}

/** To a unit of the quote token, as far as that leaves anything: nobody means more digits. */
function rounded(scaled: bigint, { decimals }: Price['pair']['quote']): bigint {
  const unit = 10n ** BigInt(Math.max(0, PRICE_DECIMALS - decimals))
  return scaled < unit * 1_000n ? scaled : scaled - (scaled % unit)
}
