/**
 * What evaluating armed orders costs per price: a trigger book beside a loop over all orders, on the same random walk in
 * the same run, for 100 to 100,000 orders. A quarter each are stops, targets, and trailing stops by price and by bps,
 * spread around the walk. Measured apart: prices on which nothing fires, and a walk on which orders fire and are
 * replaced, so that the book stays full.
 *
 * Conditional orders beside them: a node's conditions, of which what several ask is answered once a price.
 *
 * Run with `npm run bench:triggers`. Exits 1 when 10,000 armed orders cost more than 1 ms per price.
 */
import type { PriceEvent } from '../../../core/events/event.ts'
import type { Pair, Token, TokenDirectory } from '../../../core/money/token.ts'
import type { ArmedOrder, Firing, Trigger } from '../../../core/orders/triggers/trigger.ts'
import { TriggerBook } from '../../../core/orders/triggers/trigger-book.ts'
import { type Random, seededRandom } from '../../../core/time/random.ts'
import { conditionsOf, loopCost_ns, watchCost_ns } from './conditions.ts'
import { NaiveBook } from './naive-book.ts'

const TARGET_NS = 1_000_000
const ROUNDS = 3
const ONE = 10n ** 12n
const token = (symbol: string): Token => ({
  cluster: 'bench',
  mint: symbol,
  symbol,
  decimals: 6,
  program: 'spl-token',
})
const PAIR: Pair = { base: token('SOL'), quote: token('USDC') }
const TOKENS: TokenDirectory = {
  cluster: 'bench',
  tokens: [PAIR.base, PAIR.quote],
  find: name => (name === 'SOL' ? PAIR.base : PAIR.quote),
}

interface Book {
  add(order: ArmedOrder): void
  onPrice(event: PriceEvent, now: number): readonly Firing[]
}

/** A trigger within `reach` of the price, but not nearer than a hundredth of it. */
function triggerNear(price: bigint, kind: number, random: Random, reach: number): Trigger {
  const share = reach * (0.01 + 0.99 * random.next())
  const away = (price * BigInt(Math.round(share * 1e6))) / 1_000_000n
  if (kind % 4 === 0) return { kind: 'at-or-below', price: price - away }
  if (kind % 4 === 1) return { kind: 'at-or-above', price: price + away }
  if (kind % 4 === 2) return { kind: 'trailing', side: 'sell', offset: { price: away } }
  return { kind: 'trailing', side: 'sell', offset: { bps: Math.max(1, Math.round(share * 10_000)) } }
}

function walk(count: number, random: Random, step: number): PriceEvent[] {
  let scaled = 150n * ONE
  return Array.from({ length: count }, (_, at) => {
    scaled += (scaled * BigInt(Math.round((random.next() - 0.5) * 2 * step * 1e9))) / 1_000_000_000n
    return { kind: 'price', at, price: { pair: PAIR, scaled }, origin: 'pool' }
  })
}

/** Keeps so many orders armed along a walk: whoever fires is replaced. */
class Keeper {
  readonly book: Book
  readonly #orders: number
  readonly #reach: number
  readonly #random = seededRandom('orders')
  #sequence = 0
  #armed = 0

  constructor(book: Book, orders: number, reach: number) {
    this.book = book
    this.#orders = orders
    this.#reach = reach
  }

  /** Orders armed along a first stretch, so that their marks differ. */
  fill(events: readonly PriceEvent[]): void {
    events.forEach((event, index) => {
      this.#arm(event, Math.ceil((this.#orders * (index + 1)) / events.length))
      this.#armed -= this.book.onPrice(event, event.at).length
    })
    this.#arm(events.at(-1)!, this.#orders)
  }

  /** Nanoseconds for all, and how many orders fired. */
  measure(events: readonly PriceEvent[]): { readonly took_ns: number; readonly fired: number } {
    let fired = 0
    let took_ns = 0n
    for (const event of events) {
      const start = process.hrtime.bigint()
      const firings = this.book.onPrice(event, event.at)
      took_ns += process.hrtime.bigint() - start
      fired += firings.length
      this.#armed -= firings.length
      this.#arm(event, this.#orders)
    }
    return { took_ns: Number(took_ns), fired }
  }

