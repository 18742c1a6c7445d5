import { readFileSync, writeFileSync } from 'node:fs'

/** A price that the embedded market shows from that time on. */
export interface PathPoint {
  readonly at: number
  readonly price: number
}

const CANDLE_MS = 300_000
/** Of a candle's open after the close before it. */
const SLOT_MS = 400

/**
 * Writes the candles of a file from one time up to another to a file of their own, and answers the way the price takes
 * through them: open, the nearer of low and high, the other, close. Worked out here anew, so that what is printed is held
 * against something else than what printed it.
 */
export function candleSlice(
  from: string,
  to: string,
  options: { readonly source: string; readonly target: string },
): PathPoint[] {
  const [header, ...rows] = readFileSync(options.source, 'utf8').trim().split('\n')
  const wanted = rows.filter(row => row >= from && row < to)
  writeFileSync(options.target, [header, ...wanted, ''].join('\n'))
  return wanted.flatMap((row, index) => {
    const [time, ...figures] = row.split(',')
    const [open, high, low, close] = figures.map(Number) as [number, number, number, number]
    const start = Date.parse(time!)
    const [nearer, other] = open - low <= high - open ? [low, high] : [high, low]
    return [
      { at: index === 0 ? start : start + SLOT_MS, price: open },
      { at: start + CANDLE_MS / 3, price: nearer },
      { at: start + (2 * CANDLE_MS) / 3, price: other },
      { at: start + CANDLE_MS, price: close },
    ]
  })
}
