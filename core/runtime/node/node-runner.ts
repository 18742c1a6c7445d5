import type { BoundNode } from '../../config/bound-pipeline.ts'
import type { ForgeError } from '../../errors/forge-error.ts'
import type { ForgeEvent, IntentEvent } from '../../events/event.ts'
import type { Report } from '../../events/report.ts'
import type { PluginInstance, PluginKind } from '../../plugin/contract.ts'
import { Entrance, type Giver } from '../edges/entrance.ts'
import { Outlets } from '../edges/outlets.ts'
import type { PathNode } from '../intent-ledger.ts'
import type { NodeCounts } from '../result.ts'
import type { RunHub } from '../run-hub.ts'
import { checkInstance } from './check-instance.ts'
import { Counters } from './counters.ts'
import { Ending } from './ending.ts'
import { type FailingNode, Failures } from './failures.ts'
import { Losses } from './losses.ts'
import { NodeMetrics } from './node-context.ts'
import { NodeFeeds } from './node-feeds.ts'
import { PluginWork, type WorkHost } from './plugin-work.ts'
import type { Samples } from './samples.ts'

/**
 * A node at work.
 *
 * An event that finds the node at rest is processed in the giver's own call: neighbours that answer at once form one
 * call chain, without a queue or a promise between them. An event that finds it at work waits in its inbox. A promise
 * from `process` keeps the node at work until it settles, so order is kept. Reports go first, and never into a running
 * `process`.
 */
export class NodeRunner implements PathNode, Giver, WorkHost, FailingNode {
  readonly id: string
  readonly kind: PluginKind
  readonly node: BoundNode
  readonly metrics = new NodeMetrics()
  /** Whether a tap or recorder looks at this node. */
  watched = false

  readonly #hub: RunHub<NodeRunner>
  readonly #counts = new Counters()
  readonly #entrance: Entrance
  readonly #outlets: Outlets<NodeRunner>
  readonly #feeds: NodeFeeds
  readonly #work: PluginWork
  readonly #losses: Losses
  readonly #failures: Failures<NodeRunner>
  readonly #isSink: boolean
  readonly #ending = new Ending()
  readonly #mail: Report[] = []
  #instance: PluginInstance = {}
  #limit = 1
  /** Whether events may be processed in the giver's own call: not with lanes, and not after the end. */
  #direct = true

  /** Consumers without room for what blocks. */
  #blockedBy = 0
  /** Calls of `process` that are awaited or will be repeated. */
  #active = 0
  /** Whether this node's own code, or what it set off, is on the stack. */
  #inside = false
  /** Whether something came while it was: mail, events, the end of a giver. */
  #again = false
  #held = 0
  /** After a failure with the policy to stop: takes nothing more. */
  #halted = false
  #closed = false