  #arm(event: PriceEvent, wanted: number): void {
    for (; this.#armed < wanted; this.#armed++) {
      this.#sequence += 1
      const trigger = triggerNear(event.price.scaled, this.#sequence, this.#random, this.#reach)
      this.book.add({ id: `o${this.#sequence}`, sequence: this.#sequence, trigger, source: 'last', confirm: 'none' })
    }
  }
}

/** Bytes of heap that a full book takes per order. */
function heapPerOrder(orders: number, events: readonly PriceEvent[], reach: number): number {
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const keeper = new Keeper(new TriggerBook(PAIR), orders, reach)
  keeper.fill(events)
  globalThis.gc?.()
  const bytes = process.memoryUsage().heapUsed - before
  // It is needed until here, so that it is not collected before.
  keeper.measure(events.slice(-1))
  return bytes / orders
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!
const say = (line: string): boolean => process.stdout.write(`${line}\n`)
const nanoseconds = (value: number): string => Math.round(value).toLocaleString('en').padStart(12)

const WALKS = [
  { name: 'nothing fires', step: 1e-6, reach: 0.5 },
  { name: 'orders fire and are replaced', step: 2e-3, reach: 0.05 },
]

const PRICES = 2_000
const FILL = 200
/** The loop is given fewer prices the more orders there are. */
const LOOP_EVALUATIONS = 2_000_000

let isMet = true
for (const { name, step, reach } of WALKS) {
  say(`${name}: ns per price, median of ${ROUNDS} rounds`)
  say('      orders         book         loop     faster   fired/price   heap bytes/order   marks')
  for (const orders of [100, 1_000, 10_000, 100_000]) {
    const times: Record<'book' | 'loop', number[]> = { book: [], loop: [] }
    let firedPerPrice = 0
    let marks = 0
    const bytes = heapPerOrder(orders, walk(FILL, seededRandom('heap'), step), reach)
    for (let round = 0; round <= ROUNDS; round++) {
      const events = walk(FILL + PRICES, seededRandom(`${round}`), step)
      const first = events.slice(FILL, FILL + Math.min(PRICES, LOOP_EVALUATIONS / orders))
      const book = new TriggerBook(PAIR)
      const ours = new Keeper(book, orders, reach)
      const theirs = new Keeper(new NaiveBook(), orders, reach)
      ours.fill(events.slice(0, FILL))
      marks = Object.values(book.marks()).reduce((sum, side) => sum + side.marks.length, 0)
      const both = ours.measure(first)
      const rest = ours.measure(events.slice(FILL + first.length))
      theirs.fill(events.slice(0, FILL))
      const loop = theirs.measure(first)
      if (both.fired !== loop.fired) throw new Error(`the book fired ${both.fired}, the loop ${loop.fired}`)
      // The first round warms up.
      if (round === 0) continue
      times.book.push((both.took_ns + rest.took_ns) / PRICES)
      times.loop.push(loop.took_ns / first.length)
      firedPerPrice = (both.fired + rest.fired) / PRICES
    }
    const [ours, theirs] = [median(times.book), median(times.loop)]
    say(
      `${String(orders).padStart(12)} ${nanoseconds(ours)} ${nanoseconds(theirs)} ${`${(theirs / ours).toFixed(0)}x`.padStart(10)} ${firedPerPrice.toFixed(2).padStart(13)} ${Math.round(bytes).toString().padStart(18)} ${String(marks).padStart(7)}`,
    )
    if (orders === 10_000 && ours > TARGET_NS) isMet = false
  }
}

say(`conditions, of which none holds: ns per price, median of ${ROUNDS} rounds`)
say('      orders         node         loop     faster')
for (const orders of [100, 1_000, 10_000, 100_000]) {
  const conditions = conditionsOf(orders, TOKENS)
  const events = walk(1_100, seededRandom('conditions'), 1e-6)
  const times: Record<'node' | 'loop', number[]> = { node: [], loop: [] }
  for (let round = 0; round < ROUNDS; round++) {
    times.node.push(watchCost_ns(conditions, orders === 100_000 ? events.slice(0, 200) : events))
    times.loop.push(loopCost_ns(conditions, events))
  }
  const [ours, theirs] = [median(times.node), median(times.loop)]
  const faster = `${(theirs / ours).toFixed(1)}x`.padStart(10)
  say(`${String(orders).padStart(12)} ${nanoseconds(ours)} ${nanoseconds(theirs)} ${faster}`)
  if (orders === 10_000 && ours > TARGET_NS) isMet = false
}
say(`${isMet ? 'reached' : 'MISSED'}: 10,000 armed orders under 1 ms per price`)
if (!isMet) process.exitCode = 1
