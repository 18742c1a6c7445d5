import { EMPTY, type Observable } from 'rxjs'
import { ForgeError, messageOf } from '../errors/forge-error.ts'
import type { ForgeEvent } from '../events/event.ts'
import type { NodeState } from '../orders/journal.ts'
import type { Clock, Timer } from '../time/clock.ts'
import { createRealClock } from '../time/real-clock.ts'
import { NodeGraph } from './graph.ts'
import { IntentLedger } from './intent-ledger.ts'
import { named } from './node/error-policy.ts'
import { contextFor } from './node/node-context.ts'
import type { NodeRunner } from './node/node-runner.ts'
import { Audience } from './observing/audience.ts'
import { FailureList } from './observing/failure-list.ts'
import { TAP_BUFFER } from './observing/tap.ts'
import { DEFAULT_BACKLOG, type PipelineRun, type RunOptions } from './options.ts'
import type { NodeCounts, OpenIntent, RunEnd, RunResult } from './result.ts'
import type { RunHub } from './run-hub.ts'
import { Settling } from './settling.ts'
import { sumUp } from './sum-up.ts'

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

/** The life of a run: its nodes are set up, started, drained and closed. */
class Run implements PipelineRun, RunHub<NodeRunner> {
  readonly done: Promise<RunResult>
  readonly clock: Clock
  readonly ledger = new IntentLedger((from, to) => this.#graph.between(from, to))
  working = 0
  readonly signal: AbortSignal
  readonly #options: RunOptions
  readonly #abort = new AbortController()
  readonly #graph: NodeGraph
  readonly #nodes: readonly NodeRunner[]
  readonly #states = new Map<string, NodeState>()
  readonly #audience: Audience
  readonly #failures: FailureList
  readonly #settling: Settling
  readonly #resolve: (result: Promise<RunResult>) => void
  #drainReason: string | undefined
  #startedAt = 0
  #startedWall_ms = 0
  #started = false
  #over = false
  #timers: Timer[] = []
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
    this.#audience = new Audience(options)
    this.#failures = new FailureList(options.log, () => this.ledger.awaited > 0)
    this.#graph = new NodeGraph(options.pipeline.nodes, this, options.backlog ?? DEFAULT_BACKLOG)
    this.#nodes = this.#graph.all
    for (const runner of this.#nodes) runner.watched = options.onEvent !== undefined
    this.#settling = new Settling(options.clock, options.drainTimeout_ms, this.ledger, this.#graph)
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
    const runner = this.#graph.get(nodeId)
    if (this.#over) return EMPTY
    runner.watched = true
    return this.#audience.tap(runner.id, buffer)
  }

  stats(): Record<string, NodeCounts> {
    return this.#graph.perNode(runner => runner.counts())
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
    return this.#graph.perNode(runner => runner.health())
  }

  show(runner: NodeRunner, event: ForgeEvent): void {
    this.#audience.show(runner.id, event)
  }

  failed(runner: NodeRunner, error: ForgeError, event?: ForgeEvent): void {
    this.#failures.add({ node: runner.id, at: this.clock.now(), error, ...(event === undefined ? {} : { event }) })
  }

  stop(error: ForgeError): void {
    if (this.#over) return
    this.#failures.end(error)
    // Not within the failing node's own call: whoever gave the event finishes first.
    queueMicrotask(() => this.drain(error.message).catch(() => undefined))
  }

  rested(): void {
    if (this.#over || !this.#started) return
    if (this.#nodes.every(runner => runner.ended)) this.#finish('completed')
    else if (!this.#settling.underWay && this.#nodes.every(runner => runner.quiet || runner.kind === 'sink'))
      this.#settle()
  }

  #settle(): void {
    this.#settling.begin(
      () => this.rested(),
      reason => {
        this.#drainReason ??= reason
        this.#finish('timed-out')
      },
    )
  }

  #finish(how: RunEnd): void {
    if (this.#over) return
    this.#over = true
    for (const timer of this.#timers) timer.cancel()
    this.#settling.cancel()
    this.#forgetSignal()
    this.#drainReason ??= this.#failures.fatal?.message
    const ended = this.#endOf(how)
    const left = {
      intents: this.ledger.list(),
      waiting: this.#graph.perNode(runner => (runner.waiting > 0 ? runner.waiting : undefined)),
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
    if (this.#failures.fatal) return 'failed'
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
    // The run's clock is held, and what hangs would hold it for ever.
    const real = createRealClock()
    for (const runner of nodes.toReversed()) {
      const closed = new AbortController()
      const tooLate = real.sleep(this.#options.drainTimeout_ms, closed.signal).then(() => {
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
    this.#audience.complete()
    const failure = this.#failures.fatalWithNode()
    return sumUp(this.#graph, {
      ended,
      ...(this.#drainReason === undefined ? {} : { reason: this.#drainReason }),
      startedAt: this.#startedAt,
      finishedAt: this.clock.now(),
      ...(failure && { failure }),
      errors: this.#failures.all,
      left,
      wall_ms: this.clock.wall_ms() - this.#startedWall_ms,
    })
  }
}
