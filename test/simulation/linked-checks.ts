import { type Fill, type ForgeEvent, type OrderRecord, parsePrice } from '../../core/index.ts'
import type { LandedTransaction } from '../../core/localnet/ledger/transactions.ts'
import { partsOf } from '../../core/orders/parts.ts'
import { type Given, judge } from './order-checks.ts'
import type { Bracket, Linked, Oco, Twap } from './process/linked.ts'

/** What the checks of orders that are made of several look at. */
interface Remains {
  readonly linked: readonly Linked[]
  readonly orders: readonly OrderRecord[]
  readonly events: readonly ForgeEvent[]
  readonly given: readonly Given[]
  /** The wallet's transactions, as the chain has them. */
  readonly landed: readonly LandedTransaction[]
}

/**
 * Of two legs one trades, and never more than there is; what a bracket sells is what its entry brought; the slices of an
 * order are together no more than it; and what is reported of the whole is what the chain says of its parts.
 */
export function linkedViolations(remains: Remains): string[] {
  const succeeded = new Set(remains.landed.filter(({ err }) => err === null).map(({ signature }) => signature))
  const book = new Book(remains, succeeded)
  return remains.linked.flatMap(wish => ofOne(wish, book, remains))
}

function ofOne(wish: Linked, book: Book, remains: Remains): string[] {
  switch (wish.kind) {
    case 'oco':
      return ocoViolations(wish, book, remains)
    case 'bracket':
      return bracketViolations(wish, book, remains)
    case 'twap':
      return twapViolations(wish, book)
  }
}

/** The journal's orders by their keys, and what the chain says of them. */
class Book {
  readonly #orders: ReadonlyMap<string, OrderRecord>
  readonly #events: readonly ForgeEvent[]
  readonly #succeeded: ReadonlySet<string>

  constructor({ orders, events }: Remains, succeeded: ReadonlySet<string>) {
    this.#orders = new Map(orders.map(order => [`${order.intent.node}/${order.intent.key}`, order]))
    this.#events = events
    this.#succeeded = succeeded
  }

  order({ kind, key }: Linked, part = ''): OrderRecord | undefined {
    return this.#orders.get(`ask ${kind}/${key}${part}`)
  }

