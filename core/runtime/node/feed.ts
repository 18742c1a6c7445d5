import { type Observable, type Observer, Subscriber } from 'rxjs'
import type { ForgeEvent } from '../../events/event.ts'
import type { PluginInstance } from '../../plugin/contract.ts'
import { DirectPromise } from '../../time/direct-promise.ts'

/** Pulls answered at once before the world gets a turn. */
const PULLS_PER_TURN = 1_024

/** What a feed brings its node. */
export interface FeedSink {
  give(event: ForgeEvent): void
  /** @returns whether the feed may try again. */
  failed(thrown: unknown, attempt: number): boolean
  ended(): void
  /** Whether something downstream has no room. */
  blocked(): boolean
}

/** Where a node's own events come from. */
export interface Feed {
  start(): void
  /** There is room again. */
  resume(): void
  /** Nothing more, from now on. */
  stop(): void
}

/** An Observable: it gives when it likes, and starts anew after an error when the policy is to retry. */
export class ObservableFeed implements Feed {
  readonly #events: Observable<ForgeEvent>
  readonly #sink: FeedSink
  readonly #retry: (attempt: number) => Promise<void>
  #subscriber: Subscriber<ForgeEvent> | undefined
  #attempt = 0
  #over = false

  constructor(events: Observable<ForgeEvent>, sink: FeedSink, retry: (attempt: number) => Promise<void>) {
    this.#events = events
    this.#sink = sink
    this.#retry = retry
  }

  start(): void {
    this.#subscriber = new FeedSubscriber({
      next: event => {
        this.#attempt = 0
        this.#sink.give(event)
      },
      error: (thrown: unknown) => {
        if (this.#over) return
        if (!this.#sink.failed(thrown, ++this.#attempt)) this.stop()
        else
          this.#retry(this.#attempt).then(
            () => !this.#over && this.start(),
            () => this.stop(),
          )
      },
      complete: () => this.stop(),
    })
    this.#events.subscribe(this.#subscriber)
  }

  resume(): void {}

  stop(): void {
    if (this.#over) return
    this.#over = true
    this.#subscriber?.unsubscribe()
    this.#sink.ended()
  }
}

/** RxJS's own way to a plain observer costs four calls an event: as a subscriber itself it costs one. */
class FeedSubscriber extends Subscriber<ForgeEvent> {
  readonly #observer: Observer<ForgeEvent>

  constructor(observer: Observer<ForgeEvent>) {
    super()
    this.#observer = observer
  }

  protected override _next(event: ForgeEvent): void {
    this.#observer.next(event)
  }

  protected override _error(thrown: unknown): void {
    this.unsubscribe()
    this.#observer.error(thrown)
  }

  protected override _complete(): void {
    this.unsubscribe()
    this.#observer.complete()
  }
}

type Pull = () => ReturnType<NonNullable<PluginInstance['pull']>>

/** A function that is asked: for the next event only while there is room for it. */
export class PullFeed implements Feed {
  readonly #pull: Pull
  readonly #sink: FeedSink
  readonly #turn: () => Promise<void>
  readonly #retry: (attempt: number) => Promise<void>
  #attempt = 0
  #asking = false
  #over = false

  constructor(pull: Pull, sink: FeedSink, turn: () => Promise<void>, retry: (attempt: number) => Promise<void>) {
    this.#pull = pull
    this.#sink = sink
    this.#turn = turn
    this.#retry = retry
  }

  start(): void {
    this.resume()
  }

  resume(): void {
    if (this.#asking || this.#over) return
    this.#asking = true
    for (let pulls = 0; !this.#over && !this.#sink.blocked(); pulls++) {
      if (pulls === PULLS_PER_TURN) {
        // Signals, sockets and timers get their turn, even when this source never waits.
        this.#later(this.#turn())
        return
      }
      try {
        const answer = this.#pull()
        if (answer instanceof DirectPromise) {
          answer.hear(
            event => this.#taken(event),
            thrown => this.#failed(thrown),
          )
          return
        }
        if (answer !== undefined && 'then' in answer) {
          this.#later((answer as Promise<ForgeEvent | undefined>).then(event => this.#take(event)))
          return
        }
        this.#take(answer as ForgeEvent | undefined)
      } catch (thrown) {
        this.#failed(thrown)
        return
      }
    }
    this.#asking = false
  }

  stop(): void {
    if (this.#over) return
    this.#over = true
    this.#sink.ended()
  }

  #take(event: ForgeEvent | undefined): void {
    if (this.#over) return
    this.#attempt = 0
    if (event === undefined) this.stop()
    else this.#sink.give(event)
  }

  /** Within the call that settled what was waited for: what follows from it is done when that returns. */
  #taken(event: ForgeEvent | undefined): void {
    try {
      this.#take(event)
    } catch (thrown) {
      this.#failed(thrown)
      return
    }
    this.#again()
  }

  #later(settled: Promise<void>): void {
    settled.then(
      () => this.#again(),
      (thrown: unknown) => this.#failed(thrown),
    )
  }

  #again(): void {
    this.#asking = false
    this.resume()
  }

  #failed(thrown: unknown): void {
    if (this.#over) return
    if (!this.#sink.failed(thrown, ++this.#attempt)) {
      this.stop()
      return
    }
    this.#retry(this.#attempt).then(
      () => this.#again(),
      () => this.stop(),
    )
  }
}
