import { Observable, type Subscriber } from 'rxjs'
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
import { decide, spreadShare } from './catch-up.ts'
import { Ledger } from './ledger.ts'
import type { Plan } from './plan.ts'
import { Progress } from './progress.ts'

interface Purchase {
  readonly slot: Slot
  readonly late: boolean
}

type Timer = ReturnType<Clock['at']>

/** States of an order that this run takes up again; the others are over, or ask a person. */
const RESUMED: readonly OrderRecord['state'][] = ['created', 'armed', 'triggered', 'submitting']

/**
 * Walks a plan's calendar by the clock and gives an intent for every slot, once each: whatever the journal has is left
 * alone, taken up again, or counted; what passed meanwhile follows the plan's catch-up policy. Completes after the
 * last slot, or when the budget is spent.
 */
export class Purchases {
  readonly events = new Observable<ForgeEvent>(subscriber => this.#start(subscriber))
  readonly #context: PluginContext
  readonly #plan: Plan
  readonly #ledger: Ledger
  readonly #progress: Progress
  #calendar!: Calendar
  #subscriber: Subscriber<ForgeEvent> | undefined
  /** The next slot of the calendar that was not looked at. */
  #next: Slot | undefined
  readonly #queue: Purchase[] = []
  /** Slots missed so far, and what of their amounts is still to be spread. */
  #missed = 0
  #outstanding = 0n
  #timer: Timer | undefined
  #pumping = false
  #again = false

  constructor(context: PluginContext, plan: Plan) {
    this.#context = context
    this.#plan = plan
    this.#ledger = new Ledger(plan.budget?.units)
    this.#progress = new Progress(context.state)
  }

  onReport(report: Report): void {
    this.#progress.acknowledge(report.key)
    if (this.#ledger.report(report)) this.#pump()
  }

  detail(): string {
    const next = this.#queue[0]?.slot ?? this.#next
    const spent = formatAmount({ token: this.#plan.amount.token, units: this.#ledger.spent })
    return `${next ? `next slot ${keyOf(next)}` : 'no slot left'}; ${spent} spent`
  }

  #start(subscriber: Subscriber<ForgeEvent>): () => void {
    this.#subscriber = subscriber
    const orders = this.#context.services.orders.list()
    const now = this.#context.clock.now()
    const anchor_ms = this.#plan.start_ms ?? this.#progress.anchor_ms ?? firstKey_ms(orders) ?? now
    if (this.#plan.start_ms === undefined) this.#progress.begin(anchor_ms)
    this.#calendar = createCalendar(this.#plan.rule, anchor_ms, this.#plan)
    for (const order of orders) this.#ledger.restore(order)
    const resumed = orders.filter(order => RESUMED.includes(order.state))
    for (const { intent } of resumed) this.#ledger.open(intent.key, intent.amount.units, now)
    this.#takeUp(orders, now)
    for (const { intent } of resumed) subscriber.next({ ...intent, at: now })
    this.#pump()
    return () => {
      this.#timer?.cancel()
      this.#subscriber = undefined
    }
  }

  /** Goes through the part of the calendar that passed before this run. */
  #takeUp(orders: readonly OrderRecord[], now: number): void {
    const taken = new Set(orders.map(order => order.intent.key))
    const latest_ms = Math.max(...orders.map(order => Date.parse(order.intent.key)))
    const checkpoint = this.#progress.checkpoint
    this.#missed = checkpoint?.missed ?? 0
    const due: Slot[] = []
    let slot = checkpoint ? this.#calendar.after(checkpoint) : this.#calendar.first()
    for (; slot && slot.at <= now; slot = this.#calendar.after(slot)) {
      if (taken.has(keyOf(slot))) continue
      // A later slot has an order: this one was passed over by an earlier run, which only `all` makes good.
      if (slot.at < latest_ms && this.#plan.catchUp !== 'all') this.#missed++
      else due.push(slot)
    }
    this.#next = slot
    const { units } = this.#plan.amount
    this.#outstanding = BigInt(this.#missed) * units
    for (const order of orders)
      if (order.intent.amount.units > units) this.#outstanding -= order.intent.amount.units - units
    this.#accept(due, now)
  }

  #pump(): void {
    if (this.#pumping) {
      this.#again = true
      return
    }
    this.#pumping = true
    try {
      do {
        this.#again = false
        this.#step()
      } while (this.#again)
    } finally {
      this.#pumping = false
    }
  }

  #step(): void {
    if (!this.#subscriber) return
    const now = this.#context.clock.now()
    this.#ledger.settle(now)
    const due: Slot[] = []
    for (; this.#next && this.#next.at <= now; this.#next = this.#calendar.after(this.#next)) due.push(this.#next)
    this.#accept(due, now)
    const waiting = this.#buy(now)
    if (!this.#subscriber) return
    if (!waiting && (this.#next === undefined || this.#ledger.size(1n) === 'spent')) {
      this.#subscriber.complete()
      return
    }
    this.#arm(waiting)
  }

  #accept(due: readonly Slot[], now: number): void {
    const { buy, missed } = decide(due, now, this.#plan)
    this.#missed += missed.length
    this.#outstanding += BigInt(missed.length) * this.#plan.amount.units
    this.#queue.push(...buy)
    if (missed.length > 0) this.#tellMissed(missed, now)
    const buying = new Set(buy.map(({ slot }) => slot))
    let counted = this.#missed - missed.length
    for (const slot of due) {
      if (!buying.has(slot)) counted++
      this.#progress.decided(slot, counted, !buying.has(slot))
    }
  }

  /** Gives what the budget allows now. Whether something has to wait for a report. */
  #buy(now: number): boolean {
    for (let head = this.#queue[0]; head && this.#subscriber; head = this.#queue[0]) {
      const spreading = this.#plan.catchUp === 'spread'
      const extra = spreading ? spreadShare(this.#outstanding, this.#calendar.remaining(head.slot)) : 0n
      const size = this.#ledger.size(this.#plan.amount.units + extra)
      if (size === 'wait') return true
      if (size === 'spent') {
        this.#queue.length = 0
        return false
      }
      this.#queue.shift()
      this.#outstanding -= extra
      const intent = this.#intent(head, size.units, now)
      this.#ledger.open(intent.key, size.units, intent.expiresAt ?? now)
      this.#subscriber.next(intent)
    }
    return false
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
      expiresAt: now + this.#calendar.period_ms(slot),
      ...(slippageBps !== undefined && { slippageBps }),
      reason: late ? `${number}, missed at ${keyOf(slot)}` : number,
    }
  }

  #tellMissed(missed: readonly Slot[], now: number): void {
    const first = keyOf(missed[0]!)
    const last = keyOf(missed.at(-1)!)
    const which = missed.length === 1 ? `The slot of ${first}` : `${missed.length} slots, ${first} to ${last},`
    const then = {
      skip: 'not bought',
      one: 'made up for by one purchase',
      spread: this.#next || this.#queue.length > 0 ? 'added to the slots that remain' : 'not bought: no slot remains',
      all: 'bought now',
    }[this.#plan.catchUp]
    this.#subscriber?.next({
      kind: 'notice',
      at: now,
      level: 'warning',
      title: missed.length === 1 ? 'A slot was missed' : `${missed.length} slots were missed`,
      text: `${which} passed while nothing ran: ${then} (catchUp: ${this.#plan.catchUp}).`,
    })
  }

  #arm(waiting: boolean): void {
    this.#timer?.cancel()
    const settle_ms = waiting ? this.#ledger.nextSettle_ms() : undefined
    const due_ms = Math.min(this.#next?.at ?? Infinity, settle_ms ?? Infinity)
    this.#timer = due_ms === Infinity ? undefined : this.#context.clock.at(due_ms, () => this.#pump())
  }
}

function firstKey_ms(orders: readonly OrderRecord[]): number | undefined {
  return orders.length === 0 ? undefined : Math.min(...orders.map(order => Date.parse(order.intent.key)))
}
