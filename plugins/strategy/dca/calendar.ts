import type { NextByCron } from './cron.ts'

/** One appointment to buy. */
export interface Slot {
  /** From 0. */
  readonly index: number
  /** Milliseconds since the Unix epoch. */
  readonly at: number
}

export type CalendarRule = { readonly interval_ms: number } | { readonly cron: NextByCron }

export interface CalendarLimits {
  /** Number of slots in all. */
  readonly slots?: number | undefined
  /** No slot after this time. */
  readonly end_ms?: number | undefined
}

/** Which slots there are: a pure function of its anchor, never of the present. */
export interface Calendar {
  first(): Slot | undefined
  after(slot: Slot): Slot | undefined
  /** From this slot to the next, also when that one is beyond the limits. */
  period_ms(slot: Slot): number
  /** Slots from this one to the last, both counted; undefined for an endless calendar. */
  remaining(slot: Slot): number | undefined
}

/** The slot's name in the journal. */
export function keyOf(slot: Slot): string {
  return new Date(slot.at).toISOString()
}

/** By interval the anchor itself is the first slot; by cron the first match at or after it. */
export function createCalendar(rule: CalendarRule, anchor_ms: number, limits: CalendarLimits): Calendar {
  const next_ms = (time_ms: number): number | undefined =>
    'cron' in rule ? rule.cron(time_ms) : time_ms + rule.interval_ms
  const within = (index: number, at: number | undefined): Slot | undefined => {
    if (at === undefined || (limits.slots !== undefined && index >= limits.slots)) return undefined
    return limits.end_ms !== undefined && at > limits.end_ms ? undefined : { index, at }
  }
  const after = (slot: Slot): Slot | undefined => within(slot.index + 1, next_ms(slot.at))
  let total: number | undefined
  const countByEnd = (slot: Slot, end_ms: number): number => {
    if (!('cron' in rule)) return Math.floor((end_ms - slot.at) / rule.interval_ms) + 1
    if (total === undefined) {
      total = slot.index + 1
      for (let next = after(slot); next; next = after(next)) total++
    }
    return total - slot.index
  }
  return {
    first: () => within(0, 'cron' in rule ? next_ms(anchor_ms - 1) : anchor_ms),
    after,
    period_ms: slot => (next_ms(slot.at) ?? slot.at) - slot.at,
    remaining: slot => {
      const bySlots = limits.slots === undefined ? undefined : limits.slots - slot.index
      const byEnd = limits.end_ms === undefined ? undefined : countByEnd(slot, limits.end_ms)
      return bySlots === undefined ? byEnd : Math.min(bySlots, byEnd ?? bySlots)
    },
  }
}
