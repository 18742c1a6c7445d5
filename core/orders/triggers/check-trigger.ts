import { ForgeError } from '../../errors/forge-error.ts'
import { RELATIVE_ONE, relativeParts } from './trailing-distance.ts'
import type { ArmedOrder, Confirmation, TrailingOffset, Trigger } from './trigger.ts'

/** The most consecutive prices a confirmation may ask for: so many are remembered. */
export const CONFIRM_PRICES_MAX = 32
/** The most origins a confirmation may ask for. */
const CONFIRM_SOURCES_MAX = 8

/** @throws TRIGGER_INVALID */
export function checkArmedOrder(order: Pick<ArmedOrder, 'trigger' | 'confirm'>): void {
  checkTrigger(order.trigger)
  checkConfirmation(order.confirm)
}

/** @throws TRIGGER_INVALID when it could never fire, or at once whatever the price. */
export function checkTrigger(trigger: Trigger): void {
  if (trigger.kind === 'trailing') {
    if (trigger.activation !== undefined) positive(trigger.activation, 'the activation price')
    checkOffset(trigger.offset, trigger.side)
  } else positive(trigger.price, 'the trigger price')
}

function checkOffset(offset: TrailingOffset, side: 'sell' | 'buy'): void {
  if ('price' in offset) {
    positive(offset.price, 'the offset')
    return
  }
  const [value, unit] = 'bps' in offset ? [offset.bps, 'bps'] : [offset.percent, '%']
  // Not by truthiness: NaN, zero and what rounds to zero are each refused here, and nothing is switched off by them.
  if (!Number.isFinite(value) || value <= 0 || relativeParts(offset) === 0n)
    throw invalid(`an offset of ${value} ${unit} is not a distance`, 'Give an offset above zero.')
  if (side === 'sell' && relativeParts(offset) >= RELATIVE_ONE)
    throw invalid(`a stop ${value} ${unit} below the highest price never fires`, 'Give an offset below 100%.')
}

function checkConfirmation(confirm: Confirmation): void {
  if (confirm === 'none') return
  if ('prices' in confirm) {
    between(confirm.prices, 1, CONFIRM_PRICES_MAX, 'prices')
    return
  }
  between(confirm.sources, 2, CONFIRM_SOURCES_MAX, 'sources')
  if (!Number.isFinite(confirm.within_ms) || confirm.within_ms <= 0)
    throw invalid(`${confirm.within_ms} ms is no window`, 'Give the window a length above zero.')
}

function positive(price: bigint, what: string): void {
  if (price <= 0n) throw invalid(`${what} must be above zero`, 'Give a price above zero.')
}

function between(count: number, least: number, most: number, what: string): void {
  if (!Number.isInteger(count) || count < least || count > most)
    throw invalid(`a trigger can not be confirmed by ${count} ${what}`, `Give a whole number from ${least} to ${most}.`)
}

function invalid(message: string, remedy: string): ForgeError {
  return new ForgeError('TRIGGER_INVALID', { message, remedy })
}
