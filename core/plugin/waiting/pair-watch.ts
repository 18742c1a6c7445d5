import type { PriceEvent } from '../../events/event.ts'
import { type Pair, pairName } from '../../money/token.ts'
import type { NodeState } from '../../orders/journal.ts'
import type { ArmedOrder, Firing } from '../../orders/triggers/trigger.ts'
import { TriggerBook, type TriggerMarks } from '../../orders/triggers/trigger-book.ts'
import { glanceText, whyNotFired } from '../../orders/triggers/trigger-status.ts'
import type { Clock, Timer } from '../../time/clock.ts'

/** So many orders at most are looked at for what their confirmation lacks, after each price. */
const EXPLAINED_MAX = 256

/** What a watch tells. */
interface WatchListener {
  /** There has been no price for too long: since then, or ever. */
  silent(since_ms: number | undefined): void
  /** There is one again. */
  heard(): void
  /** The price is beyond an order's trigger, and not believed yet. */
  unconfirmed(id: string, why: string): void
}

export interface WatchOptions {
  readonly pair: Pair
  readonly clock: Clock
  /** A price older than this when it comes fires nothing. */
  readonly staleAfter_ms: number
  /** Without a price for so long, that is told. */
  readonly quietAfter_ms: number
  readonly state: NodeState
  readonly listener: WatchListener
}

/** Of two tokens in one direction; the cluster is part of their identity. */
export function pairKey({ base, quote }: Pair): string {
  return `${base.cluster}/${base.mint}/${quote.mint}`
}

/** The orders of one pair: their triggers, their marks on the disk, and whether there are prices at all. */
export class PairWatch {
  readonly pair: Pair
  readonly #options: WatchOptions
  readonly #book: TriggerBook
  readonly #marksKey: string
  readonly #explained = new Set<string>()
  readonly #pending = new Set<string>()
  #saved = 0
  #hasHeard = false
  #heardAt_ms: number | undefined
  #isSilent = false
  #timer: Timer | undefined

  constructor(options: WatchOptions) {
    this.pair = options.pair
    this.#options = options
    this.#book = new TriggerBook(options.pair, { maxAge_ms: options.staleAfter_ms })
    this.#marksKey = `marks ${pairKey(options.pair)}`
  }

  /** The highest sequence that the marks of an earlier run know. */
  through(): number {
    const marks = this.#options.state.get<TriggerMarks>(this.#marksKey) ?? {}
    return Math.max(0, ...Object.values(marks).map(({ through }) => through))
  }

  /** Takes up the orders of an earlier run with their marks; before anything else. */
  restore(orders: readonly ArmedOrder[]): void {
    this.#book.restore(orders, this.#options.state.get<TriggerMarks>(this.#marksKey) ?? {})
    for (const order of orders) this.#added(order)
  }

  add(order: ArmedOrder): void {
    this.#book.add(order)
    this.#added(order)
  }

  remove(id: string): void {
    this.#book.remove(id)
    this.#forget(id)
  }

  has(id: string): boolean {
    return this.#book.has(id)
  }

  get isSilent(): boolean {
    return this.#isSilent
  }

  /** The orders a price fires; the marks that it moved are for `stageMarks`. */
  onPrice(event: PriceEvent): readonly Firing[] {
    const { clock, staleAfter_ms, listener } = this.#options
    const now = clock.now()
    const fired = this.#book.onPrice(event, now)
    if (now - event.at <= staleAfter_ms) {
      this.#hasHeard = true
      this.#heardAt_ms = event.at
      if (this.#isSilent) {
        this.#isSilent = false
        listener.heard()
      }
    }
    for (const { id } of fired) this.#forget(id)
    if (this.#explained.size > 0 && this.#explained.size <= EXPLAINED_MAX) this.#explain()
    this.#wind()
    return fired
  }

  /** Stages the marks, to be saved before anything is done about the price; whether they have moved. */
  stageMarks(): boolean {
    if (this.#book.marksRevision === this.#saved) return false
    this.#saved = this.#book.marksRevision
    this.#options.state.set(this.#marksKey, this.#book.marks())
    return true
  }

  /** Why an order has not fired, in a sentence or two. */
  why(id: string): string {
    const status = this.#book.status(id)
    return status ? whyNotFired(status, this.pair) : `No price of ${pairName(this.pair)} has been seen yet.`
  }

  /** What is read of an order at a glance, and the price beside it. */
  glance(id: string, name: string): { readonly seen?: bigint; readonly text: string } {
    const status = this.#book.status(id)
    if (!status) return { text: `${name} fires` }
    return { text: glanceText(status, name), ...(status.seen && { seen: status.seen.scaled }) }
  }

  /** The best price since a trailing order was armed. */
  markOf(id: string): bigint | undefined {
    return this.#book.status(id)?.mark
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #added({ id, confirm }: ArmedOrder): void {
    if (confirm !== 'none') this.#explained.add(id)
    this.#heardAt_ms ??= this.#options.clock.now()
    if (!this.#timer) this.#wind()
  }

  #forget(id: string): void {
    this.#explained.delete(id)
    this.#pending.delete(id)
  }

  #explain(): void {
    for (const id of this.#explained) {
      const isPending = this.#book.status(id)?.waitsFor === 'confirmation'
      if (isPending === this.#pending.has(id)) continue
      if (isPending) {
        this.#pending.add(id)
        this.#options.listener.unconfirmed(id, this.why(id))
      } else this.#pending.delete(id)
    }
  }

  /** One timer that looks whether a price came meanwhile: not one for each price. */
  #wind(): void {
    if (this.#timer || this.#isSilent || this.#heardAt_ms === undefined || this.#book.size === 0) return
    const { clock, quietAfter_ms } = this.#options
    this.#timer = clock.at(this.#heardAt_ms + quietAfter_ms + 1, () => {
      this.#timer = undefined
      if (this.#book.size === 0) return
      if (clock.now() - this.#heardAt_ms! <= quietAfter_ms) {
        this.#wind()
        return
      }
      this.#isSilent = true
      this.#options.listener.silent(this.#hasHeard ? this.#heardAt_ms : undefined)
    })
  }
}
