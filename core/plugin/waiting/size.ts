import { ForgeError } from '../../errors/forge-error.ts'
import { type Amount, formatAmount, parseAmount } from '../../money/amount.ts'
import { PRICE_DECIMALS, type Price, valueAt } from '../../money/price.ts'
import { mulDiv } from '../../money/rounding.ts'
import { sameToken, type Token, type TokenDirectory } from '../../money/token.ts'

/** How much an order trades, before its price is known: a share of the holding, or an amount of either token. */
export type Size =
  | { readonly kind: 'share' /** Of 10,000. */; readonly bps: bigint }
  | { readonly kind: 'amount'; readonly amount: Amount }

const WHOLE_BPS = 10_000n
const SHARE = /^(\d{1,3}(?:\.\d{1,2})?)\s*%$/

/**
 * `50%`, `0.5 SOL`, `200 USDC`: of a trade from `input` into `output`.
 *
 * @throws SIZE_INVALID, AMOUNT_INVALID, TOKEN_UNKNOWN
 */
export function parseSize(text: string, tokens: TokenDirectory, input: Token, output: Token): Size {
  const share = SHARE.exec(text.trim())?.[1]
  if (share !== undefined) {
    const bps = BigInt(Math.round(Number(share) * 100))
    if (bps < 1n || bps > WHOLE_BPS) throw invalid(`${text} is no share of a holding`, 'Give more than 0%, up to 100%.')
    return { kind: 'share', bps }
  }
  const amount = parseAmount(text, tokens)
  if (amount.units === 0n) throw invalid(`${text} is nothing`, 'Give an amount above zero.')
  if (!sameToken(amount.token, input) && !sameToken(amount.token, output)) {
    const message = `${text} is neither of ${input.symbol} nor of ${output.symbol}, which are traded`
    throw invalid(message, 'Give the size in one of them, or as a share.')
  }
  return { kind: 'amount', amount }
}

/** `50% of the SOL`, `0.5 SOL` */
export function sizeText(size: Size, input: Token): string {
  if (size.kind === 'amount') return formatAmount(size.amount)
  const percent = Number(size.bps) / 100
  return percent === 100 ? `all ${input.symbol}` : `${percent}% of the ${input.symbol}`
}

/** What goes in for an amount of either token at a price of the two, rounded down. */
export function inputFor(amount: Amount, input: Token, price: Price): Amount {
  if (sameToken(amount.token, input)) return amount
  const { base, quote } = price.pair
  if (sameToken(amount.token, base)) return { ...valueAt(price, amount, 'down'), token: input }
  const one = 10n ** BigInt(PRICE_DECIMALS + base.decimals)
  const units = mulDiv(amount.units, one, price.scaled * 10n ** BigInt(quote.decimals), 'down')
  return { token: input, units }
}

/** A share of what can be sold; all of it to the unit when the share is the whole, so that nothing is left as dust. */
export function shareOf(sellable: bigint, bps: bigint): bigint {
  return bps === WHOLE_BPS ? sellable : mulDiv(sellable, bps, WHOLE_BPS, 'down')
}

function invalid(message: string, remedy: string): ForgeError {
  return new ForgeError('SIZE_INVALID', { message, remedy })
}
