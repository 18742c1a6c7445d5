import {
  type Amount,
  ForgeError,
  formatAmount,
  type Pair,
  parseAmount,
  parseDuration,
  parsePrice,
  sameToken,
  type TokenDirectory,
} from '../../../core/index.ts'
import type { GridConfig } from './config.ts'
import type { PriceRange, Spacing } from './lines/spacing.ts'

/** What a configuration means on one cluster: parsed, and free of contradictions that show without a price. */
export interface GridPlan {
  readonly pair: Pair
  readonly budget: Amount
  readonly range: PriceRange | { readonly percent: number }
  readonly spacing: Spacing
  readonly count: { readonly levels: number } | { readonly stepBps: number } | 'most'
  readonly minimumSize: Amount | undefined
  readonly minimumSpreadBps: number | undefined
  readonly feeBps: number
  readonly quoteFrom: string | undefined
  readonly slippageBps: number
  readonly networkFee: Amount
  readonly maxOpenOrders: number
  readonly startWith: GridConfig['startWith']
  readonly outOfRange: GridConfig['outOfRange']
  readonly recentreAfter_ms: number
  readonly atEnd: GridConfig['atEnd']
  readonly onRestart: GridConfig['onRestart']
  readonly duration_ms: number | undefined
  readonly end_ms: number | undefined
}

/**
 * @throws PLUGIN_CONFIG_INVALID naming the field, for settings that contradict each other.
 * @throws TOKEN_UNKNOWN, AMOUNT_INVALID, PRICE_INVALID, DURATION_INVALID
 */
export function planOf(config: GridConfig, tokens: TokenDirectory): GridPlan {
  const [base, quote] = config.pair.split('/').map(symbol => tokens.find(symbol))
  const pair: Pair = { base: base!, quote: quote! }
  if (sameToken(pair.base, pair.quote)) throw wrong('pair', `${pair.base.symbol} can not be traded for itself`)
  const inQuote = (field: 'budget' | 'minimumSize', text: string): Amount => {
    const amount = parseAmount(text, tokens)
    if (!sameToken(amount.token, pair.quote)) {
      throw wrong(field, `it is in ${amount.token.symbol}, and the grid pays in ${pair.quote.symbol}`)
    }
    if (amount.units === 0n) throw wrong(field, 'it is zero')
    return amount
  }
  const budget = inQuote('budget', config.budget)
  const minimumSize = config.minimumSize === undefined ? undefined : inQuote('minimumSize', config.minimumSize)
  if (minimumSize && minimumSize.units > budget.units) {
    throw wrong('minimumSize', `${formatAmount(minimumSize)} is more than the budget of ${formatAmount(budget)}`)
  }
  return {
    pair,
    budget,
    range: rangeOf(config, pair),
    spacing: config.spacing,
    count: countOf(config),
    minimumSize,
    minimumSpreadBps: config.minimumSpreadBps,
    feeBps: config.feeBps,
    quoteFrom: config.quoteFrom,
    slippageBps: config.slippageBps,
    networkFee: networkFeeOf(parseAmount(config.networkFee, tokens), pair),
    maxOpenOrders: config.maxOpenOrders,
    startWith: config.startWith,
    outOfRange: config.outOfRange,
    recentreAfter_ms: parseDuration(config.recentreAfter),
    atEnd: config.atEnd,
    onRestart: config.onRestart,
    ...endOf(config),
  }
}

function rangeOf(config: GridConfig, pair: Pair): GridPlan['range'] {
  const { lower, upper, rangePercent } = config
  if (rangePercent !== undefined) {
    if (lower !== undefined || upper !== undefined) {
      throw wrong('rangePercent', 'lower or upper is given too', 'Give lower and upper, or rangePercent.')
    }
    return { percent: rangePercent }
  }
  if (lower === undefined || upper === undefined) {
    const field = lower === undefined ? 'lower' : 'upper'
    throw wrong(field, 'it is missing, and so is rangePercent', 'Give lower and upper, or rangePercent.')
  }
  const range: PriceRange = { lower: parsePrice(lower, pair), upper: parsePrice(upper, pair) }
  if (range.lower.scaled >= range.upper.scaled) throw wrong('lower', 'it is not below upper')
  return range
}

function countOf({ levels, stepBps }: GridConfig): GridPlan['count'] {
  if (levels !== undefined && stepBps !== undefined)
    throw wrong('stepBps', 'levels is given too', 'Give one of the two.')
  if (levels !== undefined) return { levels }
  return stepBps === undefined ? 'most' : { stepBps }
}

function networkFeeOf(fee: Amount, pair: Pair): Amount {
  if (sameToken(fee.token, pair.quote) || sameToken(fee.token, pair.base)) return fee
  const { symbol } = pair.quote
  throw wrong(
    'networkFee',
    `${fee.token.symbol} has no price in ${symbol} here`,
    `Give what a trade pays for the network in ${symbol}, as in "0.002 ${symbol}".`,
  )
}

function endOf({ duration, end }: GridConfig): Pick<GridPlan, 'duration_ms' | 'end_ms'> {
  if (duration !== undefined && end !== undefined) throw wrong('end', 'duration is given too', 'Give one of the two.')
  const end_ms = end === undefined ? undefined : Date.parse(end)
  if (Number.isNaN(end_ms)) throw wrong('end', `"${end}" is not a time`, 'Write it as in "2026-01-31T12:00:00Z".')
  return { duration_ms: duration === undefined ? undefined : parseDuration(duration), end_ms }
}

export function wrong(field: string, problem: string, remedy?: string): ForgeError {
  return new ForgeError('PLUGIN_CONFIG_INVALID', {
    message: `${field}: ${problem}`,
    ...(remedy !== undefined && { remedy }),
    context: { field },
  })
}
