import { Observable, type Subscriber } from 'rxjs'
import {
  type Clock,
  type ForgeEvent,
  type IntentEvent,
  type NoticeEvent,
  type Pair,
  type PluginContext,
  type PriceEvent,
  priceFromNumber,
  priceToNumber,
  type Report,
  type SignalEvent,
} from '../../../core/index.ts'
import { Book, type Change, type Position } from './books/book.ts'
import type { OrderKey } from './books/keys.ts'
import { Memory } from './books/memory.ts'
import { intentOf } from './books/orders.ts'
import { sizeOf } from './books/sizing.ts'
import { type Breach, Levels } from './exits/levels.ts'
import { pricePoints } from './exits/price-points.ts'
import type { Plan } from './plan.ts'
import { BarSignals } from './signals/bar-signals.ts'
import {
  closedNotice,
  heldNotice,
  overNotice,
  rangeMissingNotice,
  saleFailedNotice,
  unresolvedNotice,
  usedUpNotice,
} from './telling.ts'

type Timer = ReturnType<Clock['at']>

const RETRY_MIN_MS = 5_000
const RETRY_MAX_MS = 60_000
const FLATTENED = 'sold at the start (onRestart: flatten)'

/**
 * Long or flat: buys when the signals of a bar say so, sells when they say so or the price reaches a level or time is
 * up. One order is under way at most; what it came to, and not what was hoped, is what there is. A sale that was decided
 * is tried until it is done.
 */
export class Momentum {
  readonly events: Observable<ForgeEvent>
  readonly #context: PluginContext
  readonly #plan: Plan
  readonly #book: Book
  readonly #signals: BarSignals
  readonly #memory: Memory
  #levels: Levels | undefined
  /** Whether what an earlier run left is being sold, also what it had only begun to buy. */
  #isFlattening = false
  /** Why the position is being sold; undefined while it is not. */
  #leaving: string | undefined
  #price: PriceEvent | undefined
  #seenPair: Pair | undefined
  #isEnding = false
  #isOver = false
  #endTimer: Timer | undefined
  #ageTimer: Timer | undefined
  #retryTimer: Timer | undefined
  #tellTimer: Timer | undefined
  #subscriber: Subscriber<ForgeEvent> | undefined

  constructor(context: PluginContext, plan: Plan) {
    this.#context = context
    this.#plan = plan
    this.#book = new Book(plan)
    this.#signals = new BarSignals(plan)
    this.#memory = new Memory(context.state)
    this.events = new Observable<ForgeEvent>(subscriber => {
      this.#subscriber = subscriber
      this.#begin()
      return () => this.#stopTimers()
    })
  }

