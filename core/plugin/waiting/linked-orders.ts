import { Observable, type Subscriber } from 'rxjs'
import type { TObject } from 'typebox'
import type { ForgeEvent, IntentEvent } from '../../events/event.ts'
import type { Fill, Report } from '../../events/report.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import type { Outcome, PluginContext } from '../contract.ts'
import type { OrderRequest } from '../order-desk.ts'
import { legsContext } from './legs-context.ts'
import type { Linked, LinkGroup, OnPartial } from './link-group.ts'
import { LinkGroups } from './link-groups.ts'
import { OneOfGroup } from './one-of-group.ts'
import type { WaitingConfig } from './order-fields.ts'
import type { Wait, WaitContext } from './terms.ts'
import { WaitingOrders } from './waiting-orders.ts'

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
  readonly #rules: OneOfGroup
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
    const inner = legsContext(context, {
      listen: ask => {
        this.#ask = ask
      },
      finish: () => {
        this.#wantsToFinish = true
        this.#finishWhenIdle()
      },
    })
    // Which leg of what it is, is among its terms.
    const fields = [...Object.keys(schema.properties), 'leg', 'linked']
    this.#inner = new WaitingOrders(inner, fields, waitsFor, intent => this.#rules.maySettle(intent))
    this.#rules = new OneOfGroup({
      context,
      groups: this.#groups,
      onPartial: options.onPartial,
      legs: {
        process: event => toList(this.#inner.process(event)),
        onReport: report => this.#inner.onReport(report),
        letRest: intent => this.#inner.letRest(intent),
        settleOn: () => this.#inner.settleOn(),
        ask: request => this.#ask(request),
      },
      over: options.over,
      give: event => this.#give(event),
    })
    this.events = new Observable(out => {
      this.#out = out
      for (const event of this.#early.splice(0)) out.next(event)
      const subscription = this.#inner.events.subscribe({
        next: event => this.#safely(() => this.#rules.pass([event])),
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
      this.#rules.pass(toList(this.#inner.process(leg.intent)))
      // One that was refused leaves nothing to link.
      if (leg.state !== 'over' || group.fills.length > 0) continue
      for (const sibling of group.siblingsOf(leg)) this.#rules.cancel(sibling, 'the order beside it was refused')
      break
    }
    this.#rules.settleSiblings(group)
    this.#endWhenOver(group)
  }

  /** A price. */
  process(event: ForgeEvent): Outcome {
    const given = this.#rules.filtered(toList(this.#inner.process(event)))
    this.#reconcile()
    return given
  }

  onReport(report: Report): void {
    const found = this.#groups.find(report)
    // What is reported of the leg goes out first, and the node ends after the group.
    if (found) queueMicrotask(() => this.#safely(() => this.#endWhenOver(found.group)))
    this.#inner.onReport(report)
    if (found?.leg.state === 'given') this.#rules.heard(report, found)
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
      this.#rules.settleSiblings(group)
      this.#endWhenOver(group)
    }
  }

  #endWhenOver(group: LinkGroup): void {
    for (const event of this.#rules.outcomeOf(group)) this.#give(event)
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
        if (request.kind === 'cancel') this.#rules.cancel(leg, request.cause)
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

  #give(event: ForgeEvent): void {
    if (this.#out) this.#out.next(event)
    else this.#early.push(event)
  }
}

function toList(outcome: Outcome): readonly ForgeEvent[] {
  if (!outcome) return []
  return Array.isArray(outcome) ? outcome : [outcome as ForgeEvent]
}
