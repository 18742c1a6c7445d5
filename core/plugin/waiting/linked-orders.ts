import { Observable, type Subscriber } from 'rxjs'
import type { TObject } from 'typebox'
import type { ForgeEvent, IntentEvent } from '../../events/event.ts'
import { isFinal, type Report } from '../../events/report.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { FINAL_STATES } from '../../orders/state-machine.ts'
import type { Outcome, PluginContext } from '../contract.ts'
import type { OrderRequest } from '../order-desk.ts'
import { groupKeyOf, type Leg, LinkGroup } from './link-group.ts'
import type { WaitingConfig } from './order-fields.ts'
import type { Wait, WaitContext } from './terms.ts'
import { WaitingOrders } from './waiting-orders.ts'

/** What a partial fill of one order does to the others: ends them, or leaves them what is left. */
export type OnPartial = 'cancel' | 'shrink'

/** What each leg knows of its group, in its terms. */
interface Linked {
  readonly names: readonly string[]
  /** Of the whole. */
  readonly units: bigint
}

/**
 * Groups of waiting orders of which exactly one trades. Each is an order of its own in the journal, and the journal alone
 * decides: none is given on while another of its group may be trading, or has traded, in this run or an earlier one.
 */
export class LinkedOrders {
  readonly events: Observable<ForgeEvent>
  readonly #context: PluginContext<WaitingConfig>
  readonly #onPartial: OnPartial
  readonly #inner: WaitingOrders
  readonly #groups = new Map<string, LinkGroup>()
  #out: Subscriber<ForgeEvent> | undefined
  /** Given before anybody listened. */
  readonly #early: ForgeEvent[] = []
  #ask: (request: OrderRequest) => void = () => undefined
  #forgetRequests: () => void
  #isReconciled = false
  #isInnerOver = false

  constructor(
    context: PluginContext<WaitingConfig>,
    schema: TObject,
    waitsFor: (context: WaitContext) => Wait,
    onPartial: OnPartial,
  ) {
    this.#context = context
    this.#onPartial = onPartial
    const { desk } = context.services
    for (const order of desk.open()) this.#restore(order)
    for (const { intent } of this.#groups.values()) context.hold(intent)
    this.#forgetRequests = desk.onRequest(request => this.#onRequest(request))
    const inner = innerContext(context, handle => {
      this.#ask = handle
    })
    // Which leg of what it is, is among its terms.
    this.#inner = new WaitingOrders(inner, [...Object.keys(schema.properties), 'leg', 'linked'], waitsFor)
    this.events = new Observable(out => {
      this.#out = out
      for (const event of this.#early.splice(0)) out.next(event)
      const subscription = this.#inner.events.subscribe({
        next: event => this.#pass([event]),
        error: error => out.error(error),
        complete: () => {
          this.#isInnerOver = true
          this.#completeWhenDone()
        },
      })
      this.#reconcile()
      return subscription
    })
  }

  /** Whether an intent is one of its own orders: a strategy takes up all that the journal has under its name. */
  isLeg(intent: Pick<IntentEvent, 'node' | 'key'>): boolean {
    return (
      this.#find(intent) !== undefined ||
      this.#context.services.desk.taken(intent)?.intent.terms?.['linked'] !== undefined
    )
  }

  /** Whether it holds nothing. */
  get isIdle(): boolean {
    return this.#groups.size === 0
  }

