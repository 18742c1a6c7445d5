import { Observable, type Subscriber } from 'rxjs'
import { ForgeError, isForgeError } from '../../errors/forge-error.ts'
import type { ForgeEvent, IntentEvent, PriceEvent, SignalEvent } from '../../events/event.ts'
import { isFinal, type Reason, type Report } from '../../events/report.ts'
import { pairName } from '../../money/token.ts'
import { isMiss } from '../../orders/again.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import type { Outcome, PluginContext } from '../contract.ts'
import type { OrderRequest } from '../order-desk.ts'
import { askSellable } from './ask-sellable.ts'
import { Expiries } from './expiries.ts'
import { amountOf, boundsOf, type Fired, type HeldOrder } from './held-order.ts'
import { NODE_ONLY, type WaitingConfig } from './order-fields.ts'
import { pairKey } from './pair-watch.ts'
import { OrderTeller } from './teller.ts'
import { hasBound, type RawTerms, readTerms, type Wait, type WaitContext, type WaitingTerms } from './terms.ts'
import { Watches } from './watches.ts'

/** The first pause before an order that could not be traded may fire again; each further one is twice as long. */
const PAUSE_FIRST_MS = 5_000
const PAUSE_DOUBLINGS = 6
/** Failures, not misses of its price, after which an order waits no more. */
const ROUNDS_MAX = 5

/**
 * The orders of one node: arms every intent in the journal, watches prices, and gives an intent on when its trigger
 * holds, under the key it had.
 */
export class WaitingOrders {
  readonly events: Observable<ForgeEvent>
  readonly #context: PluginContext<WaitingConfig>
  readonly #fields: readonly string[]
  readonly #waitsFor: (context: WaitContext) => Wait
  readonly #teller: OrderTeller
  readonly #held = new Map<string, HeldOrder>()
  readonly #idByKey = new Map<string, string>()
  readonly #watches: Watches
  readonly #expiries: Expiries
  readonly #pauses: Expiries
  readonly #earlier: readonly OrderRecord[]
  readonly #forgetRequests: () => void
  #sequence = 0
  #hasTakenUp = false
  #out: Subscriber<ForgeEvent> | undefined
  /** Given before anybody listened. */
  readonly #early: ForgeEvent[] = []
  /** Orders whose size is being asked for: one after the other, as they fired. */
  #turn: Promise<void> = Promise.resolve()
  #intentsEnded = false
  #over = false

