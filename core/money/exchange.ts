import type { Amount } from './amount.ts'
import { tenTo } from './powers.ts'
import { PRICE_DECIMALS, type Price } from './price.ts'
import { mulDiv } from './rounding.ts'
import { sameToken, type Token } from './token.ts'

/** What an amount of one token of the price's pair is in the other, rounded down. */
function exchange(price: Price, amount: Amount, into: Token): Amount {
  const base = tenTo(price.pair.base.decimals)
  const quote = tenTo(price.pair.quote.decimals)
  const one = tenTo(PRICE_DECIMALS)
  const units = sameToken(amount.token, price.pair.base)
    ? mulDiv(amount.units * price.scaled, quote, one * base, 'down')
    : mulDiv(amount.units * one, base, price.scaled * quote, 'down')
  return { token: into, units }
}

/** Both sides of a trade of which one is given. */
export function bothSides(
  price: Price,
  trade: { readonly input: Token; readonly output: Token; readonly amount: Amount; readonly exact: 'in' | 'out' },
): { readonly input: Amount; readonly output: Amount } {
  const { amount, exact } = trade
  const other = exchange(price, amount, exact === 'in' ? trade.output : trade.input)
  return exact === 'in' ? { input: amount, output: other } : { input: other, output: amount }
}
