import type { ForgeEvent, IntentEvent } from '../../events/event.ts'
import { isFinal, type Report } from '../../events/report.ts'
import type { PluginContext } from '../contract.ts'
import { isOrderOver, type OrderRequest } from '../order-desk.ts'
import { type Leg, type Linked, type LinkGroup, legName, type OnPartial } from './link-group.ts'
import type { LinkGroups } from './link-groups.ts'
import type { WaitingConfig } from './order-fields.ts'

export interface OneOfGroupOptions {
  readonly context: PluginContext<WaitingConfig>
  readonly groups: LinkGroups
  readonly onPartial: OnPartial
  /** The waiting orders that hold the legs. */
  readonly legs: {
    process(event: ForgeEvent): readonly ForgeEvent[]
    onReport(report: Report): void
    letRest(intent: Pick<IntentEvent, 'node' | 'key'>): void
    settleOn(): void
    ask(request: OrderRequest): void
  }
  /** A group is over; what is told of it. */
  readonly over: (outcome: Report) => readonly ForgeEvent[]
  /** Takes what is given of its own accord. */
  readonly give: (event: ForgeEvent) => void
}

/**
 * Sees to it that of each group exactly one order trades: none is given on while another may be trading, or has traded,
 * and what has traded ends the others, or leaves them what is left.
 */
export class OneOfGroup {
  readonly #options: OneOfGroupOptions

  constructor(options: OneOfGroupOptions) {
    this.#options = options
  }

  /**
   * Whether the size of a leg whose trigger holds may be settled: not while another of its group has the holding in hand,
   * and may come to nothing.
   */
  maySettle(intent: IntentEvent): boolean {
    const found = this.#options.groups.find(intent)
    const given = found?.group.given
    return given === undefined || given === found?.leg || given.state !== 'given'
  }

  /** What the waiting orders give, less what must not go. */
  filtered(events: readonly ForgeEvent[]): ForgeEvent[] {
    return events.flatMap(event => {
      if (event.kind === 'intent') return this.#gate(event as IntentEvent)
      if (event.kind !== 'report') return [event]
      const report = event as Report
      const found = this.#options.groups.find(report)
      if (!found || !isFinal(report.state)) return [event]
      found.group.ended(found.leg, report)
      return [event, ...this.outcomeOf(found.group)]
    })
  }

  /** A report on a leg that was given on. */
  heard(report: Report, found: { readonly group: LinkGroup; readonly leg: Leg }): void {
    this.#hear(report, found)
    if (found.leg.state !== 'given') this.#options.legs.settleOn()
  }

  #hear(report: Report, { group, leg }: { readonly group: LinkGroup; readonly leg: Leg }): void {
    if (report.state === 'armed') {
      // It came to nothing and waits again: what was kept because of it may go.
      leg.state = 'waits'
      if (group.cancelled !== undefined) this.cancel(leg, group.cancelled)
      else this.#release(group)
      return
    }
    if (!isFinal(report.state)) return
    if (!isOrderOver(report, this.#options.context.services.desk)) {
      leg.state = 'unsure'
      for (const sibling of group.open) if (sibling.state === 'kept') this.#restKept(sibling, leg)
      return
    }
    group.ended(leg, report)
    if (report.state === 'filled' || report.state === 'simulated') this.settleSiblings(group)
    else this.#release(group)
  }

  /** After a fill: the others end, or are armed anew for what is left. */
  settleSiblings(group: LinkGroup): void {
    if (group.fills.length === 0) return
    if (this.#mustEnd(group)) {
      const traded = group.fills.map(({ key }) => key).join(', ')
      for (const leg of group.open) this.cancel(leg, `an order beside it was filled (${traded})`)
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
        this.pass(this.#options.legs.process(shrunk.intent))
      }
      this.cancel(leg, 'a part was filled by an order beside it: what is left is armed anew')
    }
  }

  /** Ends a leg that has not been given on. */
  cancel(leg: Leg, cause: string): void {
    if (leg.state === 'kept') {
      for (const event of this.#refuse(leg)) this.#options.give(event)
      return
    }
    const order = this.#options.context.services.desk.taken(leg.intent)
    if (order) this.#options.legs.ask({ kind: 'cancel', orderId: order.id, cause })
  }

  /** What is told of a group that is over, once. */
  outcomeOf(group: LinkGroup): readonly ForgeEvent[] {
    if (!group.isOver || !this.#options.groups.delete(group)) return []
    return this.#options.over(group.outcome(this.#options.context.clock.now()))
  }

  /** Gives on what the waiting orders give of their own accord. */
  pass(events: readonly ForgeEvent[]): void {
    for (const event of this.filtered(events)) this.#options.give(event)
  }

  #gate(intent: IntentEvent): readonly ForgeEvent[] {
    const found = this.#options.groups.find(intent)
    if (!found) return [intent]
    const { group, leg } = found
    // A transaction may have been signed for it: it is past holding back, and its outcome must be heard.
    const isBeyondReach = this.#options.context.services.desk.taken(leg.intent)?.state !== 'triggered'
    if (!isBeyondReach && this.#mustEnd(group)) return this.#refuse(leg)
    const { given } = group
    if (!isBeyondReach && given && given !== leg) {
      leg.state = 'kept'
      leg.kept = intent
      if (given.state === 'unsure') this.#restKept(leg, given)
      return []
    }
    leg.state = 'given'
    return [intent]
  }

  /** Leaves one at this node for as long as nobody knows whether another has traded: its story says so. */
  #restKept({ intent }: Leg, unsure: Leg): void {
    const { desk } = this.#options.context.services
    const order = desk.taken(intent)
    if (order) desk.note(order.id, `kept back: nobody can tell yet whether ${unsure.intent.key} beside it has traded`)
    this.#options.legs.letRest(intent)
  }

  /** Whether what has traded leaves nothing for the others. */
  #mustEnd(group: LinkGroup): boolean {
    return group.fills.length > 0 && (this.#options.onPartial === 'cancel' || group.left <= 0n)
  }

  /** Lets one go that was kept while another might have traded. */
  #release(group: LinkGroup): void {
    const leg = group.open.find(({ state }) => state === 'kept')
    if (!leg?.kept || group.given) return
    const { kept } = leg
    leg.state = 'given'
    delete leg.kept
    this.#options.give({ ...kept, at: this.#options.context.clock.now() })
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
    this.#options.legs.onReport(report)
    return this.filtered([report])
  }
}
