import type { ForgeEvent } from '../../events/event.ts'

/** How an entrance treats an event when it is full. */
export type Overflow = 'block' | 'drop-oldest' | 'conflate' | 'keep'

/** An event that waits. */
export interface Waiting {
  event: ForgeEvent
  readonly overflow: Overflow
  /** What it may be merged by; undefined for what never conflates. */
  readonly conflateBy: string | undefined
  /** The lane it is processed in; undefined until somebody asked. */
  lane: string | undefined
  previous: Waiting | undefined
  next: Waiting | undefined
}

/** First in, first out, with removal anywhere in constant time: a doubly linked list. */
export class EventQueue {
  #first: Waiting | undefined
  #last: Waiting | undefined
  #length = 0

  get length(): number {
    return this.#length
  }

  get first(): Waiting | undefined {
    return this.#first
  }

  append(event: ForgeEvent, overflow: Overflow, conflateBy: string | undefined): Waiting {
    const waiting: Waiting = { event, overflow, conflateBy, lane: undefined, previous: this.#last, next: undefined }
    if (this.#last) this.#last.next = waiting
    else this.#first = waiting
    this.#last = waiting
    this.#length++
    return waiting
  }

  remove(waiting: Waiting): void {
    if (waiting.previous) waiting.previous.next = waiting.next
    else this.#first = waiting.next
    if (waiting.next) waiting.next.previous = waiting.previous
    else this.#last = waiting.previous
    waiting.previous = undefined
    waiting.next = undefined
    this.#length--
  }
}
