import { ForgeError, formatUnits, PRICE_DECIMALS, type Price } from '../../../core/index.ts'

const PERCENT = /^(\d{1,6}(?:\.\d{1,6})?)\s*%$/
const WHOLE = 100_000_000n

/** Where a stop or a target stands: a price, or so many parts of a hundred million away from what the entry paid. */
export type Level = { readonly price: string } | { readonly parts: bigint }

/** @param field for what is said of it. @throws TERMS_INVALID */
export function readLevel(written: unknown, field: 'stop' | 'target'): Level {
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

/**
 * The level as text, once the entry's price is known. One that was given as a price stays what it is, whichever side of
 * that price the market has put it on.
 *
 * @param way whether it stands below or above what was paid
 */
export function levelText(level: Level, paid: Price, way: 'below' | 'above'): string {
  if ('price' in level) return level.price
  const away = (paid.scaled * level.parts) / WHOLE
  return formatUnits(way === 'below' ? paid.scaled - away : paid.scaled + away, PRICE_DECIMALS)
}

function invalid(field: string, what: string, remedy: string): ForgeError {
  return new ForgeError('TERMS_INVALID', { message: `${field} ${what}`, remedy, context: { field } })
}
