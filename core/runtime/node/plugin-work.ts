import type { BoundNode } from '../../config/bound-pipeline.ts'
import type { ForgeEvent } from '../../events/event.ts'
import type { Report } from '../../events/report.ts'
import type { Outcome, PluginInstance } from '../../plugin/contract.ts'
import type { Clock } from '../../time/clock.ts'
import { DirectPromise } from '../../time/direct-promise.ts'
import type { Counters } from './counters.ts'
import { backoff_ms } from './error-policy.ts'
import type { FailingNode, Failures } from './failures.ts'
import { Samples } from './samples.ts'

/** One `process` in this many is timed: timing each would cost more than most of them. */
const TIMED_MASK = 255

/** What the work of a plugin needs of its node. */
export interface WorkHost {
  readonly node: BoundNode
  give(event: ForgeEvent, cause?: ForgeEvent): void
  /**
   * Counts the node as at work on an event until the returned function is called; the run as well, unless what it awaits
   * will be brought by a timer or a turn of the world, which whoever moves time knows of.
   */
  begin(event: ForgeEvent | undefined, isTimed: boolean): () => void
  isClosed(): boolean
}

/** Calls a plugin, hands on what it answers, and repeats what failed where the policy says so. */
export class PluginWork {
  readonly samples = new Samples()
  readonly #host: WorkHost
  readonly #failures: Failures<FailingNode>
  readonly #counts: Counters
  readonly #clock: Clock
  readonly #signal: AbortSignal
  #instance: PluginInstance = {}
  #process: (event: ForgeEvent) => Outcome | PromiseLike<Outcome> = () => undefined

  constructor(host: WorkHost, failures: Failures<FailingNode>, counts: Counters, clock: Clock, signal: AbortSignal) {
    this.#host = host
    this.#failures = failures
    this.#counts = counts
    this.#clock = clock
    this.#signal = signal
  }

  /** @param into what takes the events instead of `process`, when the plugin is an operator. */
  attach(instance: PluginInstance, into: ((event: ForgeEvent) => void) | undefined): void {
    this.#instance = instance
    if (instance.process) this.#process = instance.process
    else if (into) this.#process = into
  }

  /** Processes an event; when it answers by promise, the node is at work until that has settled. */
  process(event: ForgeEvent, attempt: number): void {
    let outcome: Outcome | PromiseLike<Outcome>
    try {
      outcome = (this.#counts.in & TIMED_MASK) === 0 ? this.#timed(event) : this.#process.call(this.#instance, event)
    } catch (thrown) {
      this.#failed(thrown, event, attempt)
      return
    }
    if (outcome === undefined || outcome === null) return
    if ((outcome as { kind?: unknown }).kind !== undefined) this.#host.give(outcome as ForgeEvent, event)
    else if (Array.isArray(outcome)) this.#giveAll(outcome, event)
    else if (isPromise(outcome)) this.#await(outcome, event, thrown => this.#failed(thrown, event, attempt))
    else this.#host.give(outcome as ForgeEvent, event)
  }

  deliver(report: Report): void {
    try {
      this.#instance.onReport?.(report)
    } catch (thrown) {
      this.#failures.aside(thrown, report)
    }
  }

  /** Lets the plugin give what it kept back. */
  endInput(): void {
    try {
      const outcome = this.#instance.onInputEnd?.()
      if (isPromise(outcome)) this.#await(outcome, undefined, thrown => this.#failures.aside(thrown))
      else this.#giveAll(outcome, undefined)
    } catch (thrown) {
      this.#failures.aside(thrown)
    }
  }

  /** Tells the plugin that no more intents come in. */
  endIntents(): void {
    try {
      this.#instance.onIntentsEnd?.()
    } catch (thrown) {
      this.#failures.aside(thrown)
    }
  }

  /** Tells the plugin that the run drains. */
  drain(): void {
    try {
      this.#instance.onDrain?.()
    } catch (thrown) {
      this.#failures.aside(thrown)
    }
  }

  /** Waits before the n-th repetition after a failure. @throws when the run ends meanwhile. */
  pause(repetition: number): Promise<void> {
    return this.#clock.sleep(backoff_ms(this.#host.node.onError, repetition), this.#signal)
  }

  #timed(event: ForgeEvent): Outcome | PromiseLike<Outcome> {
    const start_ms = this.#clock.wall_ms()
    const outcome = this.#process.call(this.#instance, event)
    const taken = (): void => this.samples.add(this.#clock.wall_ms() - start_ms)
    if (!isPromise(outcome)) taken()
    else if (outcome instanceof DirectPromise) outcome.hear(taken, taken)
    else return Promise.resolve(outcome).finally(taken)
    return outcome
  }

  #giveAll(outcome: Outcome, cause: ForgeEvent | undefined): void {
    if (outcome === undefined || outcome === null) return
    if (!Array.isArray(outcome)) this.#host.give(outcome as ForgeEvent, cause)
    else for (const event of outcome as readonly ForgeEvent[]) this.#host.give(event, cause)
  }

  /** The node is at work until the promise has settled and what it brought is given. */
  #await(outcome: PromiseLike<Outcome>, cause: ForgeEvent | undefined, failed: (thrown: unknown) => void): void {
    const isTimed = outcome instanceof DirectPromise
    const done = this.#host.begin(cause, isTimed)
    const settled = (events: Outcome): void => {
      this.#giveAll(events, cause)
      done()
    }
    const rejected = (thrown: unknown): void => {
      if (!this.#host.isClosed()) failed(thrown)
      done()
    }
    if (isTimed) outcome.hear(settled, rejected)
    else outcome.then(settled, rejected)
  }

  #failed(thrown: unknown, event: ForgeEvent, attempt: number): void {
    const giveUp = this.#failures.ofProcess(thrown, event, attempt)
    if (!giveUp) return
    const again = (): void => this.process(event, attempt + 1)
    this.pause(attempt).then(again, giveUp).finally(this.#host.begin(event, false))
  }
}

function isPromise(outcome: Outcome | PromiseLike<Outcome>): outcome is PromiseLike<Outcome> {
  return typeof (outcome as { then?: unknown } | undefined)?.then === 'function'
}
