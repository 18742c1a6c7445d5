import { type Observable, Subject } from 'rxjs'
import type { BoundNode } from '../config/bound-pipeline.ts'
import { ForgeError, isForgeError, messageOf } from '../errors/forge-error.ts'
import type { EventKind, ForgeEvent, IntentEvent } from '../events/event.ts'
import type { Report } from '../events/report.ts'
import type { Outcome, PluginInstance, PluginKind } from '../plugin/contract.ts'
import type { Clock } from '../time/clock.ts'
import type { Waiting } from './event-queue.ts'
import { backoff_ms, type Feed, type FeedSink, ObservableFeed, PullFeed } from './feed.ts'
import { Inbox } from './inbox.ts'
import type { IntentLedger, PathNode } from './intent-ledger.ts'
import { NodeMetrics } from './node-context.ts'
import type { NodeCounts } from './result.ts'
import { Samples } from './samples.ts'

/** One `process` in this many is timed: timing each would cost more than most of them. */
const TIMED_MASK = 63

/** What a node needs of the run it is part of. */
export interface RunHub {
  readonly clock: Clock
  readonly ledger: IntentLedger
  readonly signal: AbortSignal
  /** Shows an event to taps and recorders. */
  show(node: NodeRunner, event: ForgeEvent): void
  /** Counts a failure. */
  failed(node: NodeRunner, error: ForgeError, event?: ForgeEvent): void
  /** Drains the run after a failure. */
  stop(error: ForgeError): void
  /** Something came to rest: the run may be over. */
  rested(): void
}

/**
 * A node at work.
 *
 * An event that finds the node at rest is processed in the giver's own call: neighbours that answer at once form one
 * call chain, without a queue or a promise between them. An event that finds it at work waits in its inbox. A promise
 * from `process` keeps the node at work until it settles, so order is kept. Reports go first, and never into a running
 * `process`.
 */
export class NodeRunner implements PathNode {
  readonly id: string
  readonly kind: PluginKind
  readonly node: BoundNode
  readonly metrics = new NodeMetrics()
  readonly samples = new Samples()
  /** Whether a tap or recorder looks at this node. */
  watched = false
  ended = false

  readonly #hub: RunHub
  readonly #inbox: Inbox
  readonly #givers: NodeRunner[] = []
  readonly #consumers: NodeRunner[] = []
  readonly #takersOf = new Map<string, readonly NodeRunner[]>()
  readonly #isSink: boolean
  readonly #mail: Report[] = []
  readonly #busyKeys = new Set<string>()
  #instance: PluginInstance = {}
  #process: (event: ForgeEvent) => Outcome | Promise<Outcome> = () => undefined
  #limit = 1
  #keyOf: ((event: ForgeEvent) => string) | undefined
  #feeds: Feed[] = []
  #feedsOpen = 0
  #operatorInput: Subject<ForgeEvent> | undefined

  /** Consumers without room for what blocks. */
  #blockedBy = 0
  /** Calls of `process` that are awaited or will be repeated. */
  #active = 0
  /** Whether this node's own code, or what it set off, is on the stack. */
  #inside = false
  /** Feed events on their way down the stack: the node does not end under them. */
  #giving = 0
  #giversOpen = 0
  #held = 0
  #inputEndTold = false
  /** After a failure with the policy to stop: takes nothing more. */
  #halted = false
  #closed = false

  #kindGiven: string | undefined
  #takers: readonly NodeRunner[] = []
  #travels = false

  #in = 0
  #out = 0
  #errors = 0
  #skipped = 0
  #dropped = 0
  #conflated = 0
  #retries = 0

  constructor(node: BoundNode, hub: RunHub, backlog: number) {
    this.id = node.id
    this.kind = node.kind
    this.node = node
    this.#isSink = node.kind === 'sink'
    this.#hub = hub
    this.#inbox = new Inbox(node.kind, node.edge, backlog)
  }

  /** Wires this node behind another. */
  follow(giver: NodeRunner): void {
    giver.#consumers.push(this)
    this.#givers.push(giver)
    this.#giversOpen++
  }

