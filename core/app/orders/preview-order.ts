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
  /** Whether it ends then because nobody said when, on a market that never does. */
  readonly isEndless: boolean
  /** As its node will have them. */
  readonly terms: Readonly<Record<string, unknown>>
}

/** A terminal's usual width. */
const COLUMNS = 80

/** What the order will do, line by line, and the worst that can come of it. */
export function previewOrder(order: ProposedOrder, details: OrderDetails): readonly string[] {
  const { levels, price, sellable, type } = order
  const gives = givenNow(order)
  const { base, quote } = price.pair
  const sells = sameToken(base, sellable.token)
  const rows: readonly (readonly [string, string])[] = [
    ['price', formatPrice(price)],
    ...waitRows(order, details.terms, sells),
    ...levels.filter(level => level.name !== 'trail').map(level => [level.name, levelText(level)] as const),
    ['gives', `${sizeWords(order)}: ${formatAmount(gives)} as things are now`],
    ...(type === 'bracket' ? outcomes(order) : []),
    ['worst', worstText(order, details, sells)],
    ['until', untilText(type, details)],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    `${type}: ${sellable.token.symbol} into ${sells ? quote.symbol : base.symbol}`,
    ...rows.flatMap(([name, value]) => hanging(`  ${name.padEnd(width)}  `, value)),
  ]
}

/** The value beside its name, and below itself where it is too long for a line. */
function hanging(name: string, value: string): readonly string[] {
  const lines = ['']
  for (const word of value.split(' ')) {
    const line = lines.at(-1)
    if (line === '') lines[lines.length - 1] = word
    else if (name.length + `${line} ${word}`.length <= COLUMNS) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines.map((line, index) => `${index === 0 ? name : ' '.repeat(name.length)}${line}`)
}

/** What it waits for, when that is no price. */
function waitRows(
  { type, levels }: ProposedOrder,
  { offset, when, duration, interval }: OrderDetails['terms'],
  sells: boolean,
): readonly (readonly [string, string])[] {
  if (type === 'trailing-stop') {
    const trail = levels.find(({ name }) => name === 'trail')
    const from = trail?.beside.name === 'the market' ? 'now' : 'when it begins'
    const at = trail && ` on: at ${formatPrice(trail.price)} ${from}`
    return [['trail', `${offset} ${sells ? 'below the highest' : 'above the lowest'} price from now${at ?? ' on'}`]]
  }
  if (type === 'conditional') return [['when', String(when)]]
  return type === 'twap' ? [['slices', `one each ${interval}, over ${duration}`]] : []
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
  if (type === 'twap') return `no bound: each slice trades at the market then, within ${slippage} of its quote`
  if (type === 'limit' && level) return `never ${sells ? 'below' : 'above'} ${formatPrice(level.price)}`
  if (worstBps === undefined || !level)
    return `no bound${level ? ' (--worst-bps sets one)' : ''}: it trades at what the market is then, across a gap at the gap's price, within ${slippage} of its quote`
  const { scaled, pair } = level.price
  const off = (scaled * BigInt(worstBps)) / 10_000n
  // What a bracket guards is traded back.
  const isSale = type === 'bracket' ? !sells : sells
  const bound = formatPrice({ pair, scaled: isSale ? scaled - off : scaled + off })
  return `never ${isSale ? 'below' : 'above'} ${bound}; when the market is worse, it waits again`
}

function untilText(type: string, { expiresAt, isEndless }: OrderDetails): string {
  if (expiresAt === undefined) return 'it trades, or is cancelled'
  const at = `${new Date(expiresAt).toISOString().slice(0, 19).replace('T', ' ')}Z`
  const time = isEndless ? `${at}, for this market never ends (see --expires)` : at
  return type === 'bracket' ? `${time}; its stop and target as long again from when it has entered` : time
}
