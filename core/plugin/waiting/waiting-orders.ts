import { Observable, type Subscriber } from 'rxjs'
import { type ForgeError, isForgeError } from '../../errors/forge-error.ts'
import type { ForgeEvent, IntentEvent, PriceEvent, SignalEvent } from '../../events/event.ts'
import { isFinal, type Reason, type Report } from '../../events/report.ts'
import { pairName } from '../../money/token.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import type { Outcome, PluginContext } from '../contract.ts'
import type { OrderRequest } from '../order-desk.ts'
import { Expiries } from './expiries.ts'
import type { HeldOrder } from './held-order.ts'
import { HeldOrders } from './held-orders.ts'
import type { WaitingConfig } from './order-fields.ts'
import { OrderFiring } from './order-firing.ts'
import { OwnTerms } from './own-terms.ts'
import { pairKey } from './pair-watch.ts'
import { takeUpEarlier } from './take-up.ts'
import { OrderTeller } from './teller.ts'
import { hasBound, type RawTerms, type Wait, type WaitContext, type WaitingTerms } from './terms.ts'
import { Watches } from './watches.ts'

/** So many orders at most are told one by one of a node's health. */
const GLANCED_MAX = 4

/**
 * The orders of one node: arms every intent in the journal, watches prices, and gives an intent on when its trigger
 * holds, under the key it had.
 */
export class WaitingOrders {
  readonly events: Observable<ForgeEvent>
  readonly #context: PluginContext<WaitingConfig>
  readonly #terms: OwnTerms
  readonly #teller: OrderTeller
  readonly #held: HeldOrders
  readonly #watches: Watches
  readonly #expiries: Expiries
  readonly #firing: OrderFiring
  readonly #earlier: readonly OrderRecord[]
  readonly #forgetRequests: () => void
  #hasTakenUp = false
  #out: Subscriber<ForgeEvent> | undefined
  /** Given before anybody listened. */
  readonly #early: ForgeEvent[] = []
  #intentsEnded = false
  #over = false

