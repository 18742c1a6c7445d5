import type { Observable } from 'rxjs'
import { ForgeError, messageOf } from '../errors/forge-error.ts'
import type { ForgeEvent } from '../events/event.ts'
import type { NodeState } from '../orders/journal.ts'
import type { Clock, Timer } from '../time/clock.ts'
import { IntentLedger, type PathNode } from './intent-ledger.ts'
import { named } from './node/error-policy.ts'
import { contextFor } from './node/node-context.ts'
import { NodeRunner } from './node/node-runner.ts'
import { DEFAULT_BACKLOG, type PipelineRun, type RunOptions } from './options.ts'
import {
  MAX_ERRORS_KEPT,
  type NodeCounts,
  type NodeError,
  type OpenIntent,
  type RunEnd,
  type RunResult,
} from './result.ts'
import type { RunHub } from './run-hub.ts'
import { TAP_BUFFER, Tap } from './tap.ts'
import { traceEvent } from './trace.ts'

export type { PipelineRun, RunOptions } from './options.ts'
export type { RunResult } from './result.ts'

/**
 * Sets every node of a pipeline up, in topological order, and starts it with the clock's next turn (so that taps put on
 * at once miss nothing).
 *
 * A run ends by itself when every feed has completed, nothing waits or is in process, and every intent has had its
 * final report.
 *
 * @throws what a plugin's setup throws, with the node's name, after disposing the nodes that were up.
 */
export async function startPipeline(options: RunOptions): Promise<PipelineRun> {
  const run = new Run(options)
  await run.setUp()
  return run
}

