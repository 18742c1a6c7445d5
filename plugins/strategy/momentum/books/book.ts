import { type Fill, isFinal, type OrderRecord, type Report } from '../../../../core/index.ts'
import { type OrderKey, readKey } from './keys.ts'

/** What was bought and is not all sold. */
export interface Position {
  /** The bar that it was opened with. */
  readonly bar: string
  /** Base units held. */
  readonly units: bigint
  /** Base units bought, and the quote paid for them. */
  readonly bought: bigint
  readonly paid: bigint
  /** Quote that sales of it have brought so far. */
  readonly earned: bigint
  /** When it was known to be open. */
  readonly since_ms: number
  /** Sales tried so far. */
  readonly sales: number
}

/** What a final word on an order changed. */
export type Change =
  | { readonly kind: 'opened'; readonly position: Position }
  | { readonly kind: 'reduced'; readonly position: Position }
  | { readonly kind: 'closed'; readonly position: Position }
  | { readonly kind: 'nothing'; readonly order: OrderKey }
  | { readonly kind: 'unresolved'; readonly key: string }

type Ending =
  | { readonly state: 'filled'; readonly fill: Fill }
  | { readonly state: 'nothing' }
  | { readonly state: 'unresolved' }

/**
 * What the strategy has and what it may spend, from its own orders alone: the journal's when it starts, then the reports
 * on what it gives. It sells what it bought, and nothing else that the wallet may hold.
 */
export class Book {
  position: Position | undefined
  /** The order that is under way: there is at most one. */
  pending: string | undefined
  #pendingKey: OrderKey | undefined
  /** An order of which nobody knows what became: nothing is traded until a person has looked. */
  unresolved: string | undefined
  lastExit_ms = Number.NEGATIVE_INFINITY
  /** Positions that were closed, and those of them that brought more than they cost. */
  closed = 0
  won = 0
  readonly #budget: bigint
  readonly #compound: boolean
  readonly #bars = new Set<string>()
  #profit = 0n

  constructor({ budget, compound }: { readonly budget: bigint; readonly compound: boolean }) {
    this.#budget = budget
    this.#compound = compound
  }

  /** Quote that closed positions brought beyond their cost, fees apart. */
  get profit(): bigint {
    return this.#profit
  }

  /** What a position may be bought with now, when there is none. */
  get capital(): bigint {
    return this.#budget + (this.#compound || this.#profit < 0n ? this.#profit : 0n)
  }

  /** Whether something was, or may have been, bought with that bar. */
  hasBar(bar: string): boolean {
    return this.#bars.has(bar)
  }

  /** Takes up the orders of earlier runs, oldest first. @returns those that are still under way */
  restore(orders: readonly OrderRecord[]): readonly OrderRecord[] {
    const open: OrderRecord[] = []
    for (const order of orders) {
      const key = readKey(order.intent.key)
      if (!key) continue
      this.given(order.intent.key, key)
      const ending = endingOf(order)
      if (ending) this.#ended(order.intent.key, key, ending, order.fill?.at ?? order.updatedAt)
      else open.push(order)
    }
    return open
  }

  /** An order is on its way. */
  given(text: string, key: OrderKey): void {
    const { bar, side } = key
    this.pending = text
    this.#pendingKey = key
    if (side === 'buy') this.#bars.add(bar)
    else if (this.position) this.position = { ...this.position, sales: this.position.sales + 1 }
  }

  /** What a report changes; nothing while it is on the way, or not on the order that is under way. */
  report(report: Report): Change | undefined {
    const key = this.#pendingKey
    if (report.key !== this.pending || key === undefined || !isFinal(report.state)) return undefined
    switch (report.state) {
      case 'filled':
      case 'simulated':
        return this.#ended(report.key, key, { state: 'filled', fill: report.fill }, report.at)
      case 'unresolved':
        return this.#ended(report.key, key, { state: 'unresolved' }, report.at)
      default:
        return this.#ended(report.key, key, { state: 'nothing' }, report.at)
    }
  }

  #ended(text: string, order: OrderKey, ending: Ending, at: number): Change {
    this.pending = undefined
    if (ending.state === 'unresolved') {
      this.unresolved = text
      return { kind: 'unresolved', key: text }
    }
    if (ending.state === 'nothing') return { kind: 'nothing', order }
    const { input, output } = ending.fill
    return order.side === 'buy'
      ? this.#bought(order.bar, input.units, output.units, at)
      : this.#sold(input.units, output.units, at)
  }

  #bought(bar: string, paid: bigint, units: bigint, since_ms: number): Change {
    this.position = { bar, units, bought: units, paid, earned: 0n, since_ms, sales: 0 }
    return { kind: 'opened', position: this.position }
  }

  #sold(units: bigint, brought: bigint, at: number): Change {
    const before = this.position!
    const position = { ...before, units: before.units - units, earned: before.earned + brought }
    if (position.units > 0n) {
      this.position = position
      return { kind: 'reduced', position }
    }
    this.position = undefined
    this.lastExit_ms = at
    this.closed++
    if (position.earned > position.paid) this.won++
    this.#profit += position.earned - position.paid
    return { kind: 'closed', position }
  }
}

/** How an order of an earlier run ended; undefined while it may still do something. */
function endingOf(order: OrderRecord): Ending | undefined {
  switch (order.state) {
    case 'confirmed':
      return order.fill ? { state: 'filled', fill: order.fill } : { state: 'unresolved' }
    case 'failed':
    case 'expired':
    case 'cancelled':
      return { state: 'nothing' }
    case 'unresolved':
      return { state: 'unresolved' }
    default:
      return undefined
  }
}
