import type { IntentEvent } from '../../events/event.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { FINAL_STATES } from '../../orders/state-machine.ts'
import { isPartOf } from '../../orders/wholes.ts'
import type { OrderDesk } from '../order-desk.ts'
import { groupKeyOf, type Leg, type Linked, LinkGroup, legName } from './link-group.ts'

type Named = Pick<IntentEvent, 'node' | 'key'>

/** The groups of linked orders that a node holds; what it does not know of them, the journal does. */
export class LinkGroups {
  readonly #desk: Pick<OrderDesk, 'taken'>
  readonly #groups = new Map<string, LinkGroup>()

  constructor(desk: Pick<OrderDesk, 'taken'>) {
    this.#desk = desk
  }

  get size(): number {
    return this.#groups.size
  }

  all(): readonly LinkGroup[] {
    return [...this.#groups.values()]
  }

  get(intent: Named): LinkGroup | undefined {
    return this.#groups.get(idOf(intent))
  }

  /** A group of an intent, with what the journal has of its legs. */
  add(intent: IntentEvent, linked: Linked): LinkGroup {
    const group = new LinkGroup(intent)
    this.#groups.set(idOf(intent), group)
    this.#hearOf(group, linked)
    return group
  }

  /** Whether it was there. */
  delete({ intent }: LinkGroup): boolean {
    return this.#groups.delete(idOf(intent))
  }

  /** The group and the leg that an intent or report is of. */
  find({ node, key }: Named): { readonly group: LinkGroup; readonly leg: Leg } | undefined {
    const group = this.#groups.get(idOf({ node, key: groupKeyOf(key) }))
    const leg = group?.legs.get(key)
    return group && leg && { group, leg }
  }

  /** All groups of an order: its own, those of which it is the whole, or the one of which it is a leg. */
  of({ intent }: OrderRecord): readonly LinkGroup[] {
    const found = this.find(intent)
    if (found) return [found.group]
    return this.all().filter(
      group =>
        group.intent.node === intent.node &&
        (group.intent.key === intent.key || isPartOf(group.intent.key, intent.key)),
    )
  }

  /** Takes up a leg of an earlier run, and what became of its siblings. */
  restore({ intent, state }: OrderRecord): void {
    const linked = intent.terms?.['linked'] as Linked | undefined
    if (linked === undefined) return
    const whole: IntentEvent = {
      ...intent,
      key: groupKeyOf(intent.key),
      amount: { ...intent.amount, units: linked.units },
    }
    const group = this.get(whole) ?? this.add(whole, linked)
    group.legs.set(intent.key, { intent, state: state === 'armed' || state === 'triggered' ? 'waits' : 'given' })
  }

  /** Legs that are over, by the journal. */
  #hearOf(group: LinkGroup, { names }: Linked): void {
    const { node, key } = group.intent
    for (const name of names) {
      for (let number = 1; ; number++) {
        const legKey = `${key}/${legName(name, number)}`
        const order = this.#desk.taken({ node, key: legKey })
        if (!order) break
        if (!FINAL_STATES.includes(order.state)) continue
        group.legs.set(legKey, { intent: order.intent, state: 'over' })
        if (order.fill) group.fills.push(order.fill)
      }
    }
  }
}

const idOf = ({ node, key }: Named): string => `${node}\n${key}`
