import { ForgeError, type Pair, parsePrice, type TrailingOffset } from '../../../core/index.ts'

const RELATIVE = /^(\d+(?:\.\d+)?)\s*(%|bps)$/

/**
 * `2%`, `150bps`, or a difference in the price's own terms, as in `3.5`.
 *
 * @throws TERMS_INVALID, PRICE_INVALID
 */
export function readOffset(written: unknown, pair: Pair): TrailingOffset {
  if (written === undefined) {
    throw new ForgeError('TERMS_INVALID', {
      message: 'offset is missing',
      remedy: 'Give it in the node, or in the terms of the intent, as in 2%, 150bps or 3.5.',
    })
  }
  const text = String(written).trim()
  const [, value, unit] = RELATIVE.exec(text) ?? []
  if (value === undefined) return { price: parsePrice(text, pair).scaled }
  return unit === '%' ? { percent: Number(value) } : { bps: Number(value) }
}
