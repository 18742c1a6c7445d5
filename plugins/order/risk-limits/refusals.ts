import { formatAmount, type IntentEvent, type Reason, sameToken } from '../../../core/index.ts'
import type { Limits } from './config.ts'
import type { RiskBook } from './risk-book.ts'

/** Which limit keeps an intent back, with the figure, and when it frees; undefined when none does. */
export function refusalOf(intent: IntentEvent, limits: Limits, book: RiskBook, now: number): Reason | undefined {
  const { currency, maxOrder, maxDailySpend, maxOpenOrders } = limits
  const amount = (units: bigint): string => formatAmount({ token: currency, units })
  const isPurchase = !sameToken(intent.output, currency)
  if (maxOpenOrders !== undefined && book.open.length >= maxOpenOrders) {
    return {
      code: 'RISK_OPEN_ORDERS',
      message: `${book.open.length} orders are open, of at most ${maxOpenOrders} (maxOpenOrders)`,
      remedy: 'It frees when one of them ends.',
    }
  }
  const { cooldownUntil } = book
  if (isPurchase && cooldownUntil !== undefined && now < cooldownUntil) {
    return {
      code: 'RISK_COOLDOWN',
      message: 'nothing is bought for a while after a sale at a loss (cooldown)',
      remedy: frees(cooldownUntil),
    }
  }
  const daily = isPurchase ? limits.dailyFor(intent.output) : undefined
  const value = book.valueOf(intent)
  if (value === undefined) {
    if (maxOrder === undefined && (!isPurchase || (maxDailySpend === undefined && daily === undefined)))
      return undefined
    return {
      code: 'RISK_VALUE_UNKNOWN',
      message: `no price of ${intent.amount.token.symbol} in ${currency.symbol} has been seen, so that its limits can not be held`,
      remedy: `It frees with the first price: connect a price source of ${intent.amount.token.symbol}/${currency.symbol} to this node.`,
    }
  }
  if (maxOrder !== undefined && value > maxOrder) {
    return {
      code: 'RISK_ORDER_LIMIT',
      message: `the order is worth ${amount(value)}, at most ${amount(maxOrder)} are allowed (maxOrder)`,
      remedy: 'It never frees: trade less at once, or raise the limit.',
    }
  }
  if (!isPurchase) return undefined
  const today = maxDailySpend === undefined ? 0n : book.spending(now) + value
  if (maxDailySpend !== undefined && today > maxDailySpend) {
    return {
      code: 'RISK_DAILY_LIMIT',
      message: `today's spending would be ${amount(today)}, at most ${amount(maxDailySpend)} are allowed (maxDailySpend)`,
      remedy: frees(book.nextDay(now)),
    }
  }
  if (daily === undefined) return undefined
  const ofToken = book.spending(now, intent.output.mint) + value
  if (ofToken <= daily) return undefined
  return {
    code: 'RISK_TOKEN_LIMIT',
    message: `today's spending on ${intent.output.symbol} would be ${amount(ofToken)}, at most ${amount(daily)} are allowed (maxDailyPerToken)`,
    remedy: frees(book.nextDay(now)),
  }
}

function frees(at: number): string {
  return `It frees at ${new Date(at).toISOString()}.`
}
