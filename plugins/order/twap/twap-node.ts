import { Observable, type Subscriber } from 'rxjs'
import {
  type ForgeEvent,
  formatAmount,
  type IntentEvent,
  isForgeError,
  type OrderRecord,
  type OrderRequest,
  type Outcome,
  type PluginContext,
  type Reason,
  type Report,
  type SlicePlan,
  type Timer,
} from '../../../core/index.ts'
import { type Config, planOf } from './config.ts'
import { DividedOrder } from './divided-order.ts'
import { SliceSchedule } from './slice-schedule.ts'

/** Divides orders over time. An order is armed in the journal while its slices are traded, and ends there with them. */
export class TwapNode {
  readonly events: Observable<ForgeEvent>
  readonly #context: PluginContext<Config>
  readonly #orders = new Map<string, DividedOrder>()
  readonly #timers = new Map<string, Timer>()
  readonly #forgetRequests: () => void
  #out: Subscriber<ForgeEvent> | undefined
  readonly #early: ForgeEvent[] = []
  #intentsEnded = false
  #isDraining = false

  constructor(context: PluginContext<Config>) {
    this.#context = context
    const { desk } = context.services
    const earlier = desk.open()
    for (const { intent } of earlier) context.hold(intent)
    this.#forgetRequests = desk.onRequest(request => this.#onRequest(request))
    this.events = new Observable(out => {
      this.#out = out
      for (const event of this.#early.splice(0)) out.next(event)
    })
    for (const order of earlier) this.#takeUp(order)
  }

  process(event: ForgeEvent): Outcome {
    if (event.kind !== 'intent') return undefined
    const intent = event as IntentEvent
    const { services, config, clock } = this.#context
    let plan: SlicePlan
    try {
      plan = planOf(config, intent)
    } catch (thrown) {
      if (!isForgeError(thrown)) throw thrown
      const { code, message, remedy } = thrown
      return { ...this.#base(intent, intent.key), state: 'failed', reason: { code, message, remedy } }
    }
    const { taken, order } = services.desk.arm(intent, { terms: { plan, begun: clock.now() }, isWhole: true })
    if (!taken) return this.#takenBefore(order)
    this.#context.hold(order.intent)
    this.#context.report({
      ...this.#base(intent, order.id),
      state: 'armed',
      waitsFor: `${plan.count} slices over time`,
    })
    this.#begin(order, plan, clock.now())
    return undefined
  }

