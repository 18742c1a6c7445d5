import {
  type Amount,
  type Fill,
  formatAmount,
  type IntentEvent,
  isFinal,
  isOrderOver,
  type OrderDesk,
  type OrderRecord,
  type Reason,
  type Report,
  wholeFill,
} from '../../../core/index.ts'
import type { SliceSchedule } from './slice-schedule.ts'

/**
 * An order on its way in slices, each an order of its own under a key that begins with its key. What was done follows from
 * the journal alone, so that a death at any moment neither repeats a slice nor forgets one.
 */
export class DividedOrder {
  readonly order: OrderRecord
  readonly schedule: SliceSchedule
  readonly #fills: Fill[] = []
  /** Units of slices without an outcome, by their number. */
  readonly #open = new Map<number, bigint>()
  /** Open slices that may have traded, and of which this run hears nothing more. */
  readonly #unsure = new Set<number>()
  /** Slices that have been given; those of an earlier run, when the journal has them. */
  #given = 0
  #lastReason: Reason | undefined
  /** Nothing more is given: asked for by a person, or out of time. */
  stopped: Reason | undefined

  constructor(order: OrderRecord, schedule: SliceSchedule) {
    this.order = order
    this.schedule = schedule
  }

  /** The number, from 1, of the slice to be given next; undefined when all were, or nothing is left. */
  get next(): number | undefined {
    if (this.stopped || this.#given >= this.schedule.plan.count || this.#left() === 0n) return undefined
    return this.#given + 1
  }

  /** How far it is, at a glance. */
  get progress(): string {
    const { count } = this.schedule.plan
    const open = this.#open.size === 0 ? '' : `, ${this.#open.size} of them on the way`
    return `${this.#given} of ${count} slices given${open}  ${formatAmount(this.#amount(this.#left()))} left`
  }

  get isOver(): boolean {
    return this.next === undefined && this.#open.size === 0
  }

  /** Whether nothing more happens to it in this run: a later one, or a person, finds out what slices have traded. */
  get rests(): boolean {
    return this.next === undefined && [...this.#open.keys()].every(number => this.#unsure.has(number))
  }

  keyOf(number: number): string {
    return `${this.order.intent.key}/${number}`
  }

  /** Of one of its slices: its number. */
  numberOf({ node, key }: Pick<Report, 'node' | 'key'>): number | undefined {
    const { intent } = this.order
    if (node !== intent.node || !key.startsWith(`${intent.key}/`)) return undefined
    const number = Number(key.slice(intent.key.length + 1))
    return Number.isInteger(number) && number > 0 ? number : undefined
  }

  /** Takes up a slice that the journal has. */
  restore(number: number, order: OrderRecord): void {
    this.#given = Math.max(this.#given, number)
    if (order.state === 'confirmed' && order.fill) this.#fills.push(order.fill)
    else if (['failed', 'expired', 'cancelled'].includes(order.state)) this.#lastReason = order.reason
    else this.#open.set(number, order.intent.amount.units)
  }

  /** Slices whose outcome is awaited. */
  get open(): readonly number[] {
    return [...this.#open.keys()]
  }

  /** The next slice: an even share of what was neither traded nor may yet be, so that what failed is spread again. */
  slice(number: number, now: number): IntentEvent {
    const { terms: _terms, ...intent } = this.order.intent
    const { count } = this.schedule.plan
    const units = this.#left() / BigInt(count - number + 1)
    this.#given = number
    this.#open.set(number, units)
    return {
      ...intent,
      at: now,
      key: this.keyOf(number),
      amount: { token: intent.amount.token, units },
      reason: `${intent.reason}, slice ${number} of ${count}`,
    }
  }

  /** Whether the report was the last of one of its slices in this run. */
  hear(report: Report, desk: Pick<OrderDesk, 'taken'>): boolean {
    const number = this.numberOf(report)
    if (number === undefined || !this.#open.has(number) || !isFinal(report.state)) return false
    if (!isOrderOver(report, desk)) {
      this.#unsure.add(number)
      return true
    }
    this.#open.delete(number)
    if (report.state === 'filled' || report.state === 'simulated') this.#fills.push(report.fill)
    else if ('reason' in report) this.#lastReason = report.reason
    return true
  }

  /** What became of it: its fill, what of it was left, and why. */
  outcome(): { readonly fill?: Fill; readonly reason?: Reason } {
    const [first, ...others] = this.#fills
    const why = this.stopped ?? this.#lastReason
    const reason = why && this.#left() > 0n ? why : undefined
    if (!first) return { reason: reason ?? { code: 'ORDER_DIVIDED', message: 'no slice was traded' } }
    const fill = wholeFill([first, ...others])
    if (!reason) return { fill }
    const message = `${formatAmount(this.#amount(this.#left()))} of ${formatAmount(this.order.intent.amount)} were not traded: ${reason.message}`
    return { fill, reason: { ...reason, code: 'ORDER_PARTLY_FILLED', message } }
  }

  #amount(units: bigint): Amount {
    return { token: this.order.intent.amount.token, units }
  }

  #left(): bigint {
    const done = this.#fills.reduce((sum, { input }) => sum + input.units, 0n)
    const open = [...this.#open.values()].reduce((sum, units) => sum + units, 0n)
    return this.order.intent.amount.units - done - open
  }
}
