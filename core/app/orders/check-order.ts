import { type Earmark, earmarksText } from '../../chain/trader/budget-ledger.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import { type Amount, formatAmount } from '../../money/amount.ts'
import { formatPrice, type Price } from '../../money/price.ts'
import { inputFor, type Size, shareOf } from '../../plugin/waiting/size.ts'
import type { OrderLevel } from './order-levels.ts'

/** An order that somebody is about to make, and the world it comes into. */
export interface ProposedOrder {
  readonly type: string
  readonly levels: readonly OrderLevel[]
  readonly size: Size
  /** What is given, as far as the wallet can give it now. */
  readonly sellable: Amount
  /** The newest price of the pair that the trade is counted in. */
  readonly price: Price
}

/**
 * Refuses what nobody can have meant: a stop on the wrong side of the price, which would trade at once, and more than the
 * wallet has.
 *
 * @throws ORDER_WRONG_SIDE, ORDER_TOO_LARGE
 */
export function checkOrder(order: ProposedOrder): void {
  for (const level of order.levels) checkSide(order.type, level)
  const { sellable } = order
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

/**
 * Refuses what would spend the budget of a strategy of the same data directory, which counts on it when it goes on.
 *
 * @param held what could be given if it were nobody's
 * @param earmarks whose it is
 * @throws BUDGET_CLAIMED
 */
export function checkBudgets(order: ProposedOrder, held: bigint, earmarks: readonly Earmark[]): void {
  const { sellable } = order
  if (givenNow(order).units <= sellable.units && sellable.units > 0n) return
  const gives = givenNow({ ...order, sellable: { ...sellable, units: held } })
  throw new ForgeError('BUDGET_CLAIMED', {
    message: `the order gives ${formatAmount(gives)}, and ${formatAmount(sellable)} are free: the rest belongs to strategies with budgets (${earmarksText(sellable.token, earmarks)})`,
    remedy:
      'Give a smaller --size or fund the wallet; or start that strategy once with --new, or let it come to its end: then its budget is free.',
  })
}

function checkSide(type: string, { name, written, price, side, beside }: OrderLevel): void {
  if (side === undefined) return
  const from = beside.price.scaled
  if (side === 'below' ? price.scaled < from && price.scaled > 0n : price.scaled > from) return
  if (side === 'below' && price.scaled <= 0n) {
    throw new ForgeError('ORDER_WRONG_SIDE', {
      message: `with a ${name} of ${written} it would trade at ${formatPrice(price)}: no price is ever that low`,
      remedy: `Give less, so that it is above zero; ${beside.name} is at ${formatPrice(beside.price)}. --force makes the order all the same.`,
      context: { type, [name]: written },
    })
  }
  const where = price.scaled === from ? 'at' : price.scaled > from ? 'above' : 'below'
  throw new ForgeError('ORDER_WRONG_SIDE', {
    message: `a${/^[aeiou]/.test(type) ? 'n' : ''} ${type} with its ${name} at ${formatPrice(price)} is ${where} ${beside.name}, which is at ${formatPrice(beside.price)}: it would trade at once`,
    remedy: `Give a price ${side} ${beside.name}; --force makes the order all the same.`,
    context: { type, [name]: written },
  })
}

/** What the order would give if it traded at the price there is now. */
export function givenNow({ size, sellable, price }: ProposedOrder): Amount {
  if (size.kind === 'share') return { ...sellable, units: shareOf(sellable.units, size.bps) }
  return inputFor(size.amount, sellable.token, price)
}
