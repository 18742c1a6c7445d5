import { type Observable, Subject } from 'rxjs'
import type { ForgeEvent } from '../../events/event.ts'
import type { PluginInstance } from '../../plugin/contract.ts'
import { type Feed, type FeedSink, ObservableFeed, PullFeed } from './feed.ts'

/** What the feeds of a node need of it. */
export interface FeedHost extends Omit<FeedSink, 'ended'> {
  /** A feed has ended. */
  feedEnded(): void
  /** Waits before the n-th repetition after a failure. */
  pause(repetition: number): Promise<void>
  /** Lets everyone else have a turn. */
  turn(): Promise<void>
}

/** All that a node gives of its own accord: its Observable, what is pulled from it, and what its operator puts out. */
export class NodeFeeds {
  readonly #host: FeedHost
  readonly #own: Feed[] = []
  #operator: Feed | undefined
  #operatorInput: Subject<ForgeEvent> | undefined
  /** Feeds that have not ended. */
  open = 0
  /** Feed events on their way down the stack: the node does not end under them. */
  giving = 0
  /** The node was to rest while they were: it does once the last is through. */
  hasRestDue = false

  constructor(host: FeedHost) {
    this.#host = host
  }

  attach(instance: PluginInstance): void {
    const { operator, events, pull } = instance
    const { pause, turn } = this.#host
    if (operator) {
      this.#operatorInput = new Subject()
      this.#operator = this.#observe(operator(this.#operatorInput))
    }
    if (events) this.#own.push(this.#observe(events))
    if (pull) this.#own.push(new PullFeed(() => pull.call(instance), this.#sink(), turn, pause))
    this.open = this.#own.length + (operator ? 1 : 0)
  }

  /** Whether the node is an operator: opaque to the runtime. */
  get opaque(): boolean {
    return this.#operatorInput !== undefined
  }

  /** Gives an event to the operator. */
  into(event: ForgeEvent): void {
    this.#operatorInput?.next(event)
  }

  /** Nothing more will come into the operator. */
  inputEnded(): void {
    this.#operatorInput?.complete()
  }

  startOperator(): void {
    this.#operator?.start()
  }

  startOwn(): void {
    for (const feed of this.#own) feed.start()
  }

  stopOwn(): void {
    for (const feed of this.#own) feed.stop()
  }

  stopAll(): void {
    this.stopOwn()
    this.#operator?.stop()
  }

  /** There is room downstream again. */
  resume(): void {
    for (const feed of this.#own) feed.resume()
  }

  #observe(events: Observable<ForgeEvent>): Feed {
    return new ObservableFeed(events, this.#sink(), this.#host.pause)
  }

  #sink(): FeedSink {
    const host = this.#host
    return {
      give: event => {
        this.giving++
        host.give(event)
        this.giving--
        if (this.open > 0 && (this.giving > 0 || !this.hasRestDue)) return
        this.hasRestDue = false
        host.feedEnded()
      },
      blocked: host.blocked,
      failed: host.failed,
      ended: () => {
        this.open--
        host.feedEnded()
      },
    }
  }
}
