import { Observable, type Subscriber } from 'rxjs'
import type { ForgeEvent } from '../../events/event.ts'

export const TAP_BUFFER = 1_024

/**
 * Shows a node's events to an observer without ever slowing the node: what is not yet delivered waits in a bounded
 * buffer that forgets the oldest.
 */
export class Tap {
  readonly #buffer: number
  readonly #observers = new Set<Subscriber<ForgeEvent>>()
  #waiting: ForgeEvent[] = []
  #first = 0
  #scheduled = false
  #over = false
  readonly events = new Observable<ForgeEvent>(subscriber => {
    if (this.#over) {
      subscriber.complete()
      return
    }
    this.#observers.add(subscriber)
    return () => this.#observers.delete(subscriber)
  })

  constructor(buffer: number) {
    this.#buffer = buffer
  }

  show(event: ForgeEvent): void {
    if (this.#observers.size === 0) return
    this.#waiting.push(event)
    if (this.#waiting.length - this.#first > this.#buffer) this.#forgetOldest()
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => this.#deliver())
  }

  complete(): void {
    this.#over = true
    if (!this.#scheduled) this.#deliver()
  }

  #forgetOldest(): void {
    this.#first++
    if (this.#first < this.#buffer) return
    this.#waiting = this.#waiting.slice(this.#first)
    this.#first = 0
  }

  #deliver(): void {
    this.#scheduled = false
    const events = this.#waiting.slice(this.#first)
    this.#waiting = []
    this.#first = 0
    for (const event of events) for (const observer of this.#observers) observer.next(event)
    if (!this.#over) return
    for (const observer of this.#observers) observer.complete()
    this.#observers.clear()
  }
}