  /** Orders whose key begins with this one's. */
  below({ kind, key }: Linked, part = ''): readonly OrderRecord[] {
    const beginning = `ask ${kind}/${key}${part}/`
    return [...this.#orders].flatMap(([name, order]) => (name.startsWith(beginning) ? [order] : []))
  }

  /** Units that left the wallet for an order, by the transactions that landed. */
  traded(order: OrderRecord): bigint {
    return order.attempts
      .filter(({ signature }) => this.#succeeded.has(signature))
      .reduce((sum, { promise }) => sum + promise.inputUnits, 0n)
  }

  tradedBy(orders: readonly OrderRecord[]): bigint {
    return orders.reduce((sum, order) => sum + this.traded(order), 0n)
  }

  /** What was said of the whole at last. A power cut takes back what was said before it. */
  outcome({ kind, key }: Linked): Extract<ForgeEvent, { kind: 'report' }> | undefined {
    return this.#events.findLast(
      (event): event is Extract<ForgeEvent, { kind: 'report' }> =>
        event.kind === 'report' && event['key'] === key && event['node'] === `ask ${kind}`,
    )
  }
}

function ocoViolations(wish: Oco, book: Book, remains: Remains): string[] {
  const legs = book.below(wish)
  const found = [...onlyOne(wish.key, wish.units, legs, book), ...told(wish, legs, book)]
  for (const name of ['stop', 'target'] as const) {
    const order = book.order(wish, `/${name}`)
    if (order) found.push(...watched(order, wish[name], remains))
    else if (!legs.some(({ fill }) => fill)) found.push(`answered: the journal has no ${name} of "${wish.key}"`)
  }
  return found
}

/** Of the legs of a group one trades, and no more than the group has. */
function onlyOne(key: string, units: bigint, legs: readonly OrderRecord[], book: Book): string[] {
  const traded = book.tradedBy(legs)
  if (traded <= units) return []
  const each = legs.map(leg => `${leg.intent.key} ${book.traded(leg)}`).join(', ')
  return [`once: "${key}" wanted ${units} units, and its legs traded ${traded}: ${each}`]
}

function bracketViolations(wish: Bracket, book: Book, remains: Remains): string[] {
  const entry = book.order(wish, '/entry')
  if (!entry) return [`answered: the journal has no entry of "${wish.key}"`]
  const found = told(wish, [entry], book)
  const fills = fillsOf(entry)
  for (const [index, { output }] of fills.entries()) {
    const group = `/${index + 1}`
    const legs = book.below(wish, group)
    for (const name of ['stop', 'target'] as const) {
      const order = book.order(wish, `${group}/${name}`)
      if (order) found.push(...watched(order, levelOf(order, name), remains))
      const armed = order && wholeOf(order)
      if (armed === output.units) continue
      // Once everything is sold by the other, nothing is left to arm.
      if (!order && book.tradedBy(legs) === output.units) continue
      found.push(
        `sized: the ${name} of ${wish.key}${group} is for ${armed} units, and the fill brought ${output.units}`,
      )
    }
    found.push(...onlyOne(`${wish.key}${group}`, output.units, legs, book))
  }
  const exits = book.below(wish).filter(order => order !== entry)
  const strange = exits.find(({ intent }) => Number(intent.key.slice(wish.key.length + 1).split('/')[0]) > fills.length)
  if (strange) found.push(`sized: ${strange.intent.key} is for no fill: "${wish.key}" has ${fills.length}`)
  const brought = fills.reduce((sum, { output }) => sum + output.units, 0n)
  const sold = book.tradedBy(exits)
  if (sold > brought) found.push(`once: "${wish.key}" brought ${brought} units, and ${sold} were sold`)
  return found
}

function twapViolations(wish: Twap, book: Book): string[] {
  const order = book.order(wish)
  if (!order) return [`answered: the journal has no "${wish.key}"`]
  const slices = book.below(wish)
  const found = told(wish, slices, book)
  const traded = book.tradedBy(slices)
  if (traded > wish.units) found.push(`once: "${wish.key}" wanted ${wish.units} units, and its slices traded ${traded}`)
  if (slices.length > wish.slices) found.push(`once: "${wish.key}" has ${slices.length} slices of ${wish.slices}`)
  const isWhole = slices.length === wish.slices && slices.every(({ state, reason }) => state === 'confirmed' && !reason)
  if (isWhole && traded !== wish.units) {
    found.push(`sized: all slices of "${wish.key}" were traded, ${traded} units of ${wish.units}`)
  }
  return found
}

/** What was reported of the whole is what its parts have traded, by the chain. */
function told(wish: Linked, parts: readonly OrderRecord[], book: Book): string[] {
  const outcome = book.outcome(wish)
  const traded = book.tradedBy(parts)
  if (outcome?.state === 'filled') {
    const { units } = outcome.fill.input
    return units === traded ? [] : [`told: "${wish.key}" is reported with ${units} units, and ${traded} were traded`]
  }
  if (parts.some(({ state }) => state === 'unresolved')) return []
  const isEnd = outcome?.state === 'expired' || outcome?.state === 'failed' || outcome?.state === 'skipped'
  if (isEnd && traded === 0n) return []
  return [`told: of "${wish.key}" the last report is ${outcome?.state}, and ${traded} units were traded`]
}

function watched(order: OrderRecord, level: bigint, { given }: Remains): string[] {
  const { key, terms } = order.intent
  // A share of what is left has another amount and the same trigger.
  const kind = terms?.['leg'] === 'stop' ? 'stop-loss' : 'take-profit'
  return judge({ kind, key, level }, order, given, false)
}

/** What the journal has as the level of a leg. */
function levelOf({ intent }: OrderRecord, name: 'stop' | 'target'): bigint {
  const pair = { base: intent.input, quote: intent.output }
  return parsePrice(String(intent.terms?.[name]), pair).scaled
}

/** What a leg's group is for. */
function wholeOf({ intent }: OrderRecord): bigint | undefined {
  const linked = intent.terms?.['linked'] as { readonly units: bigint } | undefined
  return linked?.units
}

/** Each transaction's fill. */
function fillsOf(order: OrderRecord): readonly Fill[] {
  const parts = partsOf(order)
  return parts.length > 0 ? parts : order.fill ? [order.fill] : []
}
