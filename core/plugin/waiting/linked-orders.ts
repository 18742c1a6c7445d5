import { Observable, type Subscriber } from 'rxjs'
import type { TObject } from 'typebox'
import type { ForgeEvent, IntentEvent } from '../../events/event.ts'
import { type Fill, isFinal, type Report } from '../../events/report.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import type { Outcome, PluginContext } from '../contract.ts'
import { isOrderOver, type OrderRequest } from '../order-desk.ts'
import { type Leg, type Linked, type LinkGroup, legName } from './link-group.ts'
import { LinkGroups } from './link-groups.ts'
import type { WaitingConfig } from './order-fields.ts'
import type { Wait, WaitContext } from './terms.ts'
import { WaitingOrders } from './waiting-orders.ts'

/** What a partial fill of one order does to the others: ends them, or leaves them what is left. */
export type OnPartial = 'cancel' | 'shrink'

export interface LinkedOptions {
  readonly context: PluginContext<WaitingConfig>
  /** Of the settings that an intent's own terms may name. */
  readonly schema: TObject
  /** What a leg waits for: its terms have its name as `leg`. */
  readonly waitsFor: (context: WaitContext) => Wait
  readonly onPartial: OnPartial
  /** A group is over; what is told of it. */
  readonly over: (outcome: Report) => readonly ForgeEvent[]
}

/**
 * Groups of waiting orders of which exactly one trades. Each is an order of its own in the journal, and the journal alone
 * decides: none is given on while another of its group may be trading, or has traded, in this run or an earlier one.
 */
export class LinkedOrders {
  readonly events: Observable<ForgeEvent>
  readonly #options: LinkedOptions
  readonly #inner: WaitingOrders
  readonly #groups: LinkGroups
  #out: Subscriber<ForgeEvent> | undefined
  /** Given before anybody listened. */
  readonly #early: ForgeEvent[] = []
  #ask: (request: OrderRequest) => void = () => undefined
  #forgetRequests: () => void
  #isReconciled = false
  #isInputOver = false
  #wantsToFinish = false

  constructor(options: LinkedOptions) {
    const { context, schema, waitsFor } = options
    this.#options = options
    const { desk } = context.services
    this.#groups = new LinkGroups(desk)
    for (const order of desk.open()) this.#groups.restore(order)
    for (const { intent } of this.#groups.all()) context.hold(intent)
    this.#forgetRequests = desk.onRequest(request => this.#onRequest(request))
    const inner = innerContext(context, {
      listen: handle => {
        this.#ask = handle
      },
      finish: () => {
        this.#wantsToFinish = true
        this.#finishWhenIdle()
      },
    })
    // Which leg of what it is, is among its terms.
    this.#inner = new WaitingOrders(inner, [...Object.keys(schema.properties), 'leg', 'linked'], waitsFor)
    this.events = new Observable(out => {
      this.#out = out
      for (const event of this.#early.splice(0)) out.next(event)
      const subscription = this.#inner.events.subscribe({
        next: event => this.#safely(() => this.#pass([event])),
        error: error => out.error(error),
      })
      this.#reconcile()
      return subscription
    })
  }

  /** Whether an intent is one of its own orders: a strategy takes up all that the journal has under its name. */
  isLeg(intent: Pick<IntentEvent, 'node' | 'key'>): boolean {
    return (
      this.#groups.find(intent) !== undefined ||
      this.#options.context.services.desk.taken(intent)?.intent.terms?.['linked'] !== undefined
    )
  }

  /** Whether anything is left of an order: its own group, or those of its parts. */
  holds(order: OrderRecord): boolean {
    return this.#groups.of(order).length > 0
  }

