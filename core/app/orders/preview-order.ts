import { formatAmount } from '../../money/amount.ts'
import { formatPrice } from '../../money/price.ts'
import { mulDiv } from '../../money/rounding.ts'
import { sameToken } from '../../money/token.ts'
import { givenNow, type ProposedOrder } from './check-order.ts'
import type { OrderLevel } from './order-levels.ts'

/** What else is known of an order before it is made. */
export interface OrderDetails {
  readonly worstBps: number | undefined
  readonly slippageBps: number | undefined
  readonly expiresAt: number | undefined
}

/** What the order will do, line by line, and the worst that can come of it. */
export function previewOrder(order: ProposedOrder, details: OrderDetails): readonly string[] {
  const { levels, price, sellable, type } = order
  const gives = givenNow(order)
  const { base, quote } = price.pair
  const sells = sameToken(base, sellable.token)
  const rows: readonly (readonly [string, string])[] = [
    ['price', formatPrice(price)],
    ...levels.map(level => [level.name, levelText(level)] as const),
    ['gives', `${sizeWords(order)}: ${formatAmount(gives)} as things are now`],
    ...(type === 'bracket' ? outcomes(order) : []),
    ['worst', worstText(order, details, sells)],
    ['until', untilText(type, details)],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    `${type}: ${sellable.token.symbol} into ${sells ? quote.symbol : base.symbol}`,
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
  ]
}

/** `140 USDC, 26.30% below the price` */
function levelText({ price, beside }: OrderLevel): string {
  const from = beside.name === 'the market' ? 'the price' : beside.name
  return `${formatPrice(price)}, ${distanceText(price.scaled, beside.price.scaled, from)}`
}

function distanceText(at: bigint, from: bigint, name: string): string {
  const percent = (Number(at - from) / Number(from)) * 100
  if (percent === 0) return `at ${name}`
  return `${Math.abs(percent).toFixed(2)}% ${percent < 0 ? 'below' : 'above'} ${name}`
}

/** What a bracket loses at its stop and wins at its target, of what it gives, costs apart. */
function outcomes(order: ProposedOrder): readonly (readonly [string, string])[] {
  const gives = givenNow(order)
  return order.levels.flatMap(({ name, price, beside }) => {
    if (name === 'entry') return []
    const away = price.scaled - beside.price.scaled
    const units = mulDiv(gives.units, away < 0n ? -away : away, beside.price.scaled, 'half-even')
    const what = name === 'stop' ? 'loses' : 'wins'
    return [[what, `about ${formatAmount({ ...gives, units })} when its ${name} trades, costs apart`] as const]
  })
}

function sizeWords({ size, sellable }: ProposedOrder): string {
  if (size.kind === 'amount') return formatAmount(size.amount)
  const percent = Number(size.bps) / 100
  return percent === 100 ? `all ${sellable.token.symbol}` : `${percent}% of the ${sellable.token.symbol}`
}

function worstText({ levels, type }: ProposedOrder, { worstBps, slippageBps }: OrderDetails, sells: boolean): string {
  const level = levels.find(({ name }) => name === 'trigger' || name === 'stop')
  const slippage = slippageBps === undefined ? "the execution's slippage" : `${slippageBps} bps`
  if (type === 'limit' && level) return `never ${sells ? 'below' : 'above'} ${formatPrice(level.price)}`
  if (worstBps === undefined || !level)
    return `no bound: a gap trades at the gap's price, within ${slippage} of its quote (--worst-bps sets a bound)`
  const { scaled, pair } = level.price
  const off = (scaled * BigInt(worstBps)) / 10_000n
  // What a bracket guards is traded back.
  const isSale = type === 'bracket' ? !sells : sells
  const bound = formatPrice({ pair, scaled: isSale ? scaled - off : scaled + off })
  return `never ${isSale ? 'below' : 'above'} ${bound}; when the market is worse, it waits again`
}

function untilText(type: string, { expiresAt }: OrderDetails): string {
  if (expiresAt === undefined) return 'it trades, or is cancelled'
  const time = new Date(expiresAt).toISOString()
  return type === 'bracket' ? `${time}; its stop and target as long again from when it has entered` : time
}
