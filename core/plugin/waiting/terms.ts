import { ForgeError } from '../../errors/forge-error.ts'
import type { IntentEvent } from '../../events/event.ts'
import { parsePrice } from '../../money/price.ts'
import { type Pair, sameToken, type TokenDirectory } from '../../money/token.ts'
import { tradedPair } from '../../money/traded-pair.ts'
import type { Condition } from '../../orders/conditions/condition.ts'
import { checkArmedOrder } from '../../orders/triggers/check-trigger.ts'
import { type Confirmation, TRIGGER_SOURCES, type Trigger, type TriggerSource } from '../../orders/triggers/trigger.ts'
import { parseDuration } from '../../time/duration.ts'
import { parseSize, type Size } from './size.ts'

/** Settings and an intent's own terms, put together; any field may be anything. */
export type RawTerms = Readonly<Record<string, unknown>>

/** What an order waits for: a price, a condition, or nothing at all. */
export interface Wait {
  readonly trigger: Trigger | { readonly kind: 'condition'; readonly condition: Condition } | 'now'
  /** Scaled price that is the bound of the trade, whatever fired it: a limit. */
  readonly limit?: bigint
  /** It guards what is held: where the wallet has less than its size, that is traded. */
  readonly upTo?: true
}

/** What a kind of order knows when it says what its orders wait for. */
export interface WaitContext {
  readonly terms: RawTerms
  readonly pair: Pair
  /** Whether the pair's base is what goes in. */
  readonly side: 'sell' | 'buy'
  /** The scaled price in a field. @throws TERMS_INVALID, PRICE_INVALID */
  price(field: string): bigint
}

/** Terms as they are meant. */
export interface WaitingTerms {
  readonly pair: Pair
  readonly side: 'sell' | 'buy'
  readonly wait: Wait
  readonly source: TriggerSource
  readonly confirm: Confirmation
  readonly size?: Size
  readonly limitOffsetBps?: number
  readonly expires_ms?: number
  readonly slippageBps?: number
  readonly onFailure: 'end' | 'rearm'
}

/**
 * Reads what an order waits for.
 *
 * @throws TERMS_INVALID, TRIGGER_INVALID, and the errors of what they consist of: PRICE_INVALID, SIZE_INVALID, AMOUNT_INVALID, …
 */
export function readTerms(
  terms: RawTerms,
  intent: Pick<IntentEvent, 'input' | 'output'>,
  tokens: TokenDirectory,
  waitsFor: (context: WaitContext) => Wait,
): WaitingTerms {
  const { input, output } = intent
  const pair = pairOf(text(terms, 'pair'), intent, tokens)
  const side = sameToken(pair.base, input) ? 'sell' : 'buy'
  const price = (field: string): bigint => {
    const written = terms[field]
    if (written === undefined) throw invalid(field, 'is missing', 'Give it in the node, or in the terms of the intent.')
    return parsePrice(String(written), pair).scaled
  }
  const wait = waitsFor({ terms, pair, side, price })
  const confirm = confirmationOf(terms)
  const trigger = priceTrigger(wait)
  if (trigger) checkArmedOrder({ trigger, confirm })
  const size = text(terms, 'size')
  const expires_ms = expiry(terms)
  const limitOffsetBps = whole(terms, 'limitOffsetBps', 0, 5_000)
  const slippageBps = whole(terms, 'slippageBps', 1, 5_000)
  return {
    pair,
    side,
    wait,
    source: oneOf(terms, 'source', TRIGGER_SOURCES) ?? 'last',
    confirm,
    ...(size !== undefined && { size: parseSize(size, tokens, input, output) }),
    ...(limitOffsetBps !== undefined && { limitOffsetBps }),
    ...(expires_ms !== undefined && { expires_ms }),
    ...(slippageBps !== undefined && { slippageBps }),
    onFailure: oneOf(terms, 'onFailure', ['end', 'rearm']) ?? 'end',
  }
}

/** The trigger, when it is a price. */
export function priceTrigger({ trigger }: Wait): Trigger | undefined {
  return trigger === 'now' || trigger.kind === 'condition' ? undefined : trigger
}

/** The condition, when it is one. */
export function conditionOf({ trigger }: Wait): Condition | undefined {
  return trigger !== 'now' && trigger.kind === 'condition' ? trigger.condition : undefined
}

/** Whether its trade has a bound, so that the market may be worse than what it may trade at. */
export function hasBound({ wait, limitOffsetBps }: WaitingTerms): boolean {
  return wait.limit !== undefined || limitOffsetBps !== undefined
}

function pairOf(
  written: string | undefined,
  { input, output }: Pick<IntentEvent, 'input' | 'output'>,
  tokens: TokenDirectory,
): Pair {
  if (written === undefined) return tradedPair(input, output)
  const [base = '', quote = '', ...rest] = written.split('/')
  if (rest.length > 0 || quote === '') throw invalid('pair', `"${written}" is not a pair`, 'Write it as in SOL/USDC.')
  const pair = { base: tokens.find(base), quote: tokens.find(quote) }
  const isOfBoth =
    (sameToken(pair.base, input) && sameToken(pair.quote, output)) ||
    (sameToken(pair.base, output) && sameToken(pair.quote, input))
  if (isOfBoth) return pair
  throw invalid(
    'pair',
    `${written} is not what is traded: ${input.symbol} into ${output.symbol}`,
    'Leave the pair out.',
  )
}

function confirmationOf(terms: RawTerms): Confirmation {
  const prices = whole(terms, 'confirmPrices', 1, 32) ?? 1
  const sources = whole(terms, 'confirmSources', 1, 8) ?? 1
  if (prices > 1 && sources > 1) {
    throw invalid('confirmSources', 'and confirmPrices can not both be above one', 'Choose one rule of confirmation.')
  }
  if (prices > 1) return { prices }
  if (sources > 1) return { sources, within_ms: parseDuration(text(terms, 'confirmWithin') ?? '30s') }
  return 'none'
}

/** @throws TERMS_INVALID */
function text(terms: RawTerms, field: string): string | undefined {
  const value = terms[field]
  if (value === undefined || typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  throw invalid(field, 'is not a text', 'Write it as in the description of the node.')
}

function expiry(terms: RawTerms): number | undefined {
  const written = text(terms, 'expires')
  if (written === undefined) return undefined
  const expires_ms = parseDuration(written)
  if (expires_ms > 0) return expires_ms
  throw invalid('expires', `is ${written}: the order would be over before it waits`, 'Give a longer time, as in 7d.')
}

function whole(terms: RawTerms, field: string, least: number, most: number): number | undefined {
  const value = terms[field]
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw invalid(field, `is ${String(value)}`, `Give a whole number from ${least} to ${most}.`)
}

function oneOf<Value extends string>(terms: RawTerms, field: string, values: readonly Value[]): Value | undefined {
  const value = terms[field]
  if (value === undefined) return undefined
  const found = values.find(each => each === value)
  if (found !== undefined) return found
  throw invalid(field, `is ${JSON.stringify(value)}`, `One of ${values.join(', ')}.`)
}

function invalid(field: string, what: string, remedy: string): ForgeError {
  return new ForgeError('TERMS_INVALID', { message: `${field} ${what}`, remedy, context: { field } })
}