  process(event: ForgeEvent): IntentEvent | undefined {
    if (this.#isOver) return undefined
    if (event.kind === 'price') return this.#onPrice(event as PriceEvent)
    return event.kind === 'signal' ? this.#onSignal(event as SignalEvent) : undefined
  }

  onReport(report: Report): void {
    const change = this.#book.report(report)
    if (!change) return
    const why = this.#leaving ?? 'sold'
    if (change.kind === 'opened') this.#opened(change.position)
    else if (change.kind === 'reduced') this.#emit(this.#leave(why))
    else if (change.kind === 'closed') this.#closed()
    else if (change.kind === 'nothing' && change.order.side === 'sell') this.#saleFailed()
    // The report goes on to people after it was here: what follows from it is told after that.
    const { clock } = this.#context
    this.#tellTimer = clock.at(clock.now(), () => this.#settled(change, why))
  }

  #settled(change: Change, why: string): void {
    const { pair } = this.#plan
    if (change.kind === 'closed') this.#tell(closedNotice(pair, change.position, why))
    if (change.kind === 'closed' && this.#book.capital <= 0n) this.#tell(usedUpNotice(pair))
    if (change.kind === 'unresolved') this.#tell(unresolvedNotice(pair, change.key))
    this.#endIfDone()
  }

  /** No more prices and signals: what the position becomes is another run's. */
  end(): undefined {
    this.#stopTimers()
    this.#subscriber?.complete()
  }

  health(): { readonly ok: boolean; readonly detail: string } {
    const { unresolved, pending, position } = this.#book
    if (unresolved !== undefined) return { ok: false, detail: `nobody knows what became of ${unresolved}` }
    if (pending !== undefined) return { ok: true, detail: `${pending} is under way` }
    return { ok: true, detail: position ? `long since ${position.bar}` : 'flat' }
  }

  /** Takes up what earlier runs left. */
  #begin(): void {
    const now = this.#context.clock.now()
    const open = this.#book.restore(this.#context.services.orders.list())
    const { position, unresolved } = this.#book
    const { onRestart, pair } = this.#plan
    const isLeft = position !== undefined || open.length > 0
    if (isLeft && onRestart === 'hold') {
      this.#tell(heldNotice(pair, { position, open: open.length }))
      this.#finish()
      return
    }
    this.#isFlattening = isLeft && onRestart === 'flatten'
    if (position) this.#hold(position)
    if (unresolved !== undefined) this.#tell(unresolvedNotice(pair, unresolved))
    for (const order of open) this.#emit({ ...order.intent, at: now })
    const isDecided = position !== undefined && position.sales > 0
    if (open.length === 0 && (this.#isFlattening || isDecided))
      this.#emit(this.#leave(this.#isFlattening ? FLATTENED : 'decided by an earlier run'))
    const end_ms = this.#memory.endOf(this.#plan.end, this.#plan.interval_ms, now)
    if (end_ms !== undefined) this.#endTimer = this.#context.clock.at(end_ms, () => this.#reachEnd())
  }

  #onPrice(event: PriceEvent): IntentEvent | undefined {
    const { price, low, high } = event
    if (!this.#isOurs(price.pair)) return undefined
    this.#price = event
    const levels = this.#levels
    if (levels === undefined || this.#leaving !== undefined) return undefined
    if (levels.ignores(priceToNumber(low?.price ?? price), priceToNumber(high?.price ?? price))) return undefined
    const { bar, since_ms } = this.#book.position!
    const breach = pricePoints(event, since_ms, known => levels.meet(known))
    if (levels.isTrailing) this.#memory.keepPeak(bar, levels.peak)
    return breach && this.#leave(breach, this.#touched(breach, levels))
  }

  /** Where a level stood when it was breached. */
  #touched(breach: Breach, { stop, target, trail = stop }: Levels): IntentEvent['trigger'] {
    const price = priceFromNumber(this.#plan.pair, { stop, target, 'trailing stop': trail }[breach])
    return { price, when: breach === 'target' ? 'at-or-above' : 'at-or-below' }
  }

  #onSignal(signal: SignalEvent): IntentEvent | undefined {
    if (!this.#isOurs(signal.pair)) return undefined
    const { entry } = this.#plan
    const signals = this.#signals
    if (!signals.take(signal)) return undefined
    if (this.#levels !== undefined) return signals.exit.holds ? this.#leave('signal') : undefined
    const isWanted = entry.again === 'turn' ? signals.entry.turns : signals.entry.holds
    return isWanted && signals.isComplete && !signals.exit.holds ? this.#enter(signal) : undefined
  }

  /** Whether something is about the pair that is traded. */
  #isOurs(pair: Pair): boolean {
    // What one node gives shares its pair: it is compared once.
    if (pair === this.#seenPair) return true
    const { base, quote } = this.#plan.pair
    if (pair.base.mint !== base.mint || pair.quote.mint !== quote.mint) return false
    this.#seenPair = pair
    return true
  }

  #enter({ at, close }: SignalEvent): IntentEvent | undefined {
    const { sizing, cooldown_ms, range } = this.#plan
    const { pending, unresolved, lastExit_ms, capital, position } = this.#book
    const now = this.#context.clock.now()
    const isFree = pending === undefined && unresolved === undefined && position === undefined
    if (!isFree || this.#isEnding || now < lastExit_ms + cooldown_ms) return undefined
    const price = close ?? (this.#price ? priceToNumber(this.#price.price) : Number.NaN)
    const value = 'signal' in sizing ? this.#signals.valueOf(sizing.signal) : Number.NaN
    const units = sizeOf(sizing, capital, value, price)
    if (units === 0n) return undefined
    const key = { bar: new Date(at).toISOString(), side: 'buy', attempt: 1 } as const
    if (this.#book.hasBar(key.bar)) return undefined
    this.#memory.keepRange(key.bar, range === undefined ? Number.NaN : this.#signals.valueOf(range))
    return this.#give(key, units, { at: now, reason: `${this.#plan.entry.signals.join(', ')} at ${key.bar}` })
  }

  /** Sells all of the position, unless an order is under way. */
  #leave(why: string, trigger?: IntentEvent['trigger']): IntentEvent | undefined {
    const { position, pending, unresolved } = this.#book
    if (!position || pending !== undefined || unresolved !== undefined) return undefined
    this.#leaving = why
    const key = { bar: position.bar, side: 'sell', attempt: position.sales + 1 } as const
    const at = this.#context.clock.now()
    return this.#give(key, position.units, { at, reason: why, ...(trigger && { trigger }) })
  }

  #give(key: OrderKey, units: bigint, told: Pick<IntentEvent, 'at' | 'reason' | 'trigger'>): IntentEvent {
    const intent = intentOf({ ...this.#plan, node: this.#context.id }, key, units, told)
    this.#book.given(intent.key, key)
    return intent
  }

  #opened(position: Position): void {
    this.#hold(position)
    if (this.#isFlattening) this.#emit(this.#leave(FLATTENED))
    else if (this.#isEnding && this.#plan.atEnd === 'close') this.#emit(this.#leave('the end'))
  }

  /** Sets levels and the latest time for a position. */
  #hold(position: Position): void {
    const { pair, distances, range, longest_ms } = this.#plan
    const paid = Number(position.paid) / 10 ** pair.quote.decimals
    const bought = Number(position.bought) / 10 ** pair.base.decimals
    const ranged = range === undefined ? Number.NaN : this.#memory.rangeOf(position.bar)
    if (range !== undefined && Number.isNaN(ranged)) this.#tell(rangeMissingNotice(pair))
    this.#levels = new Levels(distances, paid / bought, ranged, this.#memory.peakOf(position.bar))
    if (longest_ms === undefined) return
    this.#ageTimer = this.#context.clock.at(position.since_ms + longest_ms, () => {
      if (this.#leaving === undefined) this.#emit(this.#leave('time is up'))
    })
  }

  #closed(): void {
    this.#levels = undefined
    this.#leaving = undefined
    this.#isFlattening = false
    this.#ageTimer?.cancel()
    if (this.#book.capital <= 0n) this.#isEnding = true
  }

  #saleFailed(): void {
    const tries = this.#book.position?.sales ?? 1
    const wait_ms = Math.min(RETRY_MIN_MS * 2 ** (tries - 1), RETRY_MAX_MS)
    this.#tell(saleFailedNotice(this.#plan.pair, tries, wait_ms))
    this.#retryTimer = this.#context.clock.at(this.#context.clock.now() + wait_ms, () =>
      this.#emit(this.#leave(this.#leaving ?? 'again')),
    )
  }

  #reachEnd(): void {
    this.#isEnding = true
    if (this.#plan.atEnd === 'close' && this.#leaving === undefined) this.#emit(this.#leave('the end'))
    this.#endIfDone()
  }

  #endIfDone(): void {
    const { position, pending, unresolved } = this.#book
    const isLeft = position !== undefined && (this.#plan.atEnd === 'close' || this.#leaving !== undefined)
    if (!this.#isEnding || this.#isOver) return
    if (unresolved === undefined && (pending !== undefined || isLeft)) return
    this.#tell(overNotice(this.#plan.pair, this.#book))
    this.#finish()
  }

  #finish(): void {
    this.#isOver = true
    this.end()
    this.#context.finish()
  }

  #tell(notice: Pick<NoticeEvent, 'level' | 'title' | 'text'>): void {
    this.#emit({ kind: 'notice', at: this.#context.clock.now(), ...notice })
  }

  #emit(event: ForgeEvent | undefined): void {
    if (event) this.#subscriber?.next(event)
  }

  #stopTimers(): void {
    for (const timer of [this.#endTimer, this.#ageTimer, this.#retryTimer, this.#tellTimer]) timer?.cancel()
  }
}
