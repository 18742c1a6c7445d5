type Side = 'buy' | 'sell'

/** What an order's key tells: the bar that opened the position, the side, and of sales which try it is. */
export interface OrderKey {
  /** When the bar closed, as in `2026-01-01T00:05:00.000Z`. */
  readonly bar: string
  readonly side: Side
  /** From 1 on. */
  readonly attempt: number
}

const KEY = /^(.+)-(buy|sell)(?:-(\d+))?$/

/** `…Z-buy`, `…Z-sell`, and `…Z-sell-2` after a sale that came to nothing. */
export function keyOf({ bar, side, attempt }: OrderKey): string {
  return attempt === 1 ? `${bar}-${side}` : `${bar}-${side}-${attempt}`
}

/** Undefined for a key that this strategy never gave. */
export function readKey(key: string): OrderKey | undefined {
  const match = KEY.exec(key)
  return match ? { bar: match[1]!, side: match[2] as Side, attempt: Number(match[3] ?? 1) } : undefined
}