class Run implements PipelineRun, RunHub<NodeRunner> {
  readonly done: Promise<RunResult>
  readonly clock: Clock
  readonly ledger = new IntentLedger((from, to) => this.#between(from, to))
  working = 0
  readonly signal: AbortSignal
  readonly #options: RunOptions
  readonly #abort = new AbortController()
  readonly #nodes: NodeRunner[] = []
  readonly #byId = new Map<string, NodeRunner>()
  readonly #states = new Map<string, NodeState>()
  readonly #taps = new Map<NodeRunner, Tap[]>()
  readonly #errors: NodeError[] = []
  readonly #resolve: (result: Promise<RunResult>) => void
  /** What ended the run. */
  #failure: ForgeError | undefined
  readonly #refusals = new Set<string>()
  #drainReason: string | undefined
  #startedAt = 0
  #startedWall_ms = 0
  #started = false
  #over = false
  #timers: Timer[] = []
  #settling = false
  #activitySeen = 0
  #isOpaque = false
  #isTimed = false
  #forgetSignal: () => void = () => undefined

  constructor(options: RunOptions) {
    this.#options = options
    this.clock = options.clock
    this.signal = this.#abort.signal
    const { promise, resolve } = Promise.withResolvers<RunResult>()
    this.done = promise
    this.#resolve = resolve
    for (const node of options.pipeline.nodes) {
      const runner = new NodeRunner(node, this, options.backlog ?? DEFAULT_BACKLOG)
      runner.watched = options.onEvent !== undefined
      for (const id of node.from) runner.follow(this.#node(id))
      this.#nodes.push(runner)
      this.#byId.set(node.id, runner)
    }
  }

  async setUp(): Promise<void> {
    const { clock, signal } = this.#options
    if (signal?.aborted) {
      throw new ForgeError('RUN_ABORTED', { message: `stopped before it began: ${messageOf(signal.reason)}` })
    }
    await clock.holdWhile('setting the nodes up', async () => {
      for (const runner of this.#nodes) {
        try {
          await this.#setUpNode(runner)
        } catch (thrown) {
          await this.#dispose(this.#nodes.slice(0, this.#nodes.indexOf(runner)))
          throw named(thrown, runner.id)
        }
      }
    })
    const aborted = (): void => {
      this.abort(messageOf(signal?.reason)).catch(() => undefined)
    }
    signal?.addEventListener('abort', aborted, { once: true })
    this.#forgetSignal = () => signal?.removeEventListener('abort', aborted)
    this.#startedAt = clock.now()
    this.#startedWall_ms = clock.wall_ms()
    this.#timers.push(clock.at(clock.now(), () => this.#start()))
    if (signal?.aborted) aborted()
  }

  async #setUpNode(runner: NodeRunner): Promise<void> {
    const options: RunOptions = {
      ...this.#options,
      servicesFor: node => this.#options.servicesFor(node),
      stateFor: id => {
        const state = this.#options.stateFor(id)
        this.#states.set(id, state)
        return state
      },
    }
    const context = contextFor(runner.node, options, {
      signal: this.signal,
      metrics: runner.metrics,
      report: report => runner.report(report),
      finish: () => runner.finish(),
      hold: intent => this.ledger.rests(intent, runner),
    })
    runner.attach(await runner.node.plugin.setup(context))
  }

  #start(): void {
    if (this.#over) return
    this.#started = true
    this.#options.log.debug('all nodes are set up', { nodes: this.#nodes.map(runner => runner.id) })
    this.#isOpaque = this.#nodes.some(runner => runner.opaque)
    this.#isTimed = !this.#isOpaque && this.#nodes.every(runner => !runner.untimed)
    for (const runner of this.#nodes) runner.startOperator()
    for (const runner of this.#nodes) runner.startFeeds()
    if (this.#drainReason !== undefined) this.#stopGivers()
  }

  drain(reason: string): Promise<RunResult> {
    if (this.#over || this.#drainReason !== undefined) return this.done
    this.#drainReason = reason
    this.#options.log.debug('draining', { reason })
    this.#timers.push(this.clock.at(this.clock.now() + this.#options.drainTimeout_ms, () => this.#finish('timed-out')))
    if (this.#started) this.#stopGivers()
    return this.done
  }

  abort(reason: string): Promise<RunResult> {
    if (this.#over) return this.done
    this.#drainReason = reason
    this.#finish('aborted')
    return this.done
  }

  /** What orders and executions give of their own accord belongs to trades in flight: it goes on until its input ends. */
  #stopGivers(): void {
    for (const runner of this.#nodes) {
      if (runner.kind !== 'order' && runner.kind !== 'execution') runner.stopFeeds()
      else runner.drains()
    }
  }

  tap(nodeId: string, buffer = TAP_BUFFER): Observable<ForgeEvent> {
    const runner = this.#node(nodeId)
    const tap = new Tap(buffer)
    if (this.#over) tap.complete()
    else {
      runner.watched = true
      this.#taps.set(runner, [...(this.#taps.get(runner) ?? []), tap])
    }
    return tap.events
  }

  stats(): Record<string, NodeCounts> {
    return this.#perNode(runner => runner.counts())
  }

  openIntents(): readonly OpenIntent[] {
    return this.ledger.list()
  }

  get timed(): boolean {
    return this.#isTimed
  }

  stirs(): boolean {
    const { activity } = this.ledger
    const isNews = activity !== this.#activitySeen
    this.#activitySeen = activity
    return this.working > 0 || this.#isOpaque || this.#over || (isNews && !this.#isTimed)
  }

  health(): Record<string, { readonly ok: boolean; readonly detail: string }> {
    return this.#perNode(runner => runner.health())
  }

  show(runner: NodeRunner, event: ForgeEvent): void {
    this.#options.onEvent?.(runner.id, event)
    traceEvent(this.#options.log, runner.id, event)
    const taps = this.#taps.get(runner)
    if (taps) for (const tap of taps) tap.show(event)
  }

  failed(runner: NodeRunner, error: ForgeError, event?: ForgeEvent): void {
    if (this.#errors.length >= MAX_ERRORS_KEPT) return
    this.#errors.push({ node: runner.id, at: this.clock.now(), error, ...(event === undefined ? {} : { event }) })
    const isLast = this.#errors.length === MAX_ERRORS_KEPT
    // By the next turn it is known whether this failure ends the run.
    queueMicrotask(() => {
      if (this.#isToldOtherwise(error)) return
      const fields = { node: runner.id, code: error.code, ...(event === undefined ? {} : { event: event.kind }) }
      this.#options.log.error(error.message, fields)
      if (isLast) this.#options.log.error('further failures are counted, not shown')
    })
  }

  /**
   * What ends a run that has nothing in hand is in its result, and told from there at once. What a disk refuses it
   * refuses to every node: once is enough.
   */
  #isToldOtherwise(error: ForgeError): boolean {
    const wasRefused = this.#refusals.has(error.code)
    if (error.code.startsWith('STORE_')) this.#refusals.add(error.code)
    return wasRefused || (error === this.#failure && this.ledger.awaited === 0)
  }

  stop(error: ForgeError): void {
    if (this.#over) return
    this.#failure ??= error
    // Not within the failing node's own call: whoever gave the event finishes first.
    queueMicrotask(() => this.drain(error.message).catch(() => undefined))
  }

  rested(): void {
    if (this.#over || !this.#started) return
    if (this.#nodes.every(runner => runner.ended)) this.#finish('completed')
    else if (!this.#settling && this.#nodes.every(runner => runner.quiet || runner.kind === 'sink')) this.#settle()
  }

  /**
   * Nothing moves but reports on open intents that no `process` works on, and sinks. They get the time for draining,
   * counted from the last that was heard of any: neither a lost report nor a sink that hangs holds a run for ever.
   */
  #settle(): void {
    this.#settling = true
    const progress = this.#progress()
    this.#timers.push(
      this.clock.at(this.clock.now() + this.#options.drainTimeout_ms, () => {
        this.#settling = false
        if (this.#progress() !== progress) {
          this.rested()
          return
        }
        const intents = this.ledger.awaited
        const sinks = this.#nodes.filter(runner => runner.kind === 'sink' && !runner.ended).map(runner => runner.id)
        this.#drainReason ??=
          intents > 0
            ? `${intents} intents were left without a final report`
            : `${sinks.join(', ')} did not come to an end in time`
        this.#finish('timed-out')
      }),
    )
  }

  #progress(): number {
    const sinks = this.#nodes.filter(runner => runner.kind === 'sink').map(runner => runner.counts())
    return this.ledger.activity + sinks.reduce((sum, counts) => sum + counts.in + counts.retries, 0)
  }

  #finish(how: RunEnd): void {
    if (this.#over) return
    this.#over = true
    for (const timer of this.#timers) timer.cancel()
    this.#forgetSignal()
    this.#drainReason ??= this.#failure?.message
    const ended = this.#endOf(how)
    const left = {
      intents: this.ledger.list(),
      waiting: this.#perNode(runner => (runner.waiting > 0 ? runner.waiting : undefined)),
    }
    this.#options.log.debug(`over: ${ended}`, { reason: this.#drainReason, intents: left.intents.length })
    for (const runner of this.#nodes) runner.close()
    this.#abort.abort(new ForgeError('RUN_ABORTED', { message: `the run is over: ${this.#drainReason ?? ended}` }))
    const closing = this.clock.holdWhile('closing the nodes', async () => {
      this.#flush()
      await this.#dispose(this.#nodes)
    })
    this.#resolve(closing.then(() => this.#result(ended, left)))
  }

  #endOf(how: RunEnd): RunEnd {
    if (how === 'aborted') return how
    if (this.#failure) return 'failed'
    return how === 'completed' && this.#drainReason !== undefined ? 'drained' : how
  }

  /**
   * Commits what nodes staged without an intent. Not for nodes with an open intent, or one that the journal never took:
   * their state belongs to its transaction, and without it would say that something was bought that never was.
   */
  #flush(): void {
    for (const runner of this.#nodes) {
      if (this.ledger.isStateOpen(runner)) continue
      try {
        this.#states.get(runner.id)?.flush()
      } catch (thrown) {
        this.failed(runner, named(thrown, runner.id))
      }
    }
  }

  async #dispose(nodes: readonly NodeRunner[]): Promise<void> {
    for (const runner of nodes.toReversed()) {
      const closed = new AbortController()
      const tooLate = this.clock.sleep(this.#options.drainTimeout_ms, closed.signal).then(() => {
        throw new ForgeError('NODE_FAILED', { message: 'did not close within the time for draining' })
      })
      try {
        await Promise.race([runner.dispose(), tooLate])
      } catch (thrown) {
        this.failed(runner, named(thrown, runner.id))
      } finally {
        closed.abort()
      }
    }
  }

  #result(ended: RunEnd, left: RunResult['left']): RunResult {
    for (const tap of [...this.#taps.values()].flat()) tap.complete()
    const measured = this.#nodes.flatMap(({ id, metrics }) =>
      [...metrics.timings].map(([name, samples]) => [`${id}/${name}`, samples.percentiles()!] as const),
    )
    return {
      ended,
      ...(this.#drainReason === undefined ? {} : { reason: this.#drainReason }),
      startedAt: this.#startedAt,
      finishedAt: this.clock.now(),
      nodes: this.stats(),
      metrics: this.#perNode(({ metrics }) =>
        metrics.counts.size > 0 ? Object.fromEntries(metrics.counts) : undefined,
      ),
      ...(this.#failure && { failure: this.#placed(this.#failure) }),
      errors: this.#errors,
      left,
      timing: {
        wall_ms: this.clock.wall_ms() - this.#startedWall_ms,
        process: this.#perNode(({ samples }) => samples.percentiles()),
        measured: Object.fromEntries(measured),
      },
    }
  }

  /** A failure with the name of the node where it happened; what the disk refuses is of no node. */
  #placed(failure: ForgeError): ForgeError {
    const node = this.#errors.find(({ error }) => error === failure)?.node
    const isPlaced = node === undefined || failure.code.startsWith('STORE_') || failure.message.startsWith(`${node}:`)
    return isPlaced ? failure : named(failure, node)
  }

  #perNode<Value>(of: (runner: NodeRunner) => Value | undefined): Record<string, Value> {
    const values: Record<string, Value> = {}
    for (const runner of this.#nodes) {
      const value = of(runner)
      if (value !== undefined) values[runner.id] = value
    }
    return values
  }

  #between(from: string, to: PathNode): readonly NodeRunner[] {
    const reached = new Set([from])
    for (const { id, node } of this.#nodes) if (node.from.some(giver => reached.has(giver))) reached.add(id)
    const leading = new Set([to.id])
    for (const { id, node } of this.#nodes.toReversed())
      if (leading.has(id)) for (const giver of node.from) leading.add(giver)
    return this.#nodes.filter(({ id }) => id !== to.id && reached.has(id) && leading.has(id))
  }

  #node(id: string): NodeRunner {
    const runner = this.#byId.get(id)
    if (!runner) throw new RangeError(`the pipeline has no node "${id}" before the one that names it`)
    return runner
  }
}