  /**
   * Arms the legs of an intent, by name. Those that an earlier run armed stay what they are.
   *
   * @param legs without keys: these are the intent's key, `/`, and the name
   */
  arm(intent: IntentEvent, legs: Readonly<Record<string, IntentEvent>>): void {
    const id = idOf(intent)
    if (this.#groups.has(id) || this.isLeg(intent)) return
    const group = new LinkGroup(intent)
    this.#groups.set(id, group)
    this.#context.hold(intent)
    const linked: Linked = { names: Object.keys(legs), units: intent.amount.units }
    this.#hearOf(group, linked)
    for (const [name, wanted] of Object.entries(legs)) {
      if (group.legs.has(`${intent.key}/${name}`)) continue
      const leg = this.#add(group, wanted, name, name, linked)
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
    const found = this.#find(report)
    // What is reported of the leg goes out first, and the node ends after the group.
    if (found) queueMicrotask(() => this.#endWhenOver(found.group))
    this.#inner.onReport(report)
    if (found?.leg.state !== 'given') return
    const { group, leg } = found
    if (report.state === 'armed') {
      // It came to nothing and waits again: what was kept because of it may go.
      leg.state = 'waits'
      this.#release(group)
      return
    }
    const isInterrupted = report.state === 'failed' && report.reason.code === 'ORDER_INTERRUPTED'
    if (!isFinal(report.state) || report.state === 'unresolved' || isInterrupted) return
    group.ended(leg, report)
    if (report.state === 'filled' || report.state === 'simulated') this.#settleSiblings(group)
    else this.#release(group)
  }

  onIntentsEnd(): void {
    this.#inner.onIntentsEnd()
  }

  onInputEnd(): Promise<undefined> {
    return this.#inner.onInputEnd()
  }

  health(): { readonly ok: boolean; readonly detail: string } {
    return this.#inner.health()
  }

  stop(): void {
    this.#forgetRequests()
    this.#inner.stop()
  }

  /** Takes up a leg of an earlier run, and what became of its siblings. */
  #restore(order: OrderRecord): void {
    const { intent } = order
    const linked = intent.terms?.['linked'] as Linked | undefined
    if (linked === undefined) return
    const whole: IntentEvent = {
      ...intent,
      key: groupKeyOf(intent.key),
      amount: { ...intent.amount, units: linked.units },
    }
    const group = this.#groups.get(idOf(whole)) ?? new LinkGroup(whole)
    if (!this.#groups.has(idOf(whole))) {
      this.#groups.set(idOf(whole), group)
      this.#hearOf(group, linked)
    }
    const waits = order.state === 'armed' || order.state === 'triggered'
    group.legs.set(intent.key, { intent, state: waits ? 'waits' : 'given' })
  }

  /** Legs that are over, by the journal. */
  #hearOf(group: LinkGroup, { names }: Linked): void {
    const { node, key } = group.intent
    for (const name of names) {
      for (let number = 1; ; number++) {
        const legKey = `${key}/${legName(name, number)}`
        const order = this.#context.services.desk.taken({ node, key: legKey })
        if (!order) break
        if (!FINAL_STATES.includes(order.state)) continue
        group.legs.set(legKey, { intent: order.intent, state: 'over' })
        if (order.fill) group.fills.push(order.fill)
      }
    }
  }

  /** Once the waiting orders are taken up: ends those whose sibling has traded while nobody listened. */
  #reconcile(): void {
    if (this.#isReconciled) return
    this.#isReconciled = true
    for (const group of [...this.#groups.values()]) {
      if (group.fills.length > 0) this.#settleSiblings(group)
      this.#endWhenOver(group)
    }
  }

  #add(group: LinkGroup, wanted: IntentEvent, name: string, kind: string, linked: Linked): Leg {
    const key = `${group.intent.key}/${name}`
    const leg: Leg = { intent: { ...wanted, key, terms: { ...wanted.terms, leg: kind, linked } }, state: 'waits' }
    group.legs.set(key, leg)
    return leg
  }

  /** What the waiting orders give, less what must not go. */
  #filtered(events: readonly ForgeEvent[]): ForgeEvent[] {
    return events.flatMap(event => {
      if (event.kind === 'intent') return this.#gate(event as IntentEvent)
      if (event.kind !== 'report') return [event]
      const report = event as Report
      const found = this.#find(report)
      if (!found || !isFinal(report.state)) return [event]
      found.group.ended(found.leg, report)
      return [event, ...this.#outcomeOf(found.group)]
    })
  }

  #gate(intent: IntentEvent): readonly ForgeEvent[] {
    const found = this.#find(intent)
    if (!found) return [intent]
    const { group, leg } = found
    // A transaction may have been signed for it: it is past holding back, and its outcome must be heard.
    const isBeyondReach = this.#context.services.desk.taken(leg.intent)?.state !== 'triggered'
    if (!isBeyondReach && this.#mustEnd(group)) return this.#refuse(leg)
    if (!isBeyondReach && (group.given ?? leg) !== leg) {
      leg.state = 'kept'
      leg.kept = intent
      return []
    }
    leg.state = 'given'
    return [intent]
  }

  /** Whether what has traded leaves nothing for the others. */
  #mustEnd(group: LinkGroup): boolean {
    return group.fills.length > 0 && (this.#onPartial === 'cancel' || group.left <= 0n)
  }

  /** After a fill: the others end, or are armed anew for what is left. */
  #settleSiblings(group: LinkGroup): void {
    const open = [...group.legs.values()].filter(({ state }) => state === 'waits' || state === 'kept')
    if (this.#mustEnd(group)) {
      for (const leg of open) this.#cancel(leg, `an order beside it was filled (${traded(group)})`)
      return
    }
    const units = group.left
    for (const leg of open) {
      if (leg.intent.amount.units <= units) continue
      const { size: _size, leg: kind, linked, ...terms } = leg.intent.terms ?? {}
      const name = legName(String(kind), group.fills.length + 1)
      const rest: IntentEvent = { ...leg.intent, amount: { ...leg.intent.amount, units }, terms }
      // There before the other ends, so that the group is not over in between.
      const shrunk = this.#add(group, rest, name, String(kind), linked as Linked)
      this.#cancel(leg, 'a part was filled by an order beside it: what is left is armed anew')
      this.#pass(toList(this.#inner.process(shrunk.intent)))
    }
  }

