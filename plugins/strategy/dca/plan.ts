import {
  type Amount,
  ForgeError,
  formatAmount,
  type IntentEvent,
  type Pair,
  parseAmount,
  parseDuration,
  parsePrice,
  sameToken,
  type Token,
  type TokenDirectory,
} from '../../../core/index.ts'
import type { CalendarRule } from './calendar.ts'
import type { DcaConfig, DipConfig, ValueConfig } from './config.ts'
import { type NextByCron, readCron } from './cron.ts'

/** What becomes of slots that passed; `next`: the next slot makes up for them by itself. */
export type CatchUp = DcaConfig['catchUp'] | 'next'

/** When slots are, and within which limits. */
type CalendarConfig = Omit<DcaConfig, 'token' | 'amount' | 'catchUp'>

/** What a configuration means on one cluster: parsed, and free of contradictions. */
export interface Plan {
  readonly token: Token
  /** Spent at each slot. */
  readonly amount: Amount
  /** Spent in all, at most. */
  readonly budget: Amount | undefined
  readonly rule: CalendarRule
  /** Number of slots of the calendar. */
  readonly slots: number | undefined
  readonly start_ms: number | undefined
  /** No slot comes after it. */
  readonly end_ms: number | undefined
  readonly catchUp: CatchUp
  readonly grace_ms: number
  readonly bounds: IntentEvent['bounds']
  readonly slippageBps: number | undefined
}

const INTERVAL_MIN_MS = 1_000

/**
 * @throws PLUGIN_CONFIG_INVALID naming the field, for settings that contradict each other or can never buy.
 * @throws TOKEN_UNKNOWN, AMOUNT_INVALID, PRICE_INVALID, DURATION_INVALID
 */
export function planOf(config: DcaConfig, tokens: TokenDirectory): Plan {
  const token = tokens.find(config.token)
  const amount = amountFrom(config.amount, tokens)
  if (sameToken(token, amount.token)) throw wrong('token', `${token.symbol} can not be bought with itself`)
  if (config.catchUp === 'spread' && config.slots === undefined && config.end === undefined) {
    throw wrong(
      'catchUp',
      'spread needs to know how many slots remain',
      'Give slots or end; or use skip: with a budget alone, what was missed is bought later anyway.',
    )
  }
  return planFor(token, amount, config.catchUp, config, tokens)
}

/** The same for what goes by the prices of a pair. */
export function pairPlanOf(config: ValueConfig | DipConfig, catchUp: CatchUp, tokens: TokenDirectory): Plan {
  const [token, quote] = config.pair.split('/').map(symbol => tokens.find(symbol))
  const amount = amountFrom(config.amount, tokens)
  if (sameToken(token!, quote!)) throw wrong('pair', `${token!.symbol} can not be bought with itself`)
  if (!sameToken(amount.token, quote!)) {
    throw wrong('amount', `it is in ${amount.token.symbol}, and ${config.pair} is paid for in ${quote!.symbol}`)
  }
  return planFor(token!, amount, catchUp, config, tokens)
}

function amountFrom(text: string, tokens: TokenDirectory): Amount {
  const amount = parseAmount(text, tokens)
  if (amount.units === 0n) throw wrong('amount', 'it is zero')
  return amount
}

function planFor(token: Token, amount: Amount, catchUp: CatchUp, config: CalendarConfig, tokens: TokenDirectory): Plan {
  const budget = config.budget === undefined ? undefined : parseAmount(config.budget, tokens)
  if (budget && !sameToken(budget.token, amount.token)) {
    throw wrong('budget', `it is in ${budget.token.symbol}, and amount in ${amount.token.symbol}`)
  }
  if (budget && budget.units < amount.units) {
    throw wrong('budget', `${formatAmount(budget)} is less than one slot's ${formatAmount(amount)}`)
  }
  const start_ms = timeOf('start', config.start)
  const end_ms = timeOf('end', config.end)
  if (start_ms !== undefined && end_ms !== undefined && end_ms < start_ms) throw wrong('end', 'it is before start')
  return {
    token,
    amount,
    budget,
    rule: ruleOf(config),
    slots: config.slots,
    start_ms,
    end_ms,
    catchUp,
    grace_ms: parseDuration(config.grace),
    bounds: boundsOf(config, { base: token, quote: amount.token }),
    slippageBps: config.slippageBps,
  }
}

function ruleOf(config: CalendarConfig): CalendarRule {
  if (config.interval !== undefined && config.cron !== undefined) {
    throw wrong('cron', 'interval is given too', 'Give one of the two.')
  }
  if (config.cron !== undefined) return { cron: cronOf(config.cron) }
  if (config.interval === undefined) throw wrong('interval', 'neither it nor cron is given', 'Give one of the two.')
  const interval_ms = parseDuration(config.interval)
  if (interval_ms < INTERVAL_MIN_MS) throw wrong('interval', `"${config.interval}" is below one second`)
  return { interval_ms }
}

function cronOf(pattern: string): NextByCron {
  let cron: NextByCron
  try {
    cron = readCron(pattern)
  } catch (cause) {
    throw new ForgeError('PLUGIN_CONFIG_INVALID', {
      message: `cron: "${pattern}" is not a cron pattern of five fields`,
      remedy: 'Minute, hour, day, month, weekday, in UTC, as in "0 9 * * 1" for Mondays at nine.',
      context: { field: 'cron' },
      cause,
    })
  }
  // Any leap year will do: a pattern that gives nothing from there gives nothing ever.
  if (cron(0) === undefined) throw wrong('cron', `"${pattern}" never comes`)
  return cron
}

function boundsOf(config: CalendarConfig, pair: Pair): IntentEvent['bounds'] {
  const min = config.minPrice === undefined ? undefined : parsePrice(config.minPrice, pair)
  const max = config.maxPrice === undefined ? undefined : parsePrice(config.maxPrice, pair)
  if (min && max && min.scaled > max.scaled) throw wrong('minPrice', 'it is above maxPrice')
  if (!min && !max) return undefined
  return { ...(min && { min }), ...(max && { max }) }
}

function timeOf(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const time_ms = Date.parse(text)
  if (Number.isNaN(time_ms)) throw wrong(field, `"${text}" is not a time`, 'Write it as in "2026-01-31T12:00:00Z".')
  return time_ms
}

export function wrong(field: string, problem: string, remedy?: string): ForgeError {
  return new ForgeError('PLUGIN_CONFIG_INVALID', {
    message: `${field}: ${problem}`,
    ...(remedy !== undefined && { remedy }),
    context: { field },
  })
}