  /** What the legs of an intent with these names have traded, by the journal. */
  tradedBy(intent: IntentEvent, names: readonly string[]): readonly Fill[] {
    return new LinkGroups(this.#options.context.services.desk).add(intent, { names, units: 0n }).fills
  }

  /** Whether nothing that it holds can still come to anything in this run. */
  get isIdle(): boolean {
    return this.#groups.all().every(({ rests }) => rests)
  }

  /** @throws what is wrong with the terms of a leg with that name */
  check(intent: IntentEvent, name: string): void {
    this.#inner.check({ ...intent, terms: { ...intent.terms, leg: name } })
  }

  /**
   * Arms the legs of an intent, by name. Those that an earlier run armed stay what they are, and those that it did not
   * live to arm are.
   *
   * @param legs without keys: these are the intent's key, `/`, and the name
   */
  arm(intent: IntentEvent, legs: Readonly<Record<string, IntentEvent>>): void {
    const linked: Linked = { names: Object.keys(legs), units: intent.amount.units }
    const known = this.#groups.get(intent)
    if (!known) this.#options.context.hold(intent)
    const group = known ?? this.#groups.add(intent, linked)
    for (const [name, wanted] of Object.entries(legs)) {
      if (group.legs.has(`${intent.key}/${name}`)) continue
      const leg = group.add(wanted, name, name, linked)
      this.#pass(toList(this.#inner.process(leg.intent)))
      // One that was refused leaves nothing to link.
      if (leg.state !== 'over' || group.fills.length > 0) continue
      for (const sibling of group.siblingsOf(leg)) this.#cancel(sibling, 'the order beside it was refused')
      break
    }
    if (group.fills.length > 0) this.#settleSiblings(group)
    this.#endWhenOver(group)
  }

  /** A price. */
  process(event: ForgeEvent): Outcome {
    const given = this.#filtered(toList(this.#inner.process(event)))
    this.#reconcile()
    return given
  }

  onReport(report: Report): void {
    const found = this.#groups.find(report)
    // What is reported of the leg goes out first, and the node ends after the group.
    if (found) queueMicrotask(() => this.#safely(() => this.#endWhenOver(found.group)))
    this.#inner.onReport(report)
    if (found?.leg.state !== 'given') return
    const { group, leg } = found
    if (report.state === 'armed') {
      // It came to nothing and waits again: what was kept because of it may go.
      leg.state = 'waits'
      if (group.cancelled !== undefined) this.#cancel(leg, group.cancelled)
      else this.#release(group)
      return
    }
    if (!isFinal(report.state)) return
    if (!isOrderOver(report, this.#options.context.services.desk)) {
      leg.state = 'unsure'
      for (const sibling of group.open) if (sibling.state === 'kept') this.#inner.letRest(sibling.intent)
      return
    }
    group.ended(leg, report)
    if (report.state === 'filled' || report.state === 'simulated') this.#settleSiblings(group)
    else this.#release(group)
  }

  onIntentsEnd(): void {
    this.#inner.onIntentsEnd()
  }

  /** Without prices nothing fires: what waits stays armed for the next run. */
  async onInputEnd(): Promise<undefined> {
    await this.#inner.settled()
    this.#isInputOver = true
    this.#completeWhenDone()
  }

  health(): { readonly ok: boolean; readonly detail: string } {
    return this.#inner.health()
  }

  stop(): void {
    this.#forgetRequests()
    this.#inner.stop()
  }

  /** Once the waiting orders are taken up: ends those whose sibling has traded while nobody listened. */
  #reconcile(): void {
    if (this.#isReconciled) return
    this.#isReconciled = true
    for (const group of this.#groups.all()) {
      if (group.fills.length > 0) this.#settleSiblings(group)
      this.#endWhenOver(group)
    }
  }

  /** What the waiting orders give, less what must not go. */
  #filtered(events: readonly ForgeEvent[]): ForgeEvent[] {
    return events.flatMap(event => {
      if (event.kind === 'intent') return this.#gate(event as IntentEvent)
      if (event.kind !== 'report') return [event]
      const report = event as Report
      const found = this.#groups.find(report)
      if (!found || !isFinal(report.state)) return [event]
      found.group.ended(found.leg, report)
      return [event, ...this.#outcomeOf(found.group)]
    })
  }

  #gate(intent: IntentEvent): readonly ForgeEvent[] {
    const found = this.#groups.find(intent)
    if (!found) return [intent]
    const { group, leg } = found
    // A transaction may have been signed for it: it is past holding back, and its outcome must be heard.
    const isBeyondReach = this.#options.context.services.desk.taken(leg.intent)?.state !== 'triggered'
    if (!isBeyondReach && this.#mustEnd(group)) return this.#refuse(leg)
    if (!isBeyondReach && (group.given ?? leg) !== leg) {
      leg.state = 'kept'
      leg.kept = intent
      if (group.given?.state === 'unsure') this.#inner.letRest(intent)
      return []
    }
    leg.state = 'given'
    return [intent]
  }

  /** Whether what has traded leaves nothing for the others. */
  #mustEnd(group: LinkGroup): boolean {
    return group.fills.length > 0 && (this.#options.onPartial === 'cancel' || group.left <= 0n)
  }

  /** After a fill: the others end, or are armed anew for what is left. */
  #settleSiblings(group: LinkGroup): void {
    if (this.#mustEnd(group)) {
      const traded = group.fills.map(({ key }) => key).join(', ')
      for (const leg of group.open) this.#cancel(leg, `an order beside it was filled (${traded})`)
      return
    }
    const units = group.left
    for (const leg of group.open) {
      if (leg.intent.amount.units <= units) continue
      const { size: _size, leg: kind, linked, ...terms } = leg.intent.terms ?? {}
      const rest: IntentEvent = { ...leg.intent, amount: { ...leg.intent.amount, units }, terms }
      // Armed before the other ends: whoever dies in between leaves nothing unguarded.
      const name = legName(String(kind), group.fills.length + 1)
      if (!group.legs.has(`${group.intent.key}/${name}`)) {
        const shrunk = group.add(rest, name, String(kind), linked as Linked)
        this.#pass(toList(this.#inner.process(shrunk.intent)))
      }
      this.#cancel(leg, 'a part was filled by an order beside it: what is left is armed anew')
    }
  }

  /** Lets one go that was kept while another might have traded. */
  #release(group: LinkGroup): void {
    const leg = group.open.find(({ state }) => state === 'kept')
    if (!leg?.kept || group.given) return
    const { kept } = leg
    leg.state = 'given'
    delete leg.kept
    this.#give({ ...kept, at: this.#options.context.clock.now() })
  }

  #cancel(leg: Leg, cause: string): void {
    if (leg.state === 'kept') {
      for (const event of this.#refuse(leg)) this.#give(event)
      return
    }
    const order = this.#options.context.services.desk.taken(leg.intent)
    if (order) this.#ask({ kind: 'cancel', orderId: order.id, cause })
  }

  /** Ends a leg whose trigger held, when another has traded. */
  #refuse(leg: Leg): readonly ForgeEvent[] {
    const { clock, services } = this.#options.context
    const order = services.desk.taken(leg.intent)!
    const reason = { code: 'ORDER_LINKED', message: 'an order beside it has traded' }
    services.desk.end(order.id, 'cancelled', reason)
    const { key, node, input, output } = leg.intent
    const base = { kind: 'report', at: clock.now(), orderId: order.id, key, node, input, output } as const
    const report: Report = { ...base, state: 'skipped', reason }
    this.#inner.onReport(report)
    return this.#filtered([report])
  }

