/** What an order of a grid is for; its key says it, so that the journal alone tells how far each level is. */
export type Purpose =
  /** Brings the base in hand to what the levels above the price will sell. */
  | { readonly kind: 'start'; readonly grid: number }
  | { readonly kind: 'buy' | 'sell'; readonly grid: number; readonly level: number; readonly cycle: number }
  /** Sells what is left at the end. */
  | { readonly kind: 'close'; readonly grid: number }

/** `g1-l7-c3-buy`; `-2` follows for the second order of the same step, when the first did not trade. */
export function keyOf(purpose: Purpose, attempt: number): string {
  const what = 'level' in purpose ? `l${purpose.level}-c${purpose.cycle}-${purpose.kind}` : purpose.kind
  return `g${purpose.grid}-${what}${attempt > 1 ? `-${attempt}` : ''}`
}

const KEY = /^g(\d+)-(?:(start|close)|l(\d+)-c(\d+)-(buy|sell))(?:-\d+)?$/

/** Undefined for a key that no grid gave. */
export function purposeOf(key: string): Purpose | undefined {
  const [, grid, once, level, cycle, side] = KEY.exec(key) ?? []
  if (grid === undefined) return undefined
  if (once !== undefined) return { kind: once as 'start' | 'close', grid: Number(grid) }
  return { kind: side as 'buy' | 'sell', grid: Number(grid), level: Number(level), cycle: Number(cycle) }
}
