import {
  type Clock,
  type ForgeEvent,
  formatAmount,
  type IntentEvent,
  type OrderRecord,
  type PluginContext,
  type Report,
} from '../../../core/index.ts'
import { type Calendar, createCalendar, keyOf, type Slot } from './calendar.ts'
import { decide, missedText, type Purchase, spreadShare } from './catch-up.ts'
import { Ledger } from './ledger.ts'
import type { Plan } from './plan.ts'
import { Progress } from './progress.ts'
import { takeUp } from './take-up.ts'

/** States of an order that this run takes up again; the others are over, or ask a person. */
const RESUMED: readonly OrderRecord['state'][] = ['created', 'armed', 'triggered', 'submitting']

/**
 * A purchase that could not be made within its own period would come on top of the next one, so it expires; but never
 * before a transaction that was sent at once had its chance: a blockhash lives about that long.
 */
const PURCHASE_MIN_MS = 90_000

/**
 * Walks a plan's calendar by the clock and gives an intent for every slot, once each: whatever the journal has is left
 * alone, taken up again, or counted; what passed meanwhile follows the plan's catch-up policy. It is asked for one
 * event after the other, so that purchases wait here, and not in a queue, while those before them are on their way.
 */
export class Purchases {
  readonly #context: PluginContext
  readonly #plan: Plan
  readonly #ledger: Ledger
  readonly #progress: Progress
  #calendar: Calendar | undefined
  /** The next slot of the calendar that was not looked at. */
  #next: Slot | undefined
  #queue: Purchase[] = []
  /** Notices, and orders of an earlier run: given before anything new. */
  readonly #first: ForgeEvent[] = []
  #missed = 0
  #outstanding = 0n
  #timer: ReturnType<Clock['at']> | undefined
  #wake: (() => void) | undefined
  #over = false

  constructor(context: PluginContext, plan: Plan) {
    this.#context = context
    this.#plan = plan
    this.#ledger = new Ledger(plan.budget?.units)
    this.#progress = new Progress(context.state)
  }

  /** The next intent or notice when its time has come; undefined after the last slot, or when the budget is spent. */
  async pull(): Promise<ForgeEvent | undefined> {
    this.#begin()
    while (!this.#over) {
      const now = this.#context.clock.now()
      this.#ledger.settle(now)
      this.#lookAtDue(now)
      const event = this.#first.shift() ?? this.#purchase(now)
      if (event) return event
      await this.#nextChange()
    }
    return undefined
  }

  onReport(report: Report): void {
    this.#progress.acknowledge(report.key)
    if (this.#ledger.report(report)) this.#wake?.()
  }

  /** Nothing more from now on; whoever waits for an event gets none. */
  stop(): void {
    this.#over = true
    this.#wake?.()
  }

  detail(): string {
    const next = this.#queue[0]?.slot ?? this.#next
    const spent = formatAmount({ token: this.#plan.amount.token, units: this.#ledger.spent })
    return `${next ? `next slot ${keyOf(next)}` : 'no slot left'}; ${spent} spent`
  }

  #begin(): void {
    if (this.#calendar) return
    const orders = this.#context.services.orders.list()
    const now = this.#context.clock.now()
    const anchor_ms = this.#plan.start_ms ?? this.#progress.anchor_ms ?? firstKey_ms(orders) ?? now
    if (this.#plan.start_ms === undefined && this.#progress.anchor_ms === undefined) this.#progress.begin(anchor_ms)
    this.#calendar = createCalendar(this.#plan.rule, anchor_ms, this.#plan)
    for (const order of orders) {
      this.#ledger.restore(order)
      if (!RESUMED.includes(order.state)) continue
      const intent = { ...order.intent, at: now }
      this.#ledger.open(intent.key, intent.amount.units, now)
      this.#first.push(intent)
    }
    const position = takeUp(this.#calendar, this.#plan, orders, this.#progress.checkpoint, now)
    this.#next = position.next
    this.#missed = position.missed
    this.#outstanding = position.outstanding
    this.#accept(position.due, now)
  }

  #lookAtDue(now: number): void {
    const due: Slot[] = []
    for (; this.#next && this.#next.at <= now; this.#next = this.#calendar?.after(this.#next)) due.push(this.#next)
    this.#accept(due, now)
  }

  #accept(due: readonly Slot[], now: number): void {
    const { buy, missed } = decide(due, now, this.#plan)
    this.#queue.push(...buy)
    const buying = new Set(buy.map(({ slot }) => slot))
    for (const slot of due) {
      if (!buying.has(slot)) this.#missed++
      this.#progress.decided(slot, this.#missed, !buying.has(slot))
    }
    if (missed.length === 0) return
    this.#outstanding += BigInt(missed.length) * this.#plan.amount.units
    const text = missedText(missed, this.#plan.catchUp, this.#next !== undefined || buy.length > 0)
    this.#first.push({ kind: 'notice', at: now, level: 'warning', ...text })
  }

  /** The purchase whose turn it is, when the budget allows it now. Ends the run when there will be none. */
  #purchase(now: number): IntentEvent | undefined {
    const head = this.#queue[0]
    const remaining = head && this.#calendar?.remaining(head.slot)
    const extra = head && this.#plan.catchUp === 'spread' ? spreadShare(this.#outstanding, remaining) : 0n
    const size = this.#ledger.size(head ? this.#plan.amount.units + extra : 1n)
    if (size === 'spent' || (!head && !this.#next)) this.#over = true
    if (!head || typeof size === 'string') return undefined
    this.#queue.shift()
    this.#outstanding -= extra
    const intent = this.#intent(head, size.units, now)
    this.#ledger.open(intent.key, size.units, intent.expiresAt ?? now)
    return intent
  }

  #intent({ slot, late }: Purchase, units: bigint, now: number): IntentEvent {
    const { slots, token, amount, bounds, slippageBps } = this.#plan
    const number = slots === undefined ? `slot ${slot.index + 1}` : `slot ${slot.index + 1} of ${slots}`
    return {
      kind: 'intent',
      at: now,
      key: keyOf(slot),
      node: this.#context.id,
      input: amount.token,
      output: token,
      amount: { token: amount.token, units },
      exact: 'in',
      ...(bounds && { bounds }),
      expiresAt: now + Math.max(this.#calendar?.period_ms(slot) ?? 0, PURCHASE_MIN_MS),
      ...(slippageBps !== undefined && { slippageBps }),
      reason: late ? `${number}, missed at ${keyOf(slot)}` : number,
    }
  }

  /** Resolves when the next slot is due, or a report or its absence may have changed what the budget allows. */
  #nextChange(): Promise<void> {
    if (this.#over) return Promise.resolve()
    const due_ms = Math.min(this.#next?.at ?? Infinity, this.#ledger.nextSettle_ms() ?? Infinity)
    return new Promise(resolve => {
      this.#wake = () => {
        this.#timer?.cancel()
        this.#wake = undefined
        resolve()
      }
      if (due_ms < Infinity) this.#timer = this.#context.clock.at(due_ms, () => this.#wake?.())
    })
  }
}

function firstKey_ms(orders: readonly OrderRecord[]): number | undefined {
  return orders.length === 0 ? undefined : Math.min(...orders.map(order => Date.parse(order.intent.key)))
}
