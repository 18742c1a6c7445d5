import {
  type Amount,
  amountOf,
  formatAmount,
  formatDuration,
  formatUnits,
  type NoticeEvent,
  type Pair,
  pairName,
} from '../../../core/index.ts'
import type { Position } from './books/book.ts'

/** What people are told, as notices without a time. */
type Notice = Pick<NoticeEvent, 'level' | 'title' | 'text'>

/** `+1.5 USDC`, `-0.2 USDC` */
function signed({ token, units }: Amount): string {
  return `${units > 0n ? '+' : ''}${formatUnits(units, token.decimals)} ${token.symbol}`
}

export function closedNotice(pair: Pair, position: Position, why: string): Notice {
  const { paid, earned, bought } = position
  const [cost, proceeds] = [amountOf(pair.quote, paid), amountOf(pair.quote, earned)]
  const percent = paid === 0n ? 0 : Number(((earned - paid) * 1_000_000n) / paid) / 10_000
  return {
    level: 'info',
    title: `${pairName(pair)}: position closed, ${why}`,
    text: `${formatAmount(amountOf(pair.base, bought))} bought for ${formatAmount(cost)}, sold for ${formatAmount(proceeds)}: ${signed(amountOf(pair.quote, earned - paid))} (${percent.toFixed(2)} %), fees apart`,
  }
}

export function unresolvedNotice(pair: Pair, key: string): Notice {
  return {
    level: 'critical',
    title: `${pairName(pair)}: an order's outcome is not known`,
    text: `Nothing more is bought or sold until a person has looked at the order ${key}: \`sniperforge orders list\`.`,
  }
}

export function saleFailedNotice(pair: Pair, tries: number, wait_ms: number): Notice {
  return {
    level: tries < SALES_WORRYING ? 'warning' : 'critical',
    title: `${pairName(pair)}: the position could not be sold`,
    text: `${tries === 1 ? 'The sale' : `Sale ${tries}`} came to nothing; the next is tried in ${formatDuration(wait_ms)}.`,
  }
}
const SALES_WORRYING = 5

export function heldNotice(
  pair: Pair,
  left: { readonly position?: Position | undefined; readonly open: number },
): Notice {
  const held = left.position ? [formatAmount(amountOf(pair.base, left.position.units))] : []
  const orders = left.open > 0 ? ['an order that was under way'] : []
  return {
    level: 'warning',
    title: `${pairName(pair)}: nothing is traded (onRestart: hold)`,
    text: `An earlier run left ${[...held, ...orders].join(' and ')}, which nothing guards now: start it with onRestart: resume and --adopt to go on, or with flatten to sell.`,
  }
}

export function usedUpNotice(pair: Pair): Notice {
  return {
    level: 'warning',
    title: `${pairName(pair)}: the budget is used up`,
    text: 'Nothing is left of it to buy with.',
  }
}

export function rangeMissingNotice(pair: Pair): Notice {
  return {
    level: 'critical',
    title: `${pairName(pair)}: stops in ranges do not hold`,
    text: 'What a range was when this position was opened is not known any more.',
  }
}

export function overNotice(
  pair: Pair,
  book: {
    readonly closed: number
    readonly won: number
    readonly profit: bigint
    readonly position?: Position | undefined
  },
): Notice {
  const kept = book.position ? `; ${formatAmount(amountOf(pair.base, book.position.units))} kept` : ''
  const positions = book.closed === 1 ? '1 position closed' : `${book.closed} positions closed`
  return {
    level: 'info',
    title: `${pairName(pair)}: over`,
    text: `${positions}, ${book.won} with a profit; ${signed(amountOf(pair.quote, book.profit))} in all, fees apart${kept}`,
  }
}