  constructor(node: BoundNode, hub: RunHub<NodeRunner>, backlog: number) {
    this.id = node.id
    this.kind = node.kind
    this.node = node
    this.#isSink = node.kind === 'sink'
    this.#hub = hub
    this.#entrance = new Entrance(node, this.#counts, backlog)
    this.#losses = new Losses(this, hub, this.#counts, this.#entrance)
    this.#failures = new Failures<NodeRunner>(this, hub, this.#counts, this.#losses)
    this.#outlets = new Outlets(node.plugin.gives)
    this.#work = new PluginWork(this, this.#failures, this.#counts, hub.clock, hub.signal)
    this.#feeds = new NodeFeeds({
      give: event => this.give(event),
      blocked: () => this.#blockedBy > 0,
      failed: (thrown, failures) => this.#failures.ofFeed(thrown, failures),
      feedEnded: () => this.pump(),
      pause: repetition => this.#work.pause(repetition),
      turn: () => hub.clock.sleep(0, hub.signal),
    })
  }

  /** Wires this node behind another. */
  follow(giver: NodeRunner): void {
    giver.#outlets.all.push(this)
    this.#entrance.givers.push(giver)
    this.#ending.follow(giver.#givesIntents)
  }

  /** Puts the plugin's running part in. @throws NODE_INVALID when it can not do what the pipeline asks of it. */
  attach(instance: PluginInstance): void {
    checkInstance(this.node, instance, this.#entrance.givers.length > 0)
    const { operator, concurrencyKey } = instance
    this.#instance = instance
    this.#limit = Math.max(1, instance.concurrency ?? 1)
    this.#direct = this.#limit === 1
    if (this.#limit > 1 && concurrencyKey) this.#entrance.orderBy(event => this.#laneOf(event, concurrencyKey))
    this.#feeds.attach(instance)
    this.#work.attach(instance, operator && (event => this.#feeds.into(event)))
  }

  /** Operators listen before anything is given. */
  startOperator(): void {
    this.#feeds.startOperator()
  }

  startFeeds(): void {
    this.#feeds.startOwn()
    this.pump()
  }

  /** Stops what this node gives of its own accord. */
  stopFeeds(): void {
    this.#feeds.stopOwn()
    this.pump()
  }

  /** The run drains: a plugin that wants to give more later leaves it for the next run. */
  drains(): void {
    if (this.#instance.onDrain && !this.#halted && !this.ended) this.#tell(() => this.#work.drain())
  }

  /**
   * Wants nothing more: what waits is let go, its own feeds stop, and so does, in turn, what feeds nobody but nodes like
   * this. Reports on what it has given still reach it.
   */
  finish(): void {
    if (this.#ending.finished || this.#closed) return
    this.#ending.finished = true
    this.#direct = false
    this.#feeds.stopAll()
    this.#losses.letGo('NODE_FINISHED')
    for (const giver of this.#entrance.givers) giver.takerFinished()
    this.pump()
  }

  /** Sinks only look on: a source or signal that nobody else needs has nothing left to do. */
  takerFinished(): void {
    if (this.kind !== 'source' && this.kind !== 'signal') return
    const acting = this.#outlets.all.filter(({ kind }) => kind !== 'sink')
    const takers = acting.length > 0 ? acting : this.#outlets.all
    if (takers.every(({ wantsNothing }) => wantsNothing)) this.finish()
  }

  get ended(): boolean {
    return this.#ending.ended
  }

  get wantsNothing(): boolean {
    return this.#ending.finished || this.#ending.ended
  }

  get isOperator(): boolean {
    return this.#feeds.opaque
  }

  get #givesIntents(): boolean {
    return this.node.plugin.gives.includes('intent')
  }

  /** The end: nothing is taken or given any more. */
  close(): void {
    this.#closed = true
    this.#direct = false
    this.#feeds.stopAll()
  }

  async dispose(): Promise<void> {
    await this.#instance.dispose?.()
  }

  health(): { readonly ok: boolean; readonly detail: string } | undefined {
    if (this.#halted) return { ok: false, detail: 'stopped after a failure' }
    return this.#instance.health?.()
  }

  /** Times of `process`. */
  get samples(): Samples {
    return this.#work.samples
  }

  get waiting(): number {
    return this.#entrance.length
  }

  /** Whether nothing is under way and no feed is open: only reports could still move this node. */
  get quiet(): boolean {
    return !this.#inside && this.#active + this.#feeds.giving + this.#feeds.open + this.#entrance.length === 0
  }

  /** Whether a promise may let it give or report something of its own accord: no timer and no call tells when. */
  get untimed(): boolean {
    const reports = this.kind === 'order' || this.kind === 'execution'
    const hasItsOwn = this.#feeds.open > 0 || (reports && this.#instance.onReport !== undefined)
    return hasItsOwn && this.#instance.timed !== true
  }

  /** Whether what it does with an event can not be seen from outside: it may go on whenever it likes. */
  get opaque(): boolean {
    const hasItsOwn = this.#entrance.givers.length > 0 && this.#feeds.open > 0
    return this.#feeds.opaque || (hasItsOwn && this.#instance.timed !== true)
  }

  counts(): NodeCounts {
    return this.#counts.snapshot(this.#entrance.length)
  }

  /** Takes an event: at once when at rest, else into the inbox. */
  accept(event: ForgeEvent, giver: NodeRunner): void {
    if (this.#direct && !this.#inside && this.#active === 0 && this.#blockedBy === 0) {
      this.#inside = true
      this.#counts.in++
      if (this.watched && this.#isSink) this.#hub.show(this, event)
      this.#work.process(event, 1)
      this.#inside = false
      if (this.#again) this.pump()
      return
    }
    this.#enqueue(event, giver)
    this.pump()
  }

  /** Gives an event to whoever takes its kind. `cause` is the event it answers. */
  give(event: ForgeEvent, cause?: ForgeEvent): void {
    if (this.#closed) return
    // A plugin in plain JavaScript may give anything.
    const kind = (event as ForgeEvent | null | undefined)?.kind
    const takers = kind === undefined ? undefined : this.#outlets.declared(kind)
    if (takers === undefined) {
      this.#failures.undeclared(event, cause)
      return
    }
    let given = event
    if (kind === 'intent') given = this.#hub.ledger.given(event as IntentEvent, this, cause, takers)
    else if (kind === 'report') this.#hub.ledger.reported(event as Report, this)
    this.#counts.out++
    if (this.watched && !this.#isSink) this.#hub.show(this, given)
    for (let index = 0; index < takers.length; index++) takers[index]!.accept(given, this)
  }

  /** A report of this node on the way: back along the intent's path, and on to the consumers. */
  report(report: Report): void {
    if (this.#closed) return
    this.#hub.ledger.reported(report, this)
    this.#counts.out++
    if (this.watched) this.#hub.show(this, report)
    for (const taker of this.#outlets.of('report')) taker.accept(report, this)
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
    if (this.#inside || this.#closed) {
      this.#again = true
      return
    }
    this.#inside = true
    for (;;) {
      // A node with concurrency has said that it may be entered again; any other is left alone while it awaits.
      if (this.#mail.length > 0 && (this.#active === 0 || this.#limit > 1)) {
        this.#work.deliver(this.#mail.shift()!)
        continue
      }
      if (this.#active >= this.#limit || this.#blockedBy > 0) break
      const event = this.#entrance.next()
      if (!event) break
      this.#counts.in++
      if (this.watched && this.#isSink) this.#hub.show(this, event)
      this.#work.process(event, 1)
    }
    this.#inside = false
    this.#again = false
    this.#rest()
  }

  #rest(): void {
    this.#feeds.hasRestDue = this.#feeds.giving > 0
    if (this.#active + this.#feeds.giving + this.#entrance.length > 0 || this.ended) {
      this.#hub.rested()
      return
    }
    if (this.#ending.takeIntentsEnd() && this.#instance.onIntentsEnd && !this.#halted) {
      this.#tell(() => this.#work.endIntents())
      return
    }
    if (this.#ending.isFed) {
      this.#hub.rested()
      return
    }
    if (this.#ending.takeInputEnd(this.#entrance.givers.length > 0)) {
      this.#feeds.inputEnded()
      if (this.#instance.onInputEnd && !this.#halted) {
        this.#tell(() => this.#work.endInput())
        return
      }
    }
    if (this.#feeds.open === 0 && this.#held === 0) {
      this.#ending.ended = true
      for (const consumer of this.#outlets.all) {
        consumer.#ending.giverEnded(this.#givesIntents)
        consumer.pump()
      }
      for (const giver of this.#entrance.givers) giver.takerFinished()
    }
    this.#hub.rested()
  }

  #tell(work: () => void): void {
    this.#inside = true
    work()
    this.#inside = false
    this.pump()
  }

  begin(event: ForgeEvent | undefined, isTimed: boolean): () => void {
    const free = this.#entrance.occupy(event)
    this.#active++
    if (!isTimed) this.#hub.working++
    return () => {
      this.#active--
      if (!isTimed) this.#hub.working--
      free()
      this.pump()
    }
  }

  isClosed(): boolean {
    return this.#closed
  }

  halt(error: ForgeError): void {
    this.#halted = true
    this.#direct = false
    this.#losses.letGo('NODE_HALTED')
    this.#hub.stop(error)
  }

  #enqueue(event: ForgeEvent, giver: NodeRunner): void {
    if (this.#closed || this.#halted) {
      this.#losses.refuse(event, 'NODE_HALTED')
      return
    }
    if (this.#ending.finished) {
      this.#losses.refuse(event, 'NODE_FINISHED')
      return
    }
    const overrun = this.#entrance.put(event, giver)
    if (overrun) this.#overrun(overrun, event, giver)
  }

  /** A sink's overrun is its own failure and stops nobody; another's is the giver's, by the giver's policy. */
  #overrun(error: ForgeError, event: ForgeEvent, giver: NodeRunner): void {
    const culprit = this.#isSink ? this : giver
    culprit.#failures.count(error, event)
    if (this.#isSink) return
    this.#losses.answerFor(event, error, 'skipped')
    if (giver.node.onError.action === 'skip') return
    // At once: an Observable that floods in one go would never let go of the stack.
    giver.stopFeeds()
    this.#hub.stop(error)
  }

  block(): void {
    this.#blockedBy++
  }

  unblock(): void {
    if (--this.#blockedBy > 0) return
    this.pump()
    this.#feeds.resume()
  }

  /** The lane of an event; events whose key can not be told share one. */
  #laneOf(event: ForgeEvent, concurrencyKey: (event: ForgeEvent) => string): string {
    try {
      return concurrencyKey.call(this.#instance, event)
    } catch (thrown) {
      this.#failures.count(thrown, event)
      return ''
    }
  }
}
