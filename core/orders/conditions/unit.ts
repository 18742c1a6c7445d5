import { type Pair, sameToken, type Token } from '../../money/token.ts'

/** What a value of a condition is. Only a condition is true or false; the others are compared. */
export type Unit =
  | { readonly kind: 'condition' }
  | { readonly kind: 'number' }
  | { readonly kind: 'percent' }
  | { readonly kind: 'price'; readonly pair: Pair }
  | { readonly kind: 'amount'; readonly token: Token }
  | { readonly kind: 'time' }
  | { readonly kind: 'duration' }
  | { readonly kind: 'direction' }

export const CONDITION: Unit = { kind: 'condition' }
export const NUMBER: Unit = { kind: 'number' }
export const PERCENT: Unit = { kind: 'percent' }
export const TIME: Unit = { kind: 'time' }
export const DURATION: Unit = { kind: 'duration' }
export const DIRECTION: Unit = { kind: 'direction' }

/** With its article, for sentences. */
export function unitName(unit: Unit): string {
  if (unit.kind === 'price') return `a price in ${unit.pair.quote.symbol} per ${unit.pair.base.symbol}`
  if (unit.kind === 'amount') return `an amount of ${unit.token.symbol}`
  return unit.kind === 'number' ? 'a plain number' : `a ${unit.kind}`
}

function sameUnit(a: Unit, b: Unit): boolean {
  if (a.kind === 'price' && b.kind === 'price')
    return sameToken(a.pair.base, b.pair.base) && sameToken(a.pair.quote, b.pair.quote)
  if (a.kind === 'amount' && b.kind === 'amount') return sameToken(a.token, b.token)
  return a.kind === b.kind
}

/**
 * The unit two values have in common, to be added or compared: a plain number is taken for a price or an amount, never
 * for a percentage, a time or a duration. Undefined when they have none.
 */
export function commonUnit(a: Unit, b: Unit): Unit | undefined {
  if (sameUnit(a, b)) return a
  if (a.kind === 'number' && isMoney(b)) return b
  if (b.kind === 'number' && isMoney(a)) return a
  return undefined
}

const isMoney = (unit: Unit): boolean => unit.kind === 'price' || unit.kind === 'amount'
const isFactor = (unit: Unit): boolean => unit.kind === 'number' || unit.kind === 'percent'
const isScalable = (unit: Unit): boolean => isFactor(unit) || isMoney(unit) || unit.kind === 'duration'

/** The unit of a sum or difference; undefined where there is none. */
export function sumUnit(operator: '+' | '-', a: Unit, b: Unit): Unit | undefined {
  if (a.kind === 'time' && b.kind === 'time') return operator === '-' ? DURATION : undefined
  if (a.kind === 'time' && b.kind === 'duration') return TIME
  if (a.kind === 'duration' && b.kind === 'time') return operator === '+' ? TIME : undefined
  if (!isScalable(a) || !isScalable(b)) return undefined
  return commonUnit(a, b)
}

/** The unit of a product; undefined where there is none. A price times an amount of its base is an amount of its quote. */
export function productUnit(a: Unit, b: Unit): Unit | undefined {
  if (isFactor(a) && isScalable(b)) return a.kind === 'percent' && b.kind === 'number' ? a : b
  if (isFactor(b) && isScalable(a)) return a
  const [price, amount] = a.kind === 'price' ? [a, b] : [b, a]
  if (price.kind === 'price' && amount.kind === 'amount' && sameToken(price.pair.base, amount.token))
    return { kind: 'amount', token: price.pair.quote }
  return undefined
}

/** The unit of a quotient; undefined where there is none. Two prices, of whatever pairs, divide to a plain number. */
export function quotientUnit(a: Unit, b: Unit): Unit | undefined {
  if (isFactor(b) && isScalable(a)) return a.kind === 'percent' && b.kind === 'percent' ? NUMBER : a
  if (a.kind === 'price' && b.kind === 'price') return NUMBER
  if (isScalable(a) && sameUnit(a, b)) return NUMBER
  if (a.kind === 'amount' && b.kind === 'price' && sameToken(a.token, b.pair.quote))
    return { kind: 'amount', token: b.pair.base }
  return undefined
}
