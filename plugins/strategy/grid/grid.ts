import {
  DirectPromise,
  type ForgeEvent,
  formatPrice,
  isForgeError,
  type NoticeEvent,
  type PluginContext,
  type Price,
  type PriceEvent,
  pairName,
  type Report,
  sameToken,
} from '../../../core/index.ts'
import { Book, type Settled } from './books/book.ts'
import { type Earlier, type Generation, GridMemory } from './books/generation.ts'
import { Builder } from './builder.ts'
import { dueLevels, lastOnly, type Reach, reachOf, wakeLevels } from './due.ts'
import { rangeFor, rangeText } from './lines/layout.ts'
import { Orders } from './orders.ts'
import { type GridPlan, wrong } from './plan.ts'
import { Telling } from './telling.ts'
import { callAt, Rest } from './timing.ts'

/** How often the sale at the end is tried. */
const CLOSE_ATTEMPTS_MAX = 6

/** Why it ends, and what then. */
interface Ending {
  readonly reason: string
  /** Whether what base is left is sold. */
  readonly sells: boolean
  /** Not when only the prices have run out: another run may go on. */
  readonly isForGood: boolean
}

/**
 * A grid at work. Prices, reports and timers only change its books and put what follows into the outbox, from where it
 * is pulled when there is room for it: what it decides does not depend on who is slow. Who waits for it gets it at the end
 * of the very call that decided it.
 */
export class Grid {
  readonly #context: PluginContext
  readonly #plan: GridPlan
  readonly #book: Book
  readonly #memory: GridMemory
  readonly #builder: Builder
  readonly #orders: Orders
  readonly #telling: Telling
  readonly #rest: Rest
  readonly #outbox: ForgeEvent[] = []
  /** Of who waits for the next event. */
  #asked: DirectPromise<ForgeEvent | undefined> | undefined
  #reach: Reach | undefined
  #price: Price | undefined
  #outsideSince_ms: number | undefined
  #startFailures = 0
  #ending: Ending | undefined
  #endsAt_ms = Infinity
  /** Until when an end that rests between its attempts does. */
  #endRestsUntil_ms: number | undefined
  #isOver = false
  #isForeignTold = false

  constructor(context: PluginContext, plan: GridPlan) {
    this.#context = context
    this.#plan = plan
    this.#book = new Book(plan.pair)
    this.#memory = new GridMemory(context.state)
    this.#builder = new Builder(context, plan, this.#book, this.#memory)
    this.#orders = new Orders(context, plan, this.#book)
    this.#telling = new Telling(plan.pair, this.#book)
    this.#rest = new Rest(context.clock)
  }

