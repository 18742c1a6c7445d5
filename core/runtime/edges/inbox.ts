import type { EdgePolicy } from '../../config/bound-pipeline.ts'
import type { ForgeEvent } from '../../events/event.ts'
import type { PluginKind } from '../../plugin/contract.ts'
import { conflate, conflationKey } from './conflate.ts'
import { EventQueue, type Overflow, type Waiting } from './event-queue.ts'

/** Events a node may have waiting when its pipeline does not say. */
const DEFAULT_BUFFER = 64

/** What became of an event at the entrance. */
export type Offered = 'waits' | 'conflated' | 'dropped-oldest' | 'overrun'

/**
 * How an entrance treats events of a kind when it is full.
 *
 * - Market data conflates unless the pipeline says otherwise: the newest price of a pair is worth more than the oldest.
 * - Everything else blocks: givers wait until there is room. Intents and reports are never dropped by `drop-oldest`.
 * - Sinks block nobody: by default they keep what does not conflate, up to the backlog.
 */
export function overflowOf(kind: string, consumer: PluginKind, policy: EdgePolicy | undefined): Overflow {
  const market = kind === 'price' || kind === 'candle'
  switch (policy?.whenFull) {
    case 'block':
      return 'block'
    case 'drop-oldest':
      return kind === 'intent' || kind === 'report' ? 'block' : 'drop-oldest'
    case 'conflate':
      return market ? 'conflate' : 'block'
    case undefined:
      if (market) return 'conflate'
      return consumer === 'sink' ? 'keep' : 'block'
  }
}

/**
 * The bounded entrance of a node: what waits while the node is at work. It has room for `buffer` events that block,
 * as many that drop, and as many that conflate (plus one a pair); beyond, each does as its overflow says.
 *
 * Givers that wait for credit may still bring the rest of one outcome; givers that can not wait (Observables) may
 * bring up to `backlog` more. Nothing grows without bound.
 */
export class Inbox {
  readonly #queue = new EventQueue()
  readonly #consumer: PluginKind
  readonly #policy: EdgePolicy | undefined
  readonly #buffer: number
  readonly #limit: number
  readonly #byKey = new Map<string, Waiting>()
  readonly #overflow = new Map<string, Overflow>()
  readonly #waiting: Record<Overflow, number> = { block: 0, 'drop-oldest': 0, conflate: 0, keep: 0 }
  /** Whether givers have to wait: from `buffer` blocking events on, until half of them are gone. */
  full = false

  constructor(consumer: PluginKind, policy: EdgePolicy | undefined, backlog: number) {
    this.#consumer = consumer
    this.#policy = policy
    this.#buffer = Math.max(1, policy?.buffer ?? DEFAULT_BUFFER)
    this.#limit = this.#buffer + backlog
  }

  get length(): number {
    return this.#queue.length
  }

  /** The oldest that waits; follow `next` for the others. */
  get first(): Waiting | undefined {
    return this.#queue.first
  }

  offer(event: ForgeEvent): Offered {
    const overflow = this.#overflowOf(event.kind)
    const crowded = this.#waiting[overflow] >= this.#buffer
    if (overflow === 'conflate') return this.#offerConflating(event, crowded)
    if (overflow === 'drop-oldest' && crowded) {
      this.#dropOldest()
      this.#append(event, overflow, undefined)
      return 'dropped-oldest'
    }
    if (this.#queue.length >= this.#limit) return 'overrun'
    this.#append(event, overflow, undefined)
    if (overflow === 'block' && this.#waiting.block >= this.#buffer) this.full = true
    return 'waits'
  }

  /** Takes one out. @returns whether this made room for givers that wait. */
  take(waiting: Waiting): boolean {
    this.#queue.remove(waiting)
    this.#waiting[waiting.overflow]--
    if (waiting.conflateBy !== undefined && this.#byKey.get(waiting.conflateBy) === waiting) {
      this.#byKey.delete(waiting.conflateBy)
    }
    if (!this.full || this.#waiting.block > this.#buffer >> 1) return false
    this.full = false
    return true
  }

  #offerConflating(event: ForgeEvent, crowded: boolean): Offered {
    const key = conflationKey(event)
    const older = key === undefined ? undefined : this.#byKey.get(key)
    if (!crowded || older === undefined) {
      if (this.#queue.length >= this.#limit) return 'overrun'
      this.#append(event, 'conflate', key)
      return 'waits'
    }
    // The newer one takes its own place in line: what was given before it stays before it.
    this.take(older)
    this.#append(conflate(older.event, event), 'conflate', key)
    return 'conflated'
  }

  #append(event: ForgeEvent, overflow: Overflow, key: string | undefined): void {
    const waiting = this.#queue.append(event, overflow, key)
    this.#waiting[overflow]++
    if (key !== undefined) this.#byKey.set(key, waiting)
  }

  #dropOldest(): void {
    for (let waiting = this.#queue.first; waiting; waiting = waiting.next) {
      if (waiting.overflow !== 'drop-oldest') continue
      this.take(waiting)
      return
    }
  }

  #overflowOf(kind: string): Overflow {
    let overflow = this.#overflow.get(kind)
    if (overflow === undefined) {
      overflow = overflowOf(kind, this.#consumer, this.#policy)
      this.#overflow.set(kind, overflow)
    }
    return overflow
  }
}
