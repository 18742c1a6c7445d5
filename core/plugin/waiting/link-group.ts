import type { IntentEvent } from '../../events/event.ts'
import type { Fill, Reason, Report } from '../../events/report.ts'
import { wholeFill } from '../../orders/parts.ts'

/** What a partial fill of one order does to the others: ends them, or leaves them what is left. */
export type OnPartial = 'cancel' | 'shrink'

/** What each leg knows of its group, in its terms. */
export interface Linked {
  readonly names: readonly string[]
  /** Of the whole. */
  readonly units: bigint
}

/** One order of a group. */
export interface Leg {
  /** Its intent, under a key that begins with the group's key. */
  readonly intent: IntentEvent
  /**
   * `waits` for its trigger; `given` to the execution and without an outcome; `unsure` when it was given, may have traded,
   * and this run hears nothing more of it; `kept` at this node because its trigger held while another leg was given or is
   * unsure; `over`.
   */
  state: 'waits' | 'given' | 'unsure' | 'kept' | 'over'
  /** Of one that is kept: as it would be given. */
  kept?: IntentEvent
}

/** Orders of which one shall trade. */
export class LinkGroup {
  /** The intent that they are legs of. */
  readonly intent: IntentEvent
  readonly legs = new Map<string, Leg>()
  readonly fills: Fill[] = []
  /** Why none of them is to wait any more, when a person asked for that while one was on its way. */
  cancelled: string | undefined
  #orderId: string
  #last: Report | undefined

  constructor(intent: IntentEvent) {
    this.intent = intent
    this.#orderId = intent.key
  }

  /** What is left of the group's amount. */
  get left(): bigint {
    // The wallet had no more: what the others would trade is not there.
    if (this.fills.some(({ short }) => short !== undefined)) return 0n
    return this.fills.reduce((left, { input }) => left - input.units, this.intent.amount.units)
  }

  get isOver(): boolean {
    return [...this.legs.values()].every(({ state }) => state === 'over')
  }

  /** The leg that may be trading now, or may have. */
  get given(): Leg | undefined {
    return [...this.legs.values()].find(({ state }) => state === 'given' || state === 'unsure')
  }

  /** Whether nothing more happens to it in this run: a later one, or a person, finds out whether a leg has traded. */
  get rests(): boolean {
    const states = [...this.legs.values()].map(({ state }) => state)
    return states.includes('unsure') && !states.includes('waits') && !states.includes('given')
  }

  /** Legs that have not been given on, and are not over. */
  get open(): readonly Leg[] {
    return [...this.legs.values()].filter(({ state }) => state === 'waits' || state === 'kept')
  }

  siblingsOf(leg: Leg): readonly Leg[] {
    return [...this.legs.values()].filter(each => each !== leg && each.state !== 'over')
  }

  /** Adds a leg that waits, under a name of its own; what it waits for goes by its kind. */
  add(wanted: IntentEvent, name: string, kind: string, linked: Linked): Leg {
    const key = `${this.intent.key}/${name}`
    const leg: Leg = { intent: { ...wanted, key, terms: { ...wanted.terms, leg: kind, linked } }, state: 'waits' }
    this.legs.set(key, leg)
    return leg
  }

  /** Remembers how a leg ended. */
  ended(leg: Leg, report: Report): void {
    leg.state = 'over'
    delete leg.kept
    if (report.state === 'filled' || report.state === 'simulated') this.fills.push(report.fill)
    if (this.fills.length === 0 || report.state === 'filled' || report.state === 'simulated') {
      this.#last = report
      this.#orderId = report.orderId
    }
  }

  /** The report on the whole. */
  outcome(at: number): Report {
    const { key, node, input, output } = this.intent
    const base = { kind: 'report', at, orderId: this.#orderId, key, node, input, output } as const
    const [first, ...others] = this.fills
    if (first) {
      const fill = wholeFill([first, ...others])
      if (this.#last?.state === 'simulated') return { ...base, state: 'simulated', fill, isSum: true }
      return { ...base, state: 'filled', fill, recovered: false, isSum: true }
    }
    const reason: Reason = (this.#last && 'reason' in this.#last && this.#last.reason) || {
      code: 'ORDER_CANCELLED',
      message: 'none of its orders is left',
    }
    const state = this.#last?.state === 'expired' || this.#last?.state === 'failed' ? this.#last.state : 'skipped'
    return { ...base, state, reason }
  }
}

/** The group's key, of a leg's key: a leg adds one word to it. */
export function groupKeyOf(legKey: string): string {
  return legKey.slice(0, legKey.lastIndexOf('/'))
}

/** A leg that is armed anew for what is left has a number: its kind stays what it was. */
export function legName(kind: string, number: number): string {
  return number === 1 ? kind : `${kind}-${number}`
}