  /** Puts the plugin's running part in. @throws NODE_INVALID when it can not do what the pipeline asks of it. */
  attach(instance: PluginInstance): void {
    const { process, operator, events, pull, concurrencyKey } = instance
    const invalid = (what: string): ForgeError =>
      new ForgeError('NODE_INVALID', {
        message: `${this.id}: the plugin ${this.kind}/${this.node.plugin.name} ${what}`,
        context: { node: this.id },
      })
    if (process && operator) throw invalid('gives both `process` and `operator`')
    if (events && pull) throw invalid('gives both `events` and `pull`')
    if (this.#givers.length > 0 && !process && !operator) throw invalid('gives neither `process` nor `operator`')
    this.#instance = instance
    if (process) this.#process = process
    this.#limit = Math.max(1, instance.concurrency ?? 1)
    if (this.#limit > 1) this.#keyOf = concurrencyKey ? event => concurrencyKey.call(instance, event) : undefined
    if (operator) {
      const input = new Subject<ForgeEvent>()
      this.#operatorInput = input
      this.#process = event => input.next(event)
      this.#addObservable(operator(input))
    }
    if (events) this.#addObservable(events)
    if (pull) {
      const turn = (): Promise<void> => this.#hub.clock.sleep(0, this.#hub.signal)
      this.#addFeed(new PullFeed(() => pull.call(instance), this.#feedSink(), turn, this.#pause))
    }
  }

  /** Operators listen before anything is given. */
  startOperator(): void {
    if (this.#operatorInput) this.#feeds[0]?.start()
  }

  startFeeds(): void {
    for (const feed of this.#operatorInput ? this.#feeds.slice(1) : this.#feeds) feed.start()
    this.pump()
  }

  /** Stops what this node gives of its own accord. */
  stopFeeds(): void {
    for (const feed of this.#feeds.slice(this.#operatorInput ? 1 : 0)) feed.stop()
    this.pump()
  }

  /** The end: nothing is taken or given any more. */
  close(): void {
    this.#closed = true
    for (const feed of this.#feeds) feed.stop()
  }

  async dispose(): Promise<void> {
    await this.#instance.dispose?.()
  }

  health(): { readonly ok: boolean; readonly detail: string } | undefined {
    if (this.#halted) return { ok: false, detail: 'stopped after a failure' }
    return this.#instance.health?.()
  }

  get waiting(): number {
    return this.#inbox.length
  }

  /** Whether nothing is under way and no feed is open: only reports could still move this node. */
  get quiet(): boolean {
    return !this.#inside && this.#active + this.#giving + this.#inbox.length + this.#feedsOpen === 0
  }

  counts(): NodeCounts {
    return {
      in: this.#in,
      out: this.#out,
      errors: this.#errors,
      skipped: this.#skipped,
      dropped: this.#dropped,
      conflated: this.#conflated,
      retries: this.#retries,
      waiting: this.#inbox.length,
    }
  }

  /** Takes an event: at once when at rest, else into the inbox. */
  accept(event: ForgeEvent, giver: NodeRunner): void {
    if (!this.#inside && this.#active === 0 && this.#blockedBy === 0 && this.#limit === 1 && !this.#halted) {
      this.#inside = true
      this.#attempt(event)
      this.#inside = false
      if (this.#inbox.length > 0 || this.#mail.length > 0 || this.#giversOpen === 0) this.pump()
      return
    }
    this.#enqueue(event, giver)
    if (this.#limit > 1) this.pump()
  }

  /** Gives an event to whoever takes its kind. `cause` is the event it answers. */
  give(event: ForgeEvent, cause?: ForgeEvent): void {
    if (this.#closed) return
    if (event.kind !== this.#kindGiven && !this.#turnTo(event, cause)) return
    const takers = this.#takers
    let given = event
    if (this.#travels) {
      if (event.kind === 'intent') given = this.#hub.ledger.given(event as IntentEvent, this, cause, takers)
      else this.#hub.ledger.reported(event as Report, this)
    }
    this.#out++
    if (this.watched && !this.#isSink) this.#hub.show(this, given)
    for (let index = 0; index < takers.length; index++) takers[index]!.accept(given, this)
  }

  /** A report of this node on the way: back along the intent's path, and on to the consumers. */
  report(report: Report): void {
    if (this.#closed) return
    this.#hub.ledger.reported(report, this)
    this.#out++
    if (this.watched) this.#hub.show(this, report)
    for (const taker of this.#takersFor('report')) taker.accept(report, this)
  }

  mail(report: Report): void {
    if (!this.#closed && this.#instance.onReport) this.#mail.push(report)
  }

  held(change: 1 | -1): void {
    this.#held += change
    if (this.#held === 0) this.pump()
  }

  /** Works off what waits, reports first, and ends the node when nothing more can come. */
  pump(): void {
    if (this.#inside || this.#closed) return
    this.#inside = true
    for (;;) {
      // A node with concurrency has said that it may be entered again; any other is left alone while it awaits.
      if (this.#mail.length > 0 && (this.#active === 0 || this.#limit > 1)) {
        this.#deliver(this.#mail.shift()!)
        continue
      }
      if (this.#active >= this.#limit || this.#blockedBy > 0) break
      const next = this.#next()
      if (!next) break
      if (this.#inbox.take(next)) for (const giver of this.#givers) giver.#unblock()
      this.#attempt(next.event)
    }
    this.#inside = false
    this.#rest()
  }

  #rest(): void {
    if (this.#active + this.#giving + this.#giversOpen + this.#inbox.length > 0 || this.ended) {
      this.#hub.rested()
      return
    }
    if (!this.#inputEndTold && this.#givers.length > 0) {
      this.#inputEndTold = true
      this.#operatorInput?.complete()
      if (this.#instance.onInputEnd && !this.#halted) {
        this.#inside = true
        this.#try(() => this.#instance.onInputEnd?.(), undefined)
        this.#inside = false
        this.pump()
        return
      }
    }
    if (this.#feedsOpen === 0 && this.#held === 0) {
      this.ended = true
      for (const consumer of this.#consumers) {
        consumer.#giversOpen--
        consumer.pump()
      }
    }
    this.#hub.rested()
  }

  /** The next event that may be processed: the first, or the first whose key has none under way. */
  #next(): Waiting | undefined {
    const keyOf = this.#keyOf
    if (!keyOf) return this.#inbox.first
    for (let waiting = this.#inbox.first; waiting; waiting = waiting.next) {
      if (!this.#busyKeys.has(keyOf(waiting.event))) return waiting
    }
    return undefined
  }

  #attempt(event: ForgeEvent, attempt = 1): void {
    let outcome: Outcome | Promise<Outcome>
    if (attempt === 1) {
      this.#in++
      if (this.watched && this.#isSink) this.#hub.show(this, event)
    }
    try {
      outcome = (this.#in & TIMED_MASK) === 0 ? this.#timed(event) : this.#process.call(this.#instance, event)
    } catch (thrown) {
      this.#processFailed(thrown, event, attempt)
      return
    }
    if (outcome === undefined || outcome === null) return
    if ((outcome as { kind?: unknown }).kind !== undefined) this.give(outcome as ForgeEvent, event)
    else if (Array.isArray(outcome)) this.#giveAll(outcome, event)
    else this.#await(outcome as Promise<Outcome>, event, attempt)
  }

  #timed(event: ForgeEvent): Outcome | Promise<Outcome> {
    const start_ms = this.#hub.clock.wall_ms()
    const outcome = this.#process.call(this.#instance, event)
    if (!isPromise(outcome)) {
      this.samples.add(this.#hub.clock.wall_ms() - start_ms)
      return outcome
    }
    return outcome.finally(() => this.samples.add(this.#hub.clock.wall_ms() - start_ms))
  }

  #giveAll(outcome: Outcome, cause: ForgeEvent | undefined): void {
    if (!outcome) return
    if (!Array.isArray(outcome)) this.give(outcome as ForgeEvent, cause)
    else for (const event of outcome as readonly ForgeEvent[]) this.give(event, cause)
  }

  /** Counts as at work until the promise has settled and what it brought is given. */
  #await(outcome: Promise<Outcome>, event: ForgeEvent, attempt: number): void {
    const done = this.#beginWork(event)
    outcome.then(
      events => {
        this.#giveAll(events, event)
        done()
      },
      (thrown: unknown) => {
        if (!this.#closed) this.#processFailed(thrown, event, attempt)
        done()
      },
    )
  }

  #beginWork(event: ForgeEvent | undefined): () => void {
    const key = event === undefined ? undefined : this.#keyOf?.(event)
    this.#active++
    if (key !== undefined) this.#busyKeys.add(key)
    return () => {
      this.#active--
      if (key !== undefined) this.#busyKeys.delete(key)
      this.pump()
    }
  }

  #processFailed(thrown: unknown, event: ForgeEvent, attempt: number): void {
    const error = this.#count(thrown, event)
    const policy = this.node.onError
    if (policy.action === 'retry' && attempt <= policy.attempts && !this.#operatorInput) {
      this.#retries++
      const done = this.#beginWork(event)
      this.#pause(attempt).then(
        () => {
          this.#attempt(event, attempt + 1)
          done()
        },
        () => {
          this.#giveUp(event, error)
          done()
        },
      )
      return
    }
    this.#giveUp(event, error)
    // A sink that fails for good loses this event only: the others go on.
    if (policy.action === 'stop' || (policy.action === 'retry' && !this.#isSink)) this.#halt(error)
  }

  /** For code that answers no event: `onInputEnd`. */
  #try(work: () => Outcome | Promise<Outcome>, event: ForgeEvent | undefined): void {
    const failed = (thrown: unknown): void => {
      const error = this.#count(thrown, event)
      if (this.node.onError.action === 'stop') this.#halt(error)
    }
    try {
      const outcome = work()
      if (!isPromise(outcome)) this.#giveAll(outcome, event)
      else {
        const done = this.#beginWork(undefined)
        outcome.then(events => this.#giveAll(events, event), failed).finally(done)
      }
    } catch (thrown) {
      failed(thrown)
    }
  }

  #deliver(report: Report): void {
    try {
      this.#instance.onReport?.(report)
    } catch (thrown) {
      const error = this.#count(thrown, report)
      if (this.node.onError.action === 'stop') this.#halt(error)
    }
  }

  /** The event is lost: if it is an intent, whoever wanted it is told. */
  #giveUp(event: ForgeEvent, error: ForgeError): void {
    this.#skipped++
    this.#answerFor(event, error, 'failed')
  }

  #answerFor(event: ForgeEvent, error: ForgeError, state: 'failed' | 'skipped'): void {
    if (event.kind !== 'intent' || this.#isSink) return
    const intent = event as IntentEvent
    if (!this.#hub.ledger.has(intent)) return
    const { key, node, input, output } = intent
    const reason = { code: error.code, message: error.message, remedy: error.remedy }
    this.report({ kind: 'report', at: this.#hub.clock.now(), orderId: key, key, node, input, output, state, reason })
  }

  #count(thrown: unknown, event?: ForgeEvent): ForgeError {
    const error = isForgeError(thrown)
      ? thrown
      : new ForgeError('NODE_FAILED', {
          message: `${this.id}: ${messageOf(thrown)}`,
          context: { node: this.id },
          cause: thrown,
        })
    this.#errors++
    this.#hub.failed(this, error, event)
    return error
  }

  #halt(error: ForgeError): void {
    if (!this.#halted) {
      this.#halted = true
      for (let waiting = this.#inbox.first; waiting; waiting = this.#inbox.first) {
        if (this.#inbox.take(waiting)) for (const giver of this.#givers) giver.#unblock()
        this.#refuse(waiting.event)
      }
    }
    this.#hub.stop(error)
  }

  #refuse(event: ForgeEvent): void {
    this.#dropped++
    if (event.kind !== 'intent') return
    const message = `${this.id} had stopped after a failure; nothing was sent`
    this.#answerFor(event, new ForgeError('NODE_HALTED', { message }), 'skipped')
  }

  #enqueue(event: ForgeEvent, giver: NodeRunner): void {
    if (this.#closed || this.#halted) {
      this.#refuse(event)
      return
    }
    const wasFull = this.#inbox.full
    const offered = this.#inbox.offer(event)
    if (offered === 'conflated') this.#conflated++
    else if (offered === 'dropped-oldest') this.#dropped++
    else if (offered === 'overrun') this.#overrun(event, giver)
    if (this.#inbox.full && !wasFull) for (const each of this.#givers) each.#blockedBy++
  }

  /** A sink's overrun is its own failure and stops nobody; another's is the giver's, by the giver's policy. */
  #overrun(event: ForgeEvent, giver: NodeRunner): void {
    this.#dropped++
    const error = new ForgeError('EDGE_OVERRUN', {
      message: `${this.#inbox.length} events wait at ${this.id}; no room for another ${event.kind} from ${giver.id}`,
      context: { node: this.id, giver: giver.id },
    })
    if (this.#isSink) {
      this.#errors++
      this.#hub.failed(this, error, event)
      return
    }
    giver.#errors++
    this.#hub.failed(giver, error, event)
    this.#answerFor(event, error, 'skipped')
    if (giver.node.onError.action === 'skip') return
    // At once: an Observable that floods in one go would never let go of the stack.
    giver.stopFeeds()
    this.#hub.stop(error)
  }

  #unblock(): void {
    if (--this.#blockedBy > 0) return
    this.pump()
    for (const feed of this.#feeds) feed.resume()
  }

  /** Turns to events of another kind. @returns false, after counting the failure, when the plugin may not give it. */
  #turnTo(event: ForgeEvent, cause: ForgeEvent | undefined): boolean {
    const { kind } = event
    if (!this.node.plugin.gives.includes(kind as EventKind)) {
      const message = `${this.id} gave an event of the kind "${kind}", which its plugin does not declare`
      const error = this.#count(
        new ForgeError('EVENT_UNDECLARED', { message, context: { node: this.id, kind } }),
        event,
      )
      this.#giveUp(cause ?? event, error)
      if (this.node.onError.action === 'stop') this.#halt(error)
      return false
    }
    this.#kindGiven = kind
    this.#travels = kind === 'intent' || kind === 'report'
    this.#takers = this.#takersFor(kind)
    return true
  }

  #takersFor(kind: string): readonly NodeRunner[] {
    let takers = this.#takersOf.get(kind)
    if (!takers) {
      takers = this.#consumers.filter(consumer => consumer.node.plugin.takes.includes(kind as EventKind))
      this.#takersOf.set(kind, takers)
    }
    return takers
  }

  #addObservable(events: Observable<ForgeEvent>): void {
    this.#addFeed(new ObservableFeed(events, this.#feedSink(), this.#pause))
  }

  #addFeed(feed: Feed): void {
    this.#feeds.push(feed)
    this.#feedsOpen++
  }

  #feedSink(): FeedSink {
    return {
      give: event => {
        this.#giving++
        this.give(event)
        this.#giving--
        if (this.#feedsOpen === 0) this.pump()
      },
      blocked: () => this.#blockedBy > 0,
      ended: () => {
        this.#feedsOpen--
        this.pump()
      },
      failed: (thrown, attempt) => {
        const error = this.#count(thrown)
        const policy = this.node.onError
        if (policy.action === 'retry' && attempt <= policy.attempts && !this.#operatorInput) {
          this.#retries++
          return true
        }
        if (policy.action !== 'skip' || this.#operatorInput) this.#halt(error)
        return false
      },
    }
  }

  readonly #pause = (attempt: number): Promise<void> =>
    this.#hub.clock.sleep(backoff_ms(this.node.onError, attempt), this.#hub.signal)
}

function isPromise(outcome: Outcome | Promise<Outcome>): outcome is Promise<Outcome> {
  return typeof (outcome as { then?: unknown } | undefined)?.then === 'function'
}