  /** Takes up what the journal and the state of earlier runs have. */
  open(): void {
    const { clock, services } = this.#context
    const { ended, ending, generation } = this.#memory
    if (generation) this.#book.begin(generation)
    const orders = services.orders.list()
    const open = orders.filter(order => this.#book.restore(order))
    if (generation && ended === undefined && this.#plan.onRestart === 'hold') {
      this.#tell(this.#telling.heldBack(open.length))
      this.stop()
      return
    }
    for (const { intent } of open) this.#put({ ...intent, at: clock.now() })
    if (ended !== undefined) {
      this.#tell({ level: 'info', title: 'This grid has ended before', text: `Because ${ended}.` })
      this.stop()
      return
    }
    if (generation && orders.length > 0) this.#tell(this.#telling.takenUp())
    if (generation && this.#plan.onRestart === 'flatten') {
      this.#end({ reason: 'it was started again (onRestart: flatten)', sells: true, isForGood: true })
      return
    }
    if (ending !== undefined) {
      this.#end({ reason: ending, sells: this.#sellsAtEnd, isForGood: true })
      return
    }
    if (this.#plan.end_ms !== undefined) this.#endAt(this.#plan.end_ms)
    this.#endAfterDuration(generation?.began_ms ?? this.#memory.waitsSince_ms)
  }

  /** The next intent or notice; undefined when the grid has ended. */
  pull(): ForgeEvent | undefined | DirectPromise<ForgeEvent | undefined> {
    if (this.#outbox.length === 0) this.#lookAtEnd()
    const event = this.#outbox.shift()
    if (event) return event
    if (this.#isOver) {
      this.#context.finish()
      return undefined
    }
    this.#asked = new DirectPromise()
    return this.#asked
  }

  /** @throws PLUGIN_CONFIG_INVALID when no grid can be laid out at the first price */
  process(event: ForgeEvent): undefined | Promise<undefined> {
    if (event.kind !== 'price' || !this.#isMine(event as PriceEvent)) return undefined
    this.#lookAtEnd()
    if (this.#ending || this.#isOver) {
      this.#handOver()
      return undefined
    }
    const price = event as PriceEvent
    this.#reach = reachOf(price)
    this.#price = price.price
    if (!this.#book.generation) return this.#begin(price.price)
    this.#step(this.#reach)
    this.#handOver()
    return undefined
  }

  onReport(report: Report): void {
    const settled = this.#book.report(report)
    if (!settled) return
    this.#settled(settled, 'reason' in report && report.reason ? report.reason.message : report.state)
    this.#lookAtEnd()
    if (this.#reach) this.#step(lastOnly(this.#reach, this.#context.clock.now()))
    this.#handOver()
  }

  /** No more prices: what is on its way is awaited, and the grid rests as it is. */
  inputEnd(): void {
    this.#end({ reason: 'there are no more prices', sells: false, isForGood: false })
    this.#handOver()
  }

  /** Nothing more from now on. */
  stop(): void {
    this.#isOver = true
    this.#handOver()
  }

  health(): { readonly ok: boolean; readonly detail: string } {
    const { generation, isUnknown, levels } = this.#book
    if (!this.#price) return { ok: false, detail: `no price of ${pairName(this.#plan.pair)} yet` }
    const price = `price ${formatPrice(this.#price)}`
    if (!generation) return { ok: true, detail: `${price}; no grid yet` }
    const ok = !isUnknown && !levels.some(level => level.isUnknown)
    return { ok, detail: `${price}; ${this.#telling.levels()}; ${this.#telling.earnings()}` }
  }

  #isMine({ price: { pair } }: PriceEvent): boolean {
    if (sameToken(pair.base, this.#plan.pair.base) && sameToken(pair.quote, this.#plan.pair.quote)) return true
    if (!this.#isForeignTold) {
      this.#isForeignTold = true
      const title = `Prices of ${pairName(pair)} are nothing to a grid of ${pairName(this.#plan.pair)}`
      this.#tell({ level: 'warning', title, text: 'They are left aside.' })
    }
    return false
  }

  #begin(price: Price): undefined | Promise<undefined> {
    if (!this.#builder.isInside(price) && this.#plan.outOfRange !== 'recentre') {
      this.#waitForRange(price)
      this.#handOver()
      return undefined
    }
    this.#outsideSince_ms = undefined
    const begin = (): undefined => {
      this.#build(price)
      this.#handOver()
    }
    const known = this.#builder.costKnown(price)
    return known ? known.then(begin) : begin()
  }

  #waitForRange(price: Price): void {
    const text = `${formatPrice(price)} is outside of ${rangeText(rangeFor(this.#plan, price))}`
    if (this.#plan.outOfRange === 'stop') {
      const remedy = 'Choose a range around the price, or another outOfRange.'
      throw wrong('lower', `the price of ${text}, and outOfRange is stop`, remedy)
    }
    if (this.#outsideSince_ms !== undefined) return
    this.#outsideSince_ms = this.#context.clock.now()
    if (this.#memory.waitsSince_ms === undefined) {
      this.#memory.waitsSince_ms = this.#outsideSince_ms
      this.#endAfterDuration(this.#outsideSince_ms)
    }
    this.#tell({ level: 'warning', title: 'The grid begins when the price is in its range', text: `${text}.` })
  }

  /** Lays a generation out, and trades what it starts with. */
  #build(price: Price, earlier?: Earlier): void {
    const isFirst = this.#memory.generation === undefined
    const { generation, layout } = this.#builder.build(price, earlier)
    this.#outsideSince_ms = undefined
    if (isFirst) this.#endAfterDuration(generation.began_ms)
    const trade = this.#book.startTrade()
    this.#tell(this.#telling.built(generation, layout, trade))
    if (trade) this.#put(this.#orders.start(generation, trade))
    // No intent carries it into the journal: a kill before the first level would lay it out anew, somewhere else.
    else this.#context.state.flush()
  }

  /** Builds the grid anew; one that can not be ends it. */
  #rebuild(price: Price, earlier: Earlier): void {
    try {
      this.#build(price, earlier)
    } catch (thrown) {
      if (!isForgeError(thrown, 'PLUGIN_CONFIG_INVALID')) throw thrown
      this.#tell({ level: 'critical', title: 'The grid can not be built anew', text: thrown.message })
      this.#end({ reason: 'it could not be built anew', sells: this.#sellsAtEnd, isForGood: true })
    }
  }

  #step(reach: Reach): void {
    const now = this.#context.clock.now()
    const { generation, isStocked, isUnknown, levels, openOrders } = this.#book
    if (!generation || !this.#price || this.#ending || this.#isOver || isUnknown) return
    if (!isStocked) {
      // Its first order did not trade: the price has moved on, and the grid is built where it is now, if it may be there.
      if (openOrders > 0 || !this.#rest.isOver) return
      const mayBeHere = this.#builder.isInside(this.#price) || this.#plan.outOfRange === 'recentre'
      if (mayBeHere) this.#rebuild(this.#price, generation.earlier)
      else this.#watchRange(generation, this.#price, now)
      return
    }
    wakeLevels(levels, reach)
    const room = Math.max(0, this.#plan.maxOpenOrders - openOrders)
    for (const due of dueLevels(levels, reach, now).slice(0, room)) this.#put(this.#orders.level(generation, due))
    this.#watchRange(generation, this.#price, now)
  }

  #watchRange({ lines }: Generation, price: Price, now: number): void {
    const { outOfRange, recentreAfter_ms } = this.#plan
    if (price.scaled >= lines[0]! && price.scaled <= lines.at(-1)!) {
      if (this.#outsideSince_ms !== undefined) this.#tell(this.#telling.backInside(price))
      this.#outsideSince_ms = undefined
      return
    }
    if (outOfRange === 'stop') {
      this.#end({ reason: 'the price has left its range', sells: this.#sellsAtEnd, isForGood: true })
      return
    }
    if (this.#outsideSince_ms === undefined) {
      this.#outsideSince_ms = now
      this.#tell(this.#telling.outside(price, outOfRange))
    }
    const isTime = outOfRange === 'recentre' && now - this.#outsideSince_ms >= recentreAfter_ms
    const isAtRest = this.#book.openOrders === 0 && !this.#book.levels.some(level => level.isUnknown)
    const { base, cycles, profit } = this.#book
    if (isTime && isAtRest) this.#rebuild(price, { base, cycles, profit })
  }

  /** Rests after a start or an end that did not trade, and tells what a person should know. */
  #settled(settled: Settled, reason: string): void {
    if (settled.kind !== 'cycle' && settled.purpose.kind === 'start') {
      this.#startFailures = settled.kind === 'nothing' ? this.#startFailures + 1 : 0
    }
    if (settled.kind === 'nothing' && !settled.level) {
      this.#rest.after(settled.purpose.kind === 'start' ? this.#startFailures : this.#book.closeAttempts)
    }
    const notice = this.#telling.settled(settled, reason, this.#rest.until_ms)
    if (notice) this.#tell(notice)
  }

  #endAfterDuration(began_ms: number | undefined): void {
    if (this.#plan.duration_ms !== undefined && began_ms !== undefined) this.#endAt(began_ms + this.#plan.duration_ms)
  }

  #endAt(time_ms: number): void {
    this.#endsAt_ms = time_ms
    callAt(this.#context, time_ms, () => this.#lookAgain())
  }

  get #sellsAtEnd(): boolean {
    return this.#plan.atEnd === 'sell'
  }

  #end(ending: Ending): void {
    if (this.#ending || this.#isOver) return
    this.#ending = ending
    // No intent may carry it into the journal before a kill: the next run would trade on.
    if (ending.isForGood) this.#memory.ending = ending.reason
    this.#endWhenDone()
  }

  /** Ends it when its time is up, and goes on with an end that has begun. */
  #lookAtEnd(): void {
    if (this.#context.clock.now() >= this.#endsAt_ms)
      this.#end({ reason: 'its time is up', sells: this.#sellsAtEnd, isForGood: true })
    this.#endWhenDone()
  }

  /** A time has come: who waits for an event is told what fails. When nobody does, who asks next looks itself. */
  #lookAgain(): void {
    const asked = this.#asked
    if (!asked) return
    try {
      this.#lookAtEnd()
    } catch (thrown) {
      this.#asked = undefined
      asked.fail(thrown)
      return
    }
    this.#handOver()
  }

  /** When nothing is on its way any more: sells what is left where that is wanted, and finishes. */
  #endWhenDone(): void {
    const { closable, closeAttempts, generation, isUnknown, openOrders } = this.#book
    if (!this.#ending || this.#isOver || openOrders > 0) return
    const { reason, sells, isForGood } = this.#ending
    const wantsSale = sells && closable > 0n && !isUnknown
    if (generation && wantsSale && closeAttempts < CLOSE_ATTEMPTS_MAX) {
      if (this.#rest.isOver) this.#put(this.#orders.close(generation, closable, reason))
      else this.#endAfterRest(this.#rest.until_ms)
      return
    }
    if (isForGood) this.#memory.ended = reason
    this.#tell(this.#telling.ended(reason, this.#price))
    this.#isOver = true
  }

  #endAfterRest(until_ms: number): void {
    if (this.#endRestsUntil_ms === until_ms) return
    this.#endRestsUntil_ms = until_ms
    callAt(this.#context, until_ms, () => this.#lookAgain())
  }

  #tell(notice: Omit<NoticeEvent, 'kind' | 'at'>): void {
    this.#put({ kind: 'notice', at: this.#context.clock.now(), ...notice })
  }

  #put(event: ForgeEvent): void {
    this.#outbox.push(event)
  }

  /** Gives who waits what there is for it now, and with it the rest: the last thing that a call does. */
  #handOver(): void {
    const asked = this.#asked
    if (!asked || (this.#outbox.length === 0 && !this.#isOver)) return
    this.#asked = undefined
    const event = this.#outbox.shift()
    if (!event) this.#context.finish()
    asked.settle(event)
  }
}