  /** What is told of a group that is over, once. */
  #outcomeOf(group: LinkGroup): readonly ForgeEvent[] {
    if (!group.isOver || !this.#groups.delete(group)) return []
    return this.#options.over(group.outcome(this.#options.context.clock.now()))
  }

  #endWhenOver(group: LinkGroup): void {
    for (const event of this.#outcomeOf(group)) this.#give(event)
    this.#completeWhenDone()
    this.#finishWhenIdle()
  }

  /** A leg that an earlier run gave on is waited for here: the waiting orders know nothing of it. */
  #finishWhenIdle(): void {
    if (this.#wantsToFinish && this.isIdle) this.#options.context.finish()
  }

  /** Not before what is on its way has been heard of. */
  #completeWhenDone(): void {
    if (!this.#isInputOver || this.#groups.all().some(({ given }) => given)) return
    this.#inner.complete()
    this.#out?.complete()
  }

  /** Who asks something of one means what it belongs to: a stop without its target is another order. */
  #onRequest(request: OrderRequest): void {
    const order = this.#options.context.services.desk.order(request.orderId)
    if (!order) return
    if (request.kind === 'fire') {
      this.#ask(request)
      return
    }
    for (const group of this.#groups.of(order)) {
      if (request.kind === 'cancel') group.cancelled = request.cause
      for (const leg of group.open) {
        const { id } = this.#options.context.services.desk.taken(leg.intent) ?? {}
        if (request.kind === 'cancel') this.#cancel(leg, request.cause)
        else if (id !== undefined) this.#ask({ ...request, orderId: id })
      }
    }
  }

  /** What is thrown outside of a call of the runtime has nobody to tell: it is the node's failure. */
  #safely(work: () => void): void {
    try {
      work()
    } catch (thrown) {
      this.#out?.error(thrown)
    }
  }

  #pass(events: readonly ForgeEvent[]): void {
    for (const event of this.#filtered(events)) this.#give(event)
  }

  #give(event: ForgeEvent): void {
    if (this.#out) this.#out.next(event)
    else this.#early.push(event)
  }
}

/** As the waiting orders see the world: only legs are theirs, and what people ask comes by the groups. */
function innerContext(
  context: PluginContext<WaitingConfig>,
  {
    listen,
    finish,
  }: { readonly listen: (handle: (request: OrderRequest) => void) => void; readonly finish: () => void },
): PluginContext<WaitingConfig> {
  const desk = {
    ...context.services.desk,
    open: () => context.services.desk.open().filter(({ arming }) => !arming?.isWhole),
    onRequest: (handle: (request: OrderRequest) => void) => {
      listen(handle)
      return () => undefined
    },
  }
  const services = new Proxy(context.services, {
    get: (target, name, receiver) => (name === 'desk' ? desk : Reflect.get(target, name, receiver)),
  })
  return { ...context, services, finish }
}

function toList(outcome: Outcome): readonly ForgeEvent[] {
  if (!outcome) return []
  return Array.isArray(outcome) ? outcome : [outcome as ForgeEvent]
}
