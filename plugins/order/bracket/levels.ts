import {
  ForgeError,
  formatUnits,
  type Pair,
  PRICE_DECIMALS,
  type Price,
  parsePrice,
  type Wait,
  type WaitContext,
} from '../../../core/index.ts'

const PERCENT = /^(\d{1,6}(?:\.\d{1,6})?)\s*%$/
const WHOLE = 100_000_000n

/** Where a stop or a target stands: a price, or so many parts of a hundred million away from what the entry paid. */
export type Level = { readonly price: string } | { readonly parts: bigint }

/** Both of one bracket, as they were written. */
export interface Levels {
  readonly stop: Level
  readonly target: Level
}

/**
 * Reads what an entry is to be guarded by. What can be seen to be on the wrong side is refused before anything is
 * bought; a distance is on its side whatever is paid.
 *
 * @param isPurchase whether the entry buys the pair's base: its stop is below what it pays then
 * @throws TERMS_INVALID, PRICE_INVALID
 */
export function readLevels(
  terms: { readonly stop?: unknown; readonly target?: unknown; readonly entry?: unknown },
  pair: Pair,
  isPurchase: boolean,
): Levels {
  const levels = { stop: readLevel(terms.stop, 'stop'), target: readLevel(terms.target, 'target') }
  const marks = [
    ['stop', scaledOf(levels.stop, pair)],
    ['entry', terms.entry === undefined ? undefined : parsePrice(String(terms.entry), pair).scaled],
    ['target', scaledOf(levels.target, pair)],
  ] as const
  const known = marks.flatMap(([name, scaled]) => (scaled === undefined ? [] : [{ name, scaled }]))
  for (const [index, { name, scaled }] of known.entries()) {
    const next = known[index + 1]
    if (!next || (isPurchase ? scaled < next.scaled : scaled > next.scaled)) continue
    throw new ForgeError('TERMS_INVALID', {
      message: `the ${name} is not ${isPurchase ? 'below' : 'above'} the ${next.name}`,
      remedy: 'The stop stands where the price must not go, the target where it should, and the entry between them.',
      context: { field: name },
    })
  }
  return levels
}

/**
 * The level as text, once the entry's price is known. One that was given as a price stays what it is, whichever side of
 * that price the market has put it on.
 *
 * @param way whether it stands below or above what was paid
 */
export function levelText(level: Level, paid: Price, way: 'below' | 'above'): string {
  if ('price' in level) return level.price
  const away = (paid.scaled * level.parts) / WHOLE
  return formatUnits(inUnits(way === 'below' ? paid.scaled - away : paid.scaled + away, paid.pair), PRICE_DECIMALS)
}

/** To a unit of the quote token, as far as that leaves anything: nobody means more digits. */
function inUnits(scaled: bigint, { quote }: Pair): bigint {
  const unit = 10n ** BigInt(Math.max(0, PRICE_DECIMALS - quote.decimals))
  return scaled < unit * 1_000n ? scaled : scaled - (scaled % unit)
}

/** What the orders of a bracket wait for: the name of each says which it is. */
export function entryOrExit({ terms, price, side }: WaitContext): Wait {
  const [against, along] =
    side === 'sell' ? (['at-or-below', 'at-or-above'] as const) : (['at-or-above', 'at-or-below'] as const)
  switch (terms['leg']) {
    case 'stop':
      return { trigger: { kind: against, price: price('stop') }, upTo: true }
    case 'target':
      return { trigger: { kind: along, price: price('target') }, upTo: true }
    default: {
      if (terms['entry'] === undefined) return { trigger: 'now' }
      const limit = price('entry')
      return { trigger: { kind: along, price: limit }, limit }
    }
  }
}

/** @throws TERMS_INVALID */
function readLevel(written: unknown, field: 'stop' | 'target'): Level {
  if (written === undefined) throw invalid(field, 'is missing', 'Give it in the node, or in the terms of the intent.')
  const text = String(written).trim()
  const percent = PERCENT.exec(text)?.[1]
  if (percent === undefined) {
    if (/^\d+(?:\.\d+)?$/.test(text) && Number(text) > 0) return { price: text }
    throw invalid(field, `is "${text}"`, 'Write a price, as in 140, or a distance from what was paid, as in 5%.')
  }
  const parts = BigInt(Math.round(Number(percent) * 1e6))
  if (parts === 0n || (field === 'stop' && parts >= WHOLE))
    throw invalid(field, `is ${text} away`, 'Give more than 0%, and less than 100% for a stop.')
  return { parts }
}

function scaledOf(level: Level, pair: Pair): bigint | undefined {
  return 'price' in level ? parsePrice(level.price, pair).scaled : undefined
}

function invalid(field: string, what: string, remedy: string): ForgeError {
  return new ForgeError('TERMS_INVALID', { message: `${field} ${what}`, remedy, context: { field } })
}
