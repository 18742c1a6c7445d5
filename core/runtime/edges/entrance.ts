import type { BoundNode } from '../../config/bound-pipeline.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import type { ForgeEvent } from '../../events/event.ts'
import type { Counters } from '../node/counters.ts'
import type { Waiting } from './event-queue.ts'
import { Inbox } from './inbox.ts'

/** A node that gives to this one, as its credit goes. */
export interface Giver {
  readonly id: string
  /** Give nothing more until there is room. */
  block(): void
  unblock(): void
  /** One of its takers wants nothing more. */
  takerFinished(): void
}

/** Where events wait for a node: its inbox, the credit of those who give, and the lanes of its concurrency. */
export class Entrance {
  readonly givers: Giver[] = []
  readonly #id: string
  readonly #inbox: Inbox
  readonly #counts: Counters
  readonly #busy = new Set<string>()
  #keyOf: ((event: ForgeEvent) => string) | undefined
  /** What was taken last: its lane is known when it is occupied right after. */
  #taken: Waiting | undefined

  constructor(node: BoundNode, counts: Counters, backlog: number) {
    this.#id = node.id
    this.#counts = counts
    this.#inbox = new Inbox(node.kind, node.edge, backlog)
  }

  get length(): number {
    return this.#inbox.length
  }

  /** Events of one key are processed one after the other. */
  orderBy(keyOf: (event: ForgeEvent) => string): void {
    this.#keyOf = keyOf
  }

  /** Lets an event wait. @returns the error when there is no room for it: then it is lost. */
  put(event: ForgeEvent, giver: Giver): ForgeError | undefined {
    const wasFull = this.#inbox.full
    const offered = this.#inbox.offer(event)
    if (this.#inbox.full && !wasFull) for (const each of this.givers) each.block()
    if (offered === 'conflated') this.#counts.conflated++
    if (offered === 'dropped-oldest' || offered === 'overrun') this.#counts.dropped++
    if (offered !== 'overrun') return undefined
    return new ForgeError('EDGE_OVERRUN', {
      message: `${this.#inbox.length} events wait at ${this.#id}; no room for another ${event.kind} from ${giver.id}`,
      context: { node: this.#id, giver: giver.id },
    })
  }

  /** Takes the next event that may be processed: the first, or the first whose key has none under way. */
  next(): ForgeEvent | undefined {
    let waiting = this.#inbox.first
    if (this.#keyOf) while (waiting && this.#busy.has(this.#laneOf(waiting))) waiting = waiting.next
    return waiting && this.#take(waiting)
  }

  /** Takes the first event, whatever is under way. */
  shift(): ForgeEvent | undefined {
    const { first } = this.#inbox
    return first && this.#take(first)
  }

  /** Occupies the lane of an event until the returned function is called. */
  occupy(event: ForgeEvent | undefined): () => void {
    if (!this.#keyOf || event === undefined) return () => undefined
    const key = this.#taken?.event === event ? this.#laneOf(this.#taken) : this.#keyOf(event)
    this.#busy.add(key)
    return () => this.#busy.delete(key)
  }

  #take(waiting: Waiting): ForgeEvent {
    this.#taken = waiting
    if (this.#inbox.take(waiting)) for (const giver of this.givers) giver.unblock()
    return waiting.event
  }

  /** Asked for once an event, however often it is passed over. */
  #laneOf(waiting: Waiting): string {
    waiting.lane ??= this.#keyOf?.(waiting.event) ?? ''
    return waiting.lane
  }
}