  /**
   * @param fields what an intent's own terms may name, and what only the node may
   * @param maySettle whether the size of an order that has fired, a share, may be settled; else `settleOn` is called later
   */
  constructor(
    context: PluginContext<WaitingConfig>,
    fields: readonly string[],
    waitsFor: (context: WaitContext) => Wait,
    maySettle: (intent: IntentEvent) => boolean = () => true,
  ) {
    this.#context = context
    this.#terms = new OwnTerms(context, fields, waitsFor)
    const safely = (work: () => void): void => this.#safely(work)
    this.#expiries = new Expiries(context.clock, ids => safely(() => this.#expire(ids)))
    this.#held = new HeldOrders(this.#expiries)
    this.#teller = new OrderTeller(context, event => this.#give(event))
    this.#watches = new Watches(context, {
      heldOf: id => this.#held.get(id),
      silent: (pair, since_ms) =>
        safely(() => this.#teller.silent(pair, since_ms, context.config.quietAfter, this.#held.waiting(pairKey(pair)))),
      heard: pair => this.#teller.notice('info', `${pairName(pair)}: prices again`, 'Orders are watched as before.'),
      unconfirmed: (held, why) => this.#teller.unconfirmed(held, why),
      fired: fired => safely(() => this.#giveAll(this.#firing.fire(fired))),
    })
    this.#firing = new OrderFiring({
      context,
      held: this.#held,
      watches: this.#watches,
      teller: this.#teller,
      expiries: this.#expiries,
      maySettle: held => maySettle(held.order.intent),
      give: events => this.#giveAll(events),
      end: (held, state, reason) => this.#ended(held, state, reason),
      safely,
      failed: error => this.#out?.error(error),
    })
    const { desk } = context.services
    this.#earlier = desk.open()
    for (const order of this.#earlier) context.hold(order.intent)
    this.#forgetRequests = desk.onRequest(request => this.#onRequest(request))
    this.events = new Observable(out => {
      this.#out = out
      this.#takeUp()
      for (const event of this.#early.splice(0)) out.next(event)
      this.#finishWhenDone()
    })
  }

  process(event: ForgeEvent): Outcome {
    this.#takeUp()
    if (event.kind === 'price') return this.#firing.fire(this.#watches.onPrice(event as PriceEvent))
    if (event.kind === 'intent') return this.#take(event as IntentEvent)
    if (event.kind === 'signal') return this.#firing.fire(this.#watches.onSignal(event as SignalEvent))
    return undefined
  }

  /** @throws what is wrong with an intent's terms, before anything is done */
  check(intent: IntentEvent): void {
    this.#terms.of(intent)
  }

  onReport(report: Report): void {
    const held = this.#held.ofKey(report)
    if (held?.state !== 'given') return
    if (report.state === 'armed') this.#firing.again(held)
    else if (isFinal(report.state)) this.#forget(held)
  }

  settleOn(): void {
    this.#firing.settleOn()
  }

  /** Leaves an order that has fired as the journal has it: the next run takes it up. */
  letRest(intent: Pick<IntentEvent, 'node' | 'key'>): void {
    const held = this.#held.ofKey(intent)
    if (held?.state === 'given') this.#forget(held)
  }

  onIntentsEnd(): void {
    this.#intentsEnded = true
    this.#finishWhenDone()
  }

  /** Without prices nothing fires: what waits stays armed for the next run. */
  async onInputEnd(): Promise<undefined> {
    await this.settled()
    this.complete()
  }

  /** When every size that is asked for now has been settled. */
  settled(): Promise<void> {
    return this.#firing.settled
  }

  /** Gives nothing more of its own accord. */
  complete(): void {
    this.#over = true
    this.#out?.complete()
  }

  health(): { readonly ok: boolean; readonly detail: string } {
    const waiting = this.#held.waiting()
    const silent = this.#watches.silent()
    const detail =
      waiting.length > GLANCED_MAX ? `${waiting.length} orders wait for their trigger` : this.#watches.glance(waiting)
    return {
      ok: silent.length === 0,
      detail: [...silent.map(name => `no price of ${name}`), detail].join('; '),
    }
  }

  stop(): void {
    this.#over = true
    this.#forgetRequests()
    this.#expiries.stop()
    this.#firing.stop()
    this.#watches.stop()
  }

  /** Takes up what an earlier run left. Once, before the first price: sources start before those behind them. */
  #takeUp(): void {
    if (this.#hasTakenUp) return
    this.#hasTakenUp = true
    takeUpEarlier(this.#earlier, {
      context: this.#context,
      terms: this.#terms,
      held: this.#held,
      watches: this.#watches,
      teller: this.#teller,
      firing: this.#firing,
      give: event => this.#give(event),
      expire: ids => this.#expire(ids),
      end: (held, state, reason) => this.#give(this.#ended(held, state, reason)),
    })
    this.#finishWhenDone()
  }

  #take(intent: IntentEvent): Outcome {
    const { clock, services } = this.#context
    let raw: RawTerms
    let terms: WaitingTerms
    try {
      ;({ raw, terms } = this.#terms.of(intent))
    } catch (thrown) {
      if (!isForgeError(thrown)) throw thrown
      return this.#refused(intent, thrown)
    }
    // Marks of an earlier run go by sequences: an order of this one has a higher one.
    this.#watches.open(terms.pair)
    const sequence = Math.max(this.#held.sequence, this.#watches.through) + 1
    const { expires_ms } = terms
    const expiresAt = intent.expiresAt ?? (expires_ms === undefined ? undefined : clock.now() + expires_ms)
    const again = terms.onFailure === 'rearm' ? 'failed' : hasBound(terms) ? 'missed' : undefined
    const { taken, order } = services.desk.arm(expiresAt === undefined ? intent : { ...intent, expiresAt }, {
      terms: { ...raw, sequence },
      ...(again && { again }),
    })
    if (!taken) return this.#takenBefore(order)
    const held: HeldOrder = { id: order.id, order, terms, sequence, state: 'waits' }
    this.#context.hold(order.intent)
    this.#held.add(held)
    this.#teller.armed(held, undefined)
    return this.#firing.watch(held)
  }

  /** The strategy has asked for it before: it waits here, is on its way, or is over, and then its outcome is told. */
  #takenBefore(order: OrderRecord): Outcome {
    if (this.#held.get(order.id)) return undefined
    if (order.state !== 'armed') return order.intent
    this.#context.log.warn('an order waits at another node', { orderId: order.id, holder: order.arming?.holder })
    return undefined
  }

  /** What a timer's work throws has nobody to tell: it is the node's failure. */
  #safely(work: () => void): void {
    try {
      work()
    } catch (thrown) {
      this.#out?.error(thrown)
    }
  }

  #onRequest({ kind, orderId, cause }: OrderRequest): void {
    const held = this.#held.get(orderId)
    if (!held || held.state === 'given') return
    if (kind === 'cancel') this.#give(this.#ended(held, 'cancelled', { code: 'ORDER_CANCELLED', message: cause }))
    else if (held.state === 'firing') return
    else if (kind === 'fire') {
      held.state = 'waits'
      this.#firing.force([held], cause)
    } else if (held.state === 'held-back') {
      held.state = 'waits'
      this.#context.services.desk.note(held.id, cause)
      // What fired while it was held back is out of the book.
      if (!this.#watches.has(held)) this.#firing.watchAnew(held)
    }
  }

  #expire(ids: readonly string[]): void {
    for (const id of ids) {
      const held = this.#held.get(id)
      if (!held || held.state === 'given') continue
      const time = new Date(held.order.intent.expiresAt ?? 0).toISOString()
      const message = `its time ran out at ${time}, and its trigger had not held. ${this.#watches.why(held)}`
      this.#give(this.#ended(held, 'expired', { code: 'ORDER_EXPIRED', message }))
    }
  }

  #ended(held: HeldOrder, state: 'cancelled' | 'expired' | 'failed', reason: Reason): Report {
    const order = this.#context.services.desk.end(held.id, state, reason)
    this.#forget(held)
    return this.#teller.ended(order, state === 'cancelled' ? 'skipped' : state, reason)
  }

  #forget(held: HeldOrder): void {
    this.#held.delete(held)
    this.#firing.forget(held)
    this.#teller.forget(held.id)
    this.#watches.forget(held)
    // What is reported of it goes out first.
    queueMicrotask(() => this.#finishWhenDone())
  }

  #finishWhenDone(): void {
    if (this.#intentsEnded && this.#held.size === 0 && this.#out && !this.#over) this.#context.finish()
  }

  #giveAll(events: readonly ForgeEvent[]): void {
    for (const event of events) this.#give(event)
  }

  #give(event: ForgeEvent): void {
    if (this.#out) this.#out.next(event)
    else this.#early.push(event)
  }

  #refused(intent: IntentEvent, { code, message, remedy }: ForgeError): Report {
    const { key, node, input, output } = intent
    const base = { kind: 'report', at: this.#context.clock.now(), orderId: key, key, node, input, output } as const
    return { ...base, state: 'failed', reason: { code, message, remedy } }
  }
}