  /** @param fields what an intent's own terms may name, and what only the node may */
  constructor(
    context: PluginContext<WaitingConfig>,
    fields: readonly string[],
    waitsFor: (context: WaitContext) => Wait,
  ) {
    this.#context = context
    this.#fields = fields
    this.#waitsFor = waitsFor
    this.#teller = new OrderTeller(context, event => this.#give(event))
    this.#watches = new Watches(context, {
      heldOf: id => this.#held.get(id),
      silent: (pair, since_ms) =>
        this.#safely(() =>
          this.#teller.silent(pair, since_ms, context.config.quietAfter, this.#waitingFor(pairKey(pair))),
        ),
      heard: pair => this.#teller.notice('info', `${pairName(pair)}: prices again`, 'Orders are watched as before.'),
      unconfirmed: (held, why) => this.#teller.unconfirmed(held, why),
      fired: fired => this.#safely(() => this.#giveAll(this.#fire(fired))),
    })
    this.#expiries = new Expiries(context.clock, ids => this.#safely(() => this.#expire(ids)))
    this.#pauses = new Expiries(context.clock, ids => this.#safely(() => this.#goOn(ids)))
    const { desk } = context.services
    this.#earlier = desk.open()
    for (const order of this.#earlier) context.hold(order.intent)
    this.#forgetRequests = desk.onRequest(request => this.#onRequest(request))
    this.events = new Observable(out => {
      this.#out = out
      this.#takeUp()
      for (const event of this.#early.splice(0)) out.next(event)
    })
  }

  process(event: ForgeEvent): Outcome {
    this.#takeUp()
    if (event.kind === 'price') return this.#fire(this.#watches.onPrice(event as PriceEvent))
    if (event.kind === 'intent') return this.#take(event as IntentEvent)
    if (event.kind === 'signal') return this.#fire(this.#watches.onSignal(event as SignalEvent))
    return undefined
  }

  onReport(report: Report): void {
    const held = this.#held.get(this.#idByKey.get(keyOf(report.node, report.key)) ?? '')
    if (held?.state !== 'given') return
    if (report.state === 'armed') this.#again(held)
    else if (isFinal(report.state)) this.#forget(held)
  }

  onIntentsEnd(): void {
    this.#intentsEnded = true
    this.#finishWhenDone()
  }

  /** Without prices nothing fires: what waits stays armed for the next run. */
  async onInputEnd(): Promise<undefined> {
    await this.#turn
    this.#over = true
    this.#out?.complete()
  }

  health(): { readonly ok: boolean; readonly detail: string } {
    const waiting = [...this.#held.values()].filter(({ state }) => state !== 'given')
    const [first, ...others] = waiting
    const silent = this.#watches.silent()
    const detail =
      first && others.length === 0 ? this.#watches.why(first) : `${waiting.length} orders wait for their trigger`
    return {
      ok: silent.length === 0,
      detail: [...silent.map(name => `no price of ${name}`), detail].join('; '),
    }
  }

  stop(): void {
    this.#over = true
    this.#forgetRequests()
    this.#expiries.stop()
    this.#pauses.stop()
    this.#watches.stop()
  }

  /**
   * Takes up what an earlier run left: what was on its way first, then what waits. Once, before the first price: sources
   * start before those behind them.
   */
  #takeUp(): void {
    if (this.#hasTakenUp) return
    this.#hasTakenUp = true
    const { clock, config } = this.#context
    for (const { state, intent } of this.#earlier) if (state !== 'armed') this.#give({ ...intent, at: clock.now() })
    const waiting = this.#earlier
      .flatMap(order => (order.state === 'armed' ? (this.#restored(order) ?? []) : []))
      .sort((a, b) => a.sequence - b.sequence)
    for (const held of waiting) this.#hold(held)
    const due = this.#watches.restore(waiting)
    this.#sequence = Math.max(this.#sequence, this.#watches.through)
    for (const held of waiting) this.#teller.armed(held, this.#watches.markOf(held))
    this.#expire(waiting.filter(({ order }) => (order.intent.expiresAt ?? Infinity) <= clock.now()).map(({ id }) => id))
    const left = waiting.filter(({ id }) => this.#held.has(id))
    if (config.onRestart === 'hold' && left.length > 0) {
      for (const held of left) held.state = 'held-back'
      this.#teller.heldBack(left.length)
    } else if (config.onRestart === 'flatten') this.#flatten(left)
    else {
      this.#force(left.filter(isImmediate), 'it waits for nothing')
      const fired = left.filter(held => due.includes(held) && !isImmediate(held))
      for (const held of fired) this.#watches.remove(held)
      this.#giveAll(this.#fire(fired.map(held => ({ held, cause: 'its trigger held when the last run ended' }))))
    }
    this.#finishWhenDone()
  }

  #restored(order: OrderRecord): HeldOrder | undefined {
    const { sequence, ...raw } = order.arming?.terms ?? {}
    try {
      const held = { id: order.id, order, terms: this.#read(raw, order.intent), sequence: Number(sequence) }
      this.#sequence = Math.max(this.#sequence, held.sequence)
      return { ...held, state: 'waits' }
    } catch (thrown) {
      if (!isForgeError(thrown)) throw thrown
      // It stays armed: another version of the plugin may understand it.
      const text = `Its terms are not understood: ${thrown.message}. ${thrown.remedy}`
      this.#teller.notice('critical', `order ${order.id} is not watched`, text)
      return undefined
    }
  }

  #flatten(orders: readonly HeldOrder[]): void {
    const message = 'a purchase, cancelled at the start (onRestart: flatten)'
    for (const held of orders)
      if (held.terms.side === 'buy') this.#end(held, 'cancelled', { code: 'FLATTENED', message })
    const sales = orders.filter(({ terms }) => terms.side === 'sell')
    this.#force(sales, 'sold at the start (onRestart: flatten)')
  }

  #take(intent: IntentEvent): Outcome {
    const { clock, config, services } = this.#context
    const { onRestart: _, staleAfter: _stale, quietAfter: _quiet, ...common } = config
    const raw: RawTerms = { ...common, ...intent.terms }
    let terms: WaitingTerms
    try {
      this.#checkOwn(intent.terms ?? {})
      terms = this.#read(raw, intent)
    } catch (thrown) {
      if (!isForgeError(thrown)) throw thrown
      return this.#refused(intent, thrown)
    }
    // Marks of an earlier run go by sequences: an order of this one has a higher one.
    this.#watches.open(terms.pair)
    this.#sequence = Math.max(this.#sequence, this.#watches.through)
    const { expires_ms } = terms
    const expiresAt = intent.expiresAt ?? (expires_ms === undefined ? undefined : clock.now() + expires_ms)
    const again = terms.onFailure === 'rearm' ? 'failed' : hasBound(terms) ? 'missed' : undefined
    const sequence = this.#sequence + 1
    const { taken, order } = services.desk.arm(expiresAt === undefined ? intent : { ...intent, expiresAt }, {
      terms: { ...raw, sequence },
      ...(again && { again }),
    })
    if (!taken) return this.#takenBefore(order)
    this.#sequence = sequence
    const held: HeldOrder = { id: order.id, order, terms, sequence, state: 'waits' }
    this.#context.hold(order.intent)
    this.#hold(held)
    this.#teller.armed(held, undefined)
    return this.#watch(held)
  }

  /** The strategy has asked for it before: it waits here, is on its way, or is over, and then its outcome is told. */
  #takenBefore(order: OrderRecord): Outcome {
    if (this.#held.has(order.id)) return undefined
    if (order.state !== 'armed') return order.intent
    this.#context.log.warn('an order waits at another node', { orderId: order.id, holder: order.arming?.holder })
    return undefined
  }

  /** Lets an order wait for its trigger; answers what it gives at once. */
  #watch(held: HeldOrder): readonly ForgeEvent[] {
    return this.#fire(held.forced === undefined ? this.#watches.add(held) : [{ held, cause: held.forced }])
  }

  /** What a timer's work throws has nobody to tell: it is the node's failure. */
  #safely(work: () => void): void {
    try {
      work()
    } catch (thrown) {
      this.#out?.error(thrown)
    }
  }

  /** Gives on what fired, in that order. Shares of the holding are settled one after the other, and come by `events`. */
  #fire(fired: readonly Fired[]): readonly ForgeEvent[] {
    const given: ForgeEvent[] = []
    for (const each of fired) {
      const { held, cause } = each
      if (held.state === 'held-back') this.#teller.note(held, `its trigger held while it is held back: ${cause}`)
      else if (held.terms.size?.kind !== 'share') given.push(...this.#go(each, undefined))
      else {
        held.state = 'firing'
        this.#turn = this.#turn.then(() => this.#goWithShare(each))
      }
    }
    return given
  }

  async #goWithShare(fired: Fired): Promise<void> {
    const { held } = fired
    const { input, output } = held.order.intent
    try {
      const sellable = await askSellable(this.#context, input, output)
      if (this.#over || this.#held.get(held.id) !== held) return
      this.#giveAll(this.#go(fired, sellable))
    } catch (thrown) {
      if (!isForgeError(thrown, 'HOLDINGS_UNKNOWN')) {
        this.#out?.error(thrown)
        return
      }
      if (this.#over || this.#held.get(held.id) !== held) return
      this.#teller.note(held, `${fired.cause}; ${thrown.message}`)
      this.#pause(held)
    }
  }

  /** Triggers one order in the journal and gives its intent; or its end, when there is nothing to trade. */
  #go({ held, cause, firing }: Fired, sellable: bigint | undefined): readonly ForgeEvent[] {
    const { clock, services } = this.#context
    const { pair } = held.terms
    const scaled = firing?.price ?? this.#watches.seen(held.terms)?.scaled
    const size = amountOf(held, scaled === undefined ? undefined : { pair, scaled }, sellable)
    if (size === 'unknown') {
      held.forced = cause
      this.#teller.note(held, `${cause}, and its size needs a price: it waits for one`)
      this.#pause(held)
      return []
    }
    if (size?.amount.units === 0n) {
      const message = `${cause}; the wallet has no ${held.order.intent.input.symbol} to sell`
      return [this.#ended(held, 'cancelled', { code: 'HOLDING_EMPTY', message })]
    }
    held.order = services.desk.trigger(held.id, cause, { ...size, ...boundsOf(held, firing) })
    held.state = 'given'
    this.#watches.settled(held.id)
    this.#expiries.delete(held.id)
    this.#teller.triggered(held.order, cause)
    return [{ ...held.order.intent, at: clock.now() }]
  }

  /** The trade came to nothing, provably: the order waits again, for a while even for its trigger. */
  #again(held: HeldOrder): void {
    held.order = this.#context.services.desk.order(held.id) ?? held.order
    const { reason, arming, intent } = held.order
    if (reason && !isMiss(reason) && (arming?.rounds ?? 0) > ROUNDS_MAX) {
      this.#end(held, 'failed', { ...reason, message: `given up after ${ROUNDS_MAX} rounds: ${reason.message}` })
      return
    }
    this.#watches.save()
    this.#context.hold(intent)
    if (intent.expiresAt !== undefined) this.#expiries.set(held.id, intent.expiresAt)
    this.#pause(held)
  }

  #pause(held: HeldOrder): void {
    held.state = 'waits'
    const doublings = Math.min(Math.max(0, (held.order.arming?.rounds ?? 1) - 1), PAUSE_DOUBLINGS)
    this.#pauses.set(held.id, this.#context.clock.now() + PAUSE_FIRST_MS * 2 ** doublings)
  }

  #goOn(ids: readonly string[]): void {
    for (const id of ids) {
      const held = this.#held.get(id)
      if (held?.state === 'waits') this.#watchAnew(held)
    }
  }

  #watchAnew(held: HeldOrder): void {
    held.sequence = ++this.#sequence
    this.#giveAll(this.#watch(held))
  }

  /** Fires orders whatever the price. */
  #force(orders: readonly HeldOrder[], cause: string): void {
    for (const held of orders) {
      this.#watches.remove(held)
      held.forced = cause
    }
    this.#giveAll(this.#fire(orders.map(held => ({ held, cause }))))
  }

  #onRequest({ kind, orderId, cause }: OrderRequest): void {
    const held = this.#held.get(orderId)
    if (!held || held.state === 'given') return
    if (kind === 'cancel') this.#end(held, 'cancelled', { code: 'ORDER_CANCELLED', message: cause })
    else if (held.state === 'firing') return
    else if (kind === 'fire') {
      held.state = 'waits'
      this.#pauses.delete(held.id)
      this.#force([held], cause)
    } else if (held.state === 'held-back') {
      held.state = 'waits'
      this.#context.services.desk.note(held.id, cause)
      // What fired while it was held back is out of the book.
      if (!this.#watches.has(held)) this.#watchAnew(held)
    }
  }

  #expire(ids: readonly string[]): void {
    for (const id of ids) {
      const held = this.#held.get(id)
      if (!held || held.state === 'given') continue
      const time = new Date(held.order.intent.expiresAt ?? 0).toISOString()
      const why = this.#watches.why(held)
      const message = `its time ran out at ${time}, and its trigger had not held. ${why}`
      this.#end(held, 'expired', { code: 'ORDER_EXPIRED', message })
    }
  }

  #end(held: HeldOrder, state: 'cancelled' | 'expired' | 'failed', reason: Reason): void {
    this.#give(this.#ended(held, state, reason))
  }

  #ended(held: HeldOrder, state: 'cancelled' | 'expired' | 'failed', reason: Reason): Report {
    const order = this.#context.services.desk.end(held.id, state, reason)
    this.#forget(held)
    return this.#teller.ended(order, state === 'cancelled' ? 'skipped' : state, reason)
  }

  #hold(held: HeldOrder): void {
    const { intent } = held.order
    this.#held.set(held.id, held)
    this.#idByKey.set(keyOf(intent.node, intent.key), held.id)
    if (intent.expiresAt !== undefined) this.#expiries.set(held.id, intent.expiresAt)
  }

  #forget(held: HeldOrder): void {
    const { intent } = held.order
    this.#held.delete(held.id)
    this.#idByKey.delete(keyOf(intent.node, intent.key))
    this.#expiries.delete(held.id)
    this.#pauses.delete(held.id)
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

  #waitingFor(key: string): readonly HeldOrder[] {
    return [...this.#held.values()].filter(({ state, terms }) => state !== 'given' && pairKey(terms.pair) === key)
  }

  #read(raw: RawTerms, intent: IntentEvent): WaitingTerms {
    return readTerms(raw, intent, this.#context.services.tokens, this.#waitsFor)
  }

  /** @throws TERMS_INVALID for a term that means nothing here */
  #checkOwn(terms: RawTerms): void {
    const own = this.#fields.filter(field => !NODE_ONLY.includes(field))
    const strange = Object.keys(terms).find(field => !own.includes(field))
    if (strange === undefined) return
    throw new ForgeError('TERMS_INVALID', {
      message: `the order node "${this.#context.id}" knows no term "${strange}"`,
      remedy: `The terms of an intent may be: ${own.join(', ')}.`,
    })
  }

  #refused(intent: IntentEvent, { code, message, remedy }: ForgeError): Report {
    const { key, node, input, output } = intent
    const base = { kind: 'report', at: this.#context.clock.now(), orderId: key, key, node, input, output } as const
    return { ...base, state: 'failed', reason: { code, message, remedy } }
  }
}

const keyOf = (node: string, key: string): string => `${node}\n${key}`

const isImmediate = ({ terms }: HeldOrder): boolean => terms.wait.trigger === 'now'