  /** Lets one go that was kept while another might have traded. */
  #release(group: LinkGroup): void {
    const leg = [...group.legs.values()].find(({ state }) => state === 'kept')
    if (!leg?.kept || group.given) return
    const { kept } = leg
    leg.state = 'given'
    delete leg.kept
    this.#give({ ...kept, at: this.#context.clock.now() })
  }

  #cancel(leg: Leg, cause: string): void {
    if (leg.state === 'kept') {
      for (const event of this.#refuse(leg)) this.#give(event)
      return
    }
    const order = this.#context.services.desk.taken(leg.intent)
    if (order) this.#ask({ kind: 'cancel', orderId: order.id, cause })
  }

  /** Ends a leg whose trigger held, when another has traded. */
  #refuse(leg: Leg): readonly ForgeEvent[] {
    const { clock, services } = this.#context
    const order = services.desk.taken(leg.intent)!
    const reason = { code: 'ORDER_LINKED', message: 'an order beside it has traded' }
    services.desk.end(order.id, 'cancelled', reason)
    const { key, node, input, output } = leg.intent
    const report: Report = {
      kind: 'report',
      at: clock.now(),
      orderId: order.id,
      key,
      node,
      input,
      output,
      state: 'skipped',
      reason,
    }
    this.#inner.onReport(report)
    return this.#filtered([report])
  }

  /** The report on a group that is over, once. */
  #outcomeOf(group: LinkGroup): readonly ForgeEvent[] {
    if (!group.isOver || !this.#groups.delete(idOf(group.intent))) return []
    return [group.outcome(this.#context.clock.now())]
  }

  #endWhenOver(group: LinkGroup): void {
    for (const event of this.#outcomeOf(group)) this.#give(event)
    this.#completeWhenDone()
  }

  /** Not before what is on its way has been heard of. */
  #completeWhenDone(): void {
    if (this.#isInnerOver && ![...this.#groups.values()].some(({ given }) => given)) this.#out?.complete()
  }

  #onRequest(request: OrderRequest): void {
    const order = this.#context.services.desk.order(request.orderId)
    const found = order && this.#find(order.intent)
    if (request.kind !== 'cancel' || !found) {
      this.#ask(request)
      return
    }
    // Who cancels one means what it belongs to: a stop without its target is another order.
    const { group } = found
    for (const leg of [...group.legs.values()])
      if (leg.state === 'waits' || leg.state === 'kept') this.#cancel(leg, request.cause)
  }

  #pass(events: readonly ForgeEvent[]): void {
    for (const event of this.#filtered(events)) this.#give(event)
  }

  #give(event: ForgeEvent): void {
    if (this.#out) this.#out.next(event)
    else this.#early.push(event)
  }

  #find({ node, key }: { readonly node: string; readonly key: string }): { group: LinkGroup; leg: Leg } | undefined {
    const group = this.#groups.get(idOf({ node, key: groupKeyOf(key) }))
    const leg = group?.legs.get(key)
    return group && leg && { group, leg }
  }
}

function innerContext(
  context: PluginContext<WaitingConfig>,
  listen: (handle: (request: OrderRequest) => void) => void,
): PluginContext<WaitingConfig> {
  const desk = {
    ...context.services.desk,
    onRequest: (handle: (request: OrderRequest) => void) => {
      listen(handle)
      return () => undefined
    },
  }
  const services = new Proxy(context.services, {
    get: (target, name, receiver) => (name === 'desk' ? desk : Reflect.get(target, name, receiver)),
  })
  return { ...context, services }
}

const idOf = ({ node, key }: { readonly node: string; readonly key: string }): string => `${node}\n${key}`

const traded = (group: LinkGroup): string => group.fills.map(({ key }) => key).join(', ')

function toList(outcome: Outcome): readonly ForgeEvent[] {
  if (!outcome) return []
  return Array.isArray(outcome) ? outcome : [outcome as ForgeEvent]
}

/** A leg that is armed anew for what is left has a number: its kind stays what it was. */
const legName = (kind: string, number: number): string => (number === 1 ? kind : `${kind}-${number}`)