  onReport(report: Report): void {
    for (const divided of this.#orders.values()) {
      if (!divided.hear(report, this.#context.services.desk)) continue
      // What is reported of the slice goes out first.
      queueMicrotask(() => this.#safely(() => this.#goOn(divided)))
      return
    }
  }

  onIntentsEnd(): void {
    this.#intentsEnded = true
    this.#finishWhenDone()
  }

  /** Slices that are not due yet stay for the next run. */
  onDrain(): void {
    this.#isDraining = true
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
    this.#out?.complete()
  }

  health(): { readonly ok: boolean; readonly detail: string } {
    const [first, ...others] = this.#orders.values()
    if (!first) return { ok: true, detail: '' }
    const detail = others.length > 0 ? `${this.#orders.size} orders are on their way in slices` : first.progress
    return { ok: true, detail }
  }

  stop(): void {
    this.#forgetRequests()
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  #takeUp(order: OrderRecord): void {
    const terms = (order.arming?.terms ?? {}) as { readonly plan: SlicePlan; readonly begun: number }
    const divided = this.#divided(order, terms.plan, terms.begun)
    const { desk } = this.#context.services
    for (let number = 1; number <= terms.plan.count; number++) {
      const slice = desk.taken({ node: order.intent.node, key: divided.keyOf(number) })
      if (slice === undefined) continue
      divided.restore(number, slice)
      // It is resumed under its key.
      if (divided.open.includes(number)) this.#give({ ...slice.intent, at: this.#context.clock.now() })
    }
    this.#goOn(divided)
  }

  /** The strategy asks again: it is on its way, or over; then its outcome is told. */
  #takenBefore(order: OrderRecord): Outcome {
    if (this.#orders.has(order.id) || order.state === 'armed') return undefined
    const { plan, begun } = (order.arming?.terms ?? {}) as { readonly plan?: SlicePlan; readonly begun?: number }
    // Taken by who does not divide: the execution knows what became of it.
    if (plan === undefined || begun === undefined) return order.intent
    const divided = new DividedOrder(order, this.#schedule(order, plan, begun))
    for (let number = 1; number <= plan.count; number++) {
      const slice = this.#context.services.desk.taken({ node: order.intent.node, key: divided.keyOf(number) })
      if (slice) divided.restore(number, slice)
    }
    return this.#outcome(divided, order.state, order.reason, true)
  }

  #begin(order: OrderRecord, plan: SlicePlan, begun: number): void {
    this.#goOn(this.#divided(order, plan, begun))
  }

  #divided(order: OrderRecord, plan: SlicePlan, begun: number): DividedOrder {
    const divided = new DividedOrder(order, this.#schedule(order, plan, begun))
    this.#orders.set(order.id, divided)
    return divided
  }

  #schedule(order: OrderRecord, plan: SlicePlan, begun: number): SliceSchedule {
    return new SliceSchedule(begun, plan, this.#context.random.fork(order.id))
  }

  /** Winds the timer for the next slice, or ends the order when all is done. */
  #goOn(divided: DividedOrder): void {
    const { clock } = this.#context
    const { id, intent } = divided.order
    if (!this.#orders.has(id)) return
    this.#timers.get(id)?.cancel()
    this.#timers.delete(id)
    if (intent.expiresAt !== undefined && clock.now() > intent.expiresAt)
      divided.stopped ??= {
        code: 'ORDER_EXPIRED',
        message: `its time ran out at ${new Date(intent.expiresAt).toISOString()}`,
      }
    if (divided.isOver) {
      this.#end(divided)
      return
    }
    const { next } = divided
    if (next === undefined) this.#finishWhenDone()
    if (next === undefined || this.#isDraining) return
    const due = divided.schedule.dueAt(next - 1, clock.now())
    this.#timers.set(
      id,
      clock.at(due, () => this.#safely(() => this.#giveSlice(divided, next))),
    )
  }

  #giveSlice(divided: DividedOrder, number: number): void {
    const { clock, config } = this.#context
    const { expiresAt } = divided.order.intent
    if (divided.next !== number || (expiresAt !== undefined && clock.now() > expiresAt)) {
      this.#goOn(divided)
      return
    }
    divided.schedule.given(clock.now())
    const slice = divided.slice(number, clock.now())
    this.#give(config.slippageBps === undefined ? slice : { slippageBps: config.slippageBps, ...slice })
    this.#goOn(divided)
  }

  #end(divided: DividedOrder): void {
    const { desk } = this.#context.services
    const { id } = divided.order
    const { fill, reason } = divided.outcome()
    // Earlier versions did not journal that others are made of it: then it is an order that was never sent.
    const traded = divided.order.arming?.isWhole ? 'confirmed' : 'cancelled'
    const state = fill ? traded : this.#stateOf(divided)
    // Its slices have the fills: they count once. What it came to is in its story.
    const order = desk.end(
      id,
      state,
      fill
        ? {
            code: 'ORDER_DIVIDED',
            message: `traded in slices: ${formatAmount(fill.input)} for ${formatAmount(fill.output)}${reason ? `; ${reason.message}` : ''}`,
          }
        : reason!,
    )
    this.#orders.delete(id)
    this.#give(this.#outcome(divided, order.state, order.reason, false))
    queueMicrotask(() => this.#finishWhenDone())
  }

  #stateOf({ stopped }: DividedOrder): 'cancelled' | 'expired' | 'failed' {
    if (stopped === undefined) return 'failed'
    return stopped.code === 'ORDER_EXPIRED' ? 'expired' : 'cancelled'
  }

  #outcome(divided: DividedOrder, state: OrderRecord['state'], why: Reason | undefined, recovered: boolean): Report {
    const { order } = divided
    const base = this.#base(order.intent, order.id)
    const { fill, reason } = divided.outcome()
    if (fill) return { ...base, state: 'filled', fill, recovered, isSum: true, ...(reason && { reason }) }
    const told = why ?? reason!
    return { ...base, state: state === 'expired' ? 'expired' : state === 'failed' ? 'failed' : 'skipped', reason: told }
  }

  #onRequest({ kind, orderId, cause }: OrderRequest): void {
    const divided = this.#orders.get(orderId)
    if (!divided || kind !== 'cancel') return
    divided.stopped = { code: 'ORDER_CANCELLED', message: cause }
    this.#goOn(divided)
  }

  /** What a timer's work throws has nobody to tell: it is the node's failure. */
  #safely(work: () => void): void {
    try {
      work()
    } catch (thrown) {
      this.#out?.error(thrown)
    }
  }

  #base({ key, node, input, output }: IntentEvent, orderId: string) {
    return { kind: 'report', at: this.#context.clock.now(), orderId, key, node, input, output } as const
  }

  #give(event: ForgeEvent): void {
    if (this.#out) this.#out.next(event)
    else this.#early.push(event)
  }

  #finishWhenDone(): void {
    if (!this.#intentsEnded || [...this.#orders.values()].some(({ rests }) => !rests)) return
    this.#out?.complete()
    this.#context.finish()
  }
}
