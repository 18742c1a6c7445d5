import { ForgeError } from '../../errors/forge-error.ts'
import { type Amount, formatAmount } from '../../money/amount.ts'
import { formatPrice, type Price, parsePrice } from '../../money/price.ts'
import { sameToken } from '../../money/token.ts'
import { inputFor, type Size, shareOf } from '../../plugin/waiting/size.ts'

/** An order that somebody is about to make, and the world it comes into. */
export interface ProposedOrder {
  readonly type: string
  /** Prices by the flag they were given with, as written: `trigger`, `stop`, `target`, `activate`. */
  readonly levels: Readonly<Record<string, string>>
  readonly size: Size
  /** What is given, as far as the wallet can give it now. */
  readonly sellable: Amount
  /** The newest price of the pair that the trade is counted in. */
  readonly price: Price
}

/** On which side of the price a level of an order must be, for a sale; a purchase is the other way about. */
const SIDES: Readonly<Record<string, Readonly<Record<string, 'below' | 'above'>>>> = {
  'stop-loss': { trigger: 'below' },
  'take-profit': { trigger: 'above' },
  oco: { stop: 'below', target: 'above' },
}

/**
 * Refuses what nobody can have meant: a stop on the wrong side of the price, which would trade at once, and more than the
 * wallet has.
 *
 * @throws ORDER_WRONG_SIDE, ORDER_TOO_LARGE, PRICE_INVALID
 */
export function checkOrder(order: ProposedOrder): void {
  const { type, levels, price, sellable } = order
  const sells = sameToken(price.pair.base, sellable.token)
  for (const [name, text] of Object.entries(levels)) {
    const level = parsePrice(text, price.pair)
    const side = SIDES[type]?.[name]
    if (side === undefined) continue
    const wanted = sells ? side : side === 'below' ? 'above' : 'below'
    const isRight = wanted === 'below' ? level.scaled < price.scaled : level.scaled > price.scaled
    if (isRight) continue
    const where = level.scaled === price.scaled ? 'at' : level.scaled > price.scaled ? 'above' : 'below'
    throw new ForgeError('ORDER_WRONG_SIDE', {
      message: `a ${type} with its ${name} at ${formatPrice(level)} is ${where} the market, which is at ${formatPrice(price)}: it would trade at once`,
      remedy: `Give a price ${wanted} the market; --force makes the order all the same.`,
      context: { type, [name]: text },
    })
  }
  const gives = givenNow(order)
  if (gives.units > sellable.units || sellable.units === 0n) {
    throw new ForgeError('ORDER_TOO_LARGE', {
      message:
        sellable.units === 0n
          ? `the wallet has no ${sellable.token.symbol} to give`
          : `the order gives ${formatAmount(gives)}, and the wallet can give ${formatAmount(sellable)}`,
      remedy: 'Give a smaller --size, or fund the wallet; --force makes the order all the same.',
    })
  }
}

/** What the order would give if it traded at the price there is now. */
function givenNow({ size, sellable, price }: ProposedOrder): Amount {
  if (size.kind === 'share') return { ...sellable, units: shareOf(sellable.units, size.bps) }
  return inputFor(size.amount, sellable.token, price)
}

/** What the order will do, line by line, and the worst that can come of it. */
export function previewOrder(
  order: ProposedOrder,
  details: {
    readonly worstBps: number | undefined
    readonly slippageBps: number | undefined
    readonly expiresAt: number | undefined
  },
): readonly string[] {
  const { levels, price, sellable, type } = order
  const gives = givenNow(order)
  const { base, quote } = price.pair
  const sells = sameToken(base, sellable.token)
  const rows: [string, string][] = [
    ['price', formatPrice(price)],
    ...Object.entries(levels).map(([name, text]): [string, string] => {
      const level = parsePrice(text, price.pair)
      return [name, `${formatPrice(level)}, ${distanceText(level, price)}`]
    }),
    ['gives', `${sizeWords(order)}: ${formatAmount(gives)} as things are now`],
    ['worst', worstText(order, details, sells)],
    [
      'until',
      details.expiresAt === undefined ? 'it trades, or is cancelled' : new Date(details.expiresAt).toISOString(),
    ],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    `${type}: ${sellable.token.symbol} into ${sells ? quote.symbol : base.symbol}`,
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
  ]
}

/** `26.3% below the price` */
function distanceText(level: Price, price: Price): string {
  const percent = (Number(level.scaled - price.scaled) / Number(price.scaled)) * 100
  if (percent === 0) return 'at the price'
  return `${Math.abs(percent).toFixed(2)}% ${percent < 0 ? 'below' : 'above'} the price`
}

function sizeWords({ size, sellable }: ProposedOrder): string {
  if (size.kind === 'amount') return formatAmount(size.amount)
  const percent = Number(size.bps) / 100
  return percent === 100 ? `all ${sellable.token.symbol}` : `${percent}% of the ${sellable.token.symbol}`
}

function worstText(
  { levels, price, type }: ProposedOrder,
  { worstBps, slippageBps }: { readonly worstBps: number | undefined; readonly slippageBps: number | undefined },
  sells: boolean,
): string {
  const level = levels['trigger']
  const slippage = slippageBps === undefined ? "the execution's slippage" : `${slippageBps} bps`
  if (type === 'limit' && level !== undefined)
    return `never ${sells ? 'below' : 'above'} ${formatPrice(parsePrice(level, price.pair))}`
  if (worstBps === undefined || level === undefined)
    return `no bound: a gap trades at the gap's price, within ${slippage} of its quote (--worst-bps sets a bound)`
  const { scaled, pair } = parsePrice(level, price.pair)
  const off = (scaled * BigInt(worstBps)) / 10_000n
  const bound = formatPrice({ pair, scaled: sells ? scaled - off : scaled + off })
  return `never ${sells ? 'below' : 'above'} ${bound}; when the market is worse, it waits again`
}
