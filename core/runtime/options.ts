import type { Observable } from 'rxjs'
import type { BoundNode, BoundPipeline } from '../config/bound-pipeline.ts'
import type { ForgeEvent } from '../events/event.ts'
import type { NodeState } from '../orders/journal.ts'
import type { Logger, RunMode } from '../plugin/contract.ts'
import type { Services } from '../plugin/services.ts'
import type { Clock } from '../time/clock.ts'
import type { Random } from '../time/random.ts'
import type { NodeCounts, OpenIntent, RunResult } from './result.ts'

export interface RunOptions {
  readonly pipeline: BoundPipeline
  readonly clock: Clock
  /** Every node gets the fork of its id. */
  readonly random: Random
  readonly mode: RunMode
  /** Aborts the run when it aborts. */
  readonly signal?: AbortSignal
  readonly log: Logger
  /** The services a node may use; the runtime refuses those its definition does not need. */
  servicesFor(node: BoundNode): Services
  stateFor(nodeId: string): NodeState
  /** How long draining may take on the clock, milliseconds; then what is left is reported and the run ends. */
  readonly drainTimeout_ms: number
  /**
   * How many events a node takes from givers that can not wait (an Observable, an operator, reports to a sink) beyond
   * its buffer; more is EDGE_OVERRUN. Default DEFAULT_BACKLOG.
   */
  readonly backlog?: number
  /** Told of every event a node gives (for a sink: takes), at once and in order: for recorders. Must not throw. */
  onEvent?(nodeId: string, event: ForgeEvent): void
}

export const DEFAULT_BACKLOG = 65_536

/** A pipeline that runs. */
export interface PipelineRun {
  /** Never rejects. With a virtual clock, something must move it: `clock.run(run.done)`. */
  readonly done: Promise<RunResult>
  /** Stops the sources, lets the rest finish in topological order within the time limit, and ends. */
  drain(reason: string): Promise<RunResult>
  /** Ends at once; what is under way is cut off by the nodes' signal. */
  abort(reason: string): Promise<RunResult>
  /**
   * What a node gives (for a sink: takes). Delivered in microtasks from a bounded buffer that forgets the oldest, so
   * that no observer slows a run. @throws RangeError for an unknown node.
   */
  tap(nodeId: string, buffer?: number): Observable<ForgeEvent>
  stats(): Readonly<Record<string, NodeCounts>>
  openIntents(): readonly OpenIntent[]
  /** Whether all that nodes do of their own accord is set off by timers and calls: none but `timed` ones do any. */
  readonly timed: boolean
  /**
   * Whether something may be under way of which no timer tells: a `process` that is awaited (but for a `DirectPromise`,
   * which time settles); unless the run is `timed`, an intent or report since this was last asked, on which somebody may
   * act in a microtask; a node that nobody can look into, because it is an operator, or takes events and gives others of
   * its own accord (unless it is `timed`); the end of the run. Who moves time without waiting for quiet asks first.
   */
  stirs(): boolean
  health(): Readonly<Record<string, { readonly ok: boolean; readonly detail: string }>>
}
