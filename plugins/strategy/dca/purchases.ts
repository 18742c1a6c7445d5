import {
  type Amount,
  type Clock,
  DirectPromise,
  type ForgeEvent,
  formatAmount,
  type IntentEvent,
  type NoticeEvent,
  type OrderRecord,
  type PluginContext,
  type PluginInstance,
  type PriceEvent,
  RESUMED_STATES,
  type Report,
  sameToken,
} from '../../../core/index.ts'
import { type Calendar, createCalendar, keyOf, type Slot } from './calendar.ts'
import { decide, missedText, type Purchase, spreadShare } from './catch-up.ts'
import { Ledger } from './ledger.ts'
import type { Plan } from './plan.ts'
import { Progress } from './progress.ts'
import { fixedSize, type Sizing, type Wanted } from './sizing/sizing.ts'
import { takeUp } from './take-up.ts'

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
  readonly #sizing: Sizing
  readonly #ledger: Ledger
  readonly #progress: Progress
  #calendar: Calendar | undefined
  /** The next slot of the calendar that was not looked at. */
  #next: Slot | undefined
  #queue: Purchase[] = []
  /** Notices, with the missed slots that they tell of, and orders of an earlier run: given before anything new. */
  readonly #first: { readonly event: ForgeEvent; readonly slots?: readonly Slot[] }[] = []
  /** Missed slots that the last event told of. */
  #telling: readonly Slot[] = []
  #missed = 0
  #outstanding = 0n
  /** Since when the purchase whose turn it is lacks a price, or the end of an order. */
  #lacksSince_ms: number | undefined
  #timer: ReturnType<Clock['at']> | undefined
  /** Of who waits for the next event. */
  #asked: DirectPromise<ForgeEvent | undefined> | undefined
  #over = false

  constructor(context: PluginContext, plan: Plan, sizing: Sizing = fixedSize(plan.amount.units)) {
    this.#context = context
    this.#plan = plan
    this.#sizing = sizing
    this.#ledger = new Ledger(plan.amount.token, plan.budget?.units)
    this.#progress = new Progress(context.state)
  }

  get budget(): Amount | undefined {
    return this.#plan.budget
  }

  /** The next intent or notice when its time has come; undefined after the last slot, or when the budget is spent. */
  pull(): ForgeEvent | undefined | DirectPromise<ForgeEvent | undefined> {
    this.#settleTold()
    this.#begin()
    const event = this.#due()
    if (event || this.#over) return event
    this.#asked = new DirectPromise()
    this.#awaitChange()
    return this.#asked
  }

  /** Prices of other pairs are nothing to it. */
  onPrice(event: PriceEvent): void {
    const { base, quote } = event.price.pair
    if (!sameToken(base, this.#plan.token) || !sameToken(quote, this.#plan.amount.token)) return
    this.#sizing.onPrice?.(event)
    if (this.#lacksSince_ms !== undefined) this.#lookAgain()
  }

  onReport(report: Report): void {
    this.#progress.acknowledge(report.key)
    if (this.#ledger.report(report)) this.#lookAgain()
  }

  /** Nothing more from now on; whoever waits for an event gets none. */
  stop(): void {
    this.#over = true
    this.#lookAgain()
  }

  detail(): string {
    const next = this.#queue[0]?.slot ?? this.#next
    const spent = formatAmount({ token: this.#plan.amount.token, units: this.#ledger.spent })
    const by = this.#sizing.detail ? `; ${this.#sizing.detail()}` : ''
    return `${next ? `next slot ${keyOf(next)}` : 'no slot left'}; ${spent} spent${by}`
  }

  /** What can be given now; nothing, and the node finishes, when it is over. */
  #due(): ForgeEvent | undefined {
    if (!this.#over) {
      const now = this.#context.clock.now()
      this.#ledger.settle(now)
      this.#lookAtDue(now)
      const event = this.#takeFirst() ?? this.#purchase(now)
      if (event) return event
    }
    if (this.#over) this.#context.finish()
    return undefined
  }

  /** Something has changed: who waits gets what can be given now, within this call. */
  #lookAgain(): void {
    const asked = this.#asked
    if (!asked) return
    this.#timer?.cancel()
    let event: ForgeEvent | undefined
    try {
      event = this.#due()
    } catch (thrown) {
      this.#asked = undefined
      asked.fail(thrown)
      return
    }
    if (event || this.#over) {
      this.#asked = undefined
      asked.settle(event)
    } else this.#awaitChange()
  }

  #begin(): void {
    if (this.#calendar) return
    const orders = this.#context.services.orders.list()
    const now = this.#context.clock.now()
    const anchor_ms = this.#plan.start_ms ?? this.#progress.anchor_ms ?? firstKey_ms(orders) ?? now
    if (this.#plan.start_ms === undefined && this.#progress.anchor_ms === undefined) this.#progress.begin(anchor_ms)
    this.#calendar = createCalendar(this.#plan.rule, anchor_ms, this.#plan)
    for (const order of orders) {
      if (!RESUMED_STATES.includes(order.state)) {
        this.#ledger.restore(order)
        continue
      }
      // What others that were made of it have traded so far is in its report, too.
      const intent = { ...order.intent, at: now }
      const expiresAt = Math.max(intent.expiresAt ?? now, now)
      this.#ledger.open(intent.key, { units: intent.amount.units, isSale: this.#isSale(intent), expiresAt })
      this.#first.push({ event: intent })
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
      this.#progress.decided(slot, this.#missed)
    }
    if (missed.length === 0) return
    this.#outstanding += BigInt(missed.length) * this.#plan.amount.units
    const text = missedText(missed, this.#plan.catchUp, this.#next !== undefined || buy.length > 0)
    this.#first.push({ event: { kind: 'notice', at: now, level: 'warning', ...text }, slots: missed })
  }

  #takeFirst(): ForgeEvent | undefined {
    const first = this.#first.shift()
    this.#telling = first?.slots ?? []
    return first?.event
  }

  /**
   * What was given before is on its way when the next is asked for. So a slot that was missed is settled: a run that ends
   * before leaves it to the next one to tell.
   */
  #settleTold(): void {
    this.#progress.leaveOut(this.#telling)
    this.#telling = []
  }

  /** The purchase whose turn it is, when it can be made now. Ends the run when there will be none. */
  #purchase(now: number): ForgeEvent | undefined {
    const head = this.#queue[0]
    if (!head) {
      if (!this.#next || (!this.#sizing.sells && this.#ledger.size(1n) === 'spent')) this.#over = true
      return undefined
    }
    const remaining = this.#calendar?.remaining(head.slot)
    const extra = this.#plan.catchUp === 'spread' ? spreadShare(this.#outstanding, remaining) : 0n
    const wanted = this.#sizing.size(head.slot, this.#ledger, extra)
    if (wanted === 'wait') return this.#lack(head, now)
    this.#lacksSince_ms = undefined
    if (wanted.side === 'none') return this.#leaveOut(head, 'info', wanted.why, now)
    if (wanted.side === 'sell') return this.#give(head, wanted, now)
    const size = this.#ledger.size(wanted.units)
    if (size === 'wait') return undefined
    if (size !== 'spent') {
      this.#outstanding -= extra
      return this.#give(head, { ...wanted, units: size.units }, now)
    }
    if (this.#sizing.sells) return this.#leaveOut(head, 'warning', 'the budget is spent', now)
    this.#over = true
    return undefined
  }

  /** A price, or the end of an order, is missing: waited for as long as the purchase itself might take. */
  #lack(head: Purchase, now: number): NoticeEvent | undefined {
    this.#lacksSince_ms ??= now
    if (now < this.#lacksSince_ms + this.#time_ms(head)) return undefined
    return this.#leaveOut(head, 'warning', 'there was no price to go by, or an order before it did not end', now)
  }

  #leaveOut(head: Purchase, level: NoticeEvent['level'], why: string, now: number): NoticeEvent {
    this.#progress.leaveOut([head.slot])
    this.#queue.shift()
    this.#lacksSince_ms = undefined
    const name = this.#nameOf(head)
    return {
      kind: 'notice',
      at: now,
      level,
      title: `${name.charAt(0).toUpperCase()}${name.slice(1)}: nothing`,
      text: `${why}.`,
    }
  }

  #give(head: Purchase, { side, units, why }: Extract<Wanted, { units: bigint }>, now: number): IntentEvent {
    this.#queue.shift()
    const { token, amount, bounds, slippageBps } = this.#plan
    const isSale = side === 'sell'
    const [input, output] = isSale ? [token, amount.token] : [amount.token, token]
    const expiresAt = now + this.#time_ms(head)
    const key = keyOf(head.slot)
    this.#ledger.open(key, { units, isSale, expiresAt })
    return {
      kind: 'intent',
      at: now,
      key,
      node: this.#context.id,
      input,
      output,
      amount: { token: input, units },
      exact: 'in',
      ...(bounds && { bounds }),
      expiresAt,
      ...(slippageBps !== undefined && { slippageBps }),
      reason: why === undefined ? this.#nameOf(head) : `${this.#nameOf(head)}: ${why}`,
    }
  }

  #nameOf({ slot, late }: Purchase): string {
    const { slots } = this.#plan
    const number = slots === undefined ? `slot ${slot.index + 1}` : `slot ${slot.index + 1} of ${slots}`
    return late ? `${number}, missed at ${keyOf(slot)}` : number
  }

  /** How long a purchase may take. */
  #time_ms({ slot }: Purchase): number {
    return Math.max(this.#calendar?.period_ms(slot) ?? 0, PURCHASE_MIN_MS)
  }

  #isSale(intent: IntentEvent): boolean {
    return sameToken(intent.input, this.#plan.token)
  }

  /** Looks again when the next slot is due, or a report or a price was awaited for too long. */
  #awaitChange(): void {
    const due_ms = Math.min(this.#next?.at ?? Infinity, this.#nextSettle_ms(), this.#lackEnd_ms())
    if (due_ms < Infinity) this.#timer = this.#context.clock.at(due_ms, () => this.#lookAgain())
  }

  #nextSettle_ms(): number {
    const matters = this.#plan.budget !== undefined || this.#lacksSince_ms !== undefined
    return (matters ? this.#ledger.nextSettle_ms() : undefined) ?? Infinity
  }

  #lackEnd_ms(): number {
    const head = this.#queue[0]
    return head && this.#lacksSince_ms !== undefined ? this.#lacksSince_ms + this.#time_ms(head) : Infinity
  }
}

/**
 * The running part of a plugin that buys by a calendar.
 *
 * @throws BUDGET_OVER_WALLET
 */
export function instanceOf(
  { services, signal }: Pick<PluginContext, 'services' | 'signal'>,
  purchases: Purchases,
): PluginInstance {
  if (purchases.budget) services.budgets?.claim(purchases.budget)
  signal.addEventListener('abort', () => purchases.stop(), { once: true })
  return {
    pull: () => purchases.pull(),
    timed: true,
    process: event => {
      if (event.kind === 'price') purchases.onPrice(event as PriceEvent)
    },
    onReport: report => purchases.onReport(report),
    health: () => ({ ok: true, detail: purchases.detail() }),
    dispose: () => purchases.stop(),
  }
}

function firstKey_ms(orders: readonly OrderRecord[]): number | undefined {
  return orders.length === 0 ? undefined : Math.min(...orders.map(order => Date.parse(order.intent.key)))
}
