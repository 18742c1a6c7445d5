import type { ForgeError } from '../errors/forge-error.ts'
import type { ForgeEvent, IntentEvent } from '../events/event.ts'

/** What passed a node. */
export interface NodeCounts {
  /** Events it processed. */
  readonly in: number
  /** Events it gave. */
  readonly out: number
  /** Failures: of `process`, `onReport`, its feed, or of its entrance when that overran. */
  readonly errors: number
  /** Events given up after a failure. */
  readonly skipped: number
  /** Events its entrance let go: by `drop-oldest`, by overrunning, or because the node had stopped. */
  readonly dropped: number
  /** Events merged into a newer one. */
  readonly conflated: number
  /** Calls of `process` repeated after a failure. */
  readonly retries: number
  /** Events waiting at its entrance now. */
  readonly waiting: number
}

/** One failure, with the event it happened on (none for a feed or `dispose`). */
export interface NodeError {
  readonly node: string
  /** On the run's clock, milliseconds. */
  readonly at: number
  readonly event?: ForgeEvent
  readonly error: ForgeError
}

/** An intent that has not had its final report. */
export interface OpenIntent {
  readonly intent: IntentEvent
  /** Ids of the nodes it passed, from the one that wanted it. */
  readonly path: readonly string[]
  /** The node that has it, or had it last. */
  readonly at: string
  /** It waits in the journal for its trigger: the next run goes on with it. */
  readonly resting: boolean
}

/**
 * How a run ended: by itself; drained on request; with work left when the time for draining was over; drained after a
 * failure; or at once.
 */
export type RunEnd = 'completed' | 'drained' | 'timed-out' | 'failed' | 'aborted'

/** Milliseconds of wall time. */
export interface Percentiles {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

export interface RunResult {
  readonly ended: RunEnd
  /** Why, for every end but `completed`. */
  readonly reason?: string
  /** On the run's clock, milliseconds. */
  readonly startedAt: number
  readonly finishedAt: number
  /** By node id, in topological order. */
  readonly nodes: Readonly<Record<string, NodeCounts>>
  /** What the plugins counted with `metrics.count`, by node and name. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** What ended it, with the name of its node, when it `failed`. */
  readonly failure?: ForgeError
  /** The first failures, at most MAX_ERRORS_KEPT; the nodes' counts have them all. */
  readonly errors: readonly NodeError[]
  readonly left: {
    readonly intents: readonly OpenIntent[]
    /** Nodes with events still waiting. */
    readonly waiting: Readonly<Record<string, number>>
  }
  /** Wall-clock figures: the one part of a result that differs between two equal runs. */
  readonly timing: {
    readonly wall_ms: number
    /** `process` of each node, sampled 1 in 256. */
    readonly process: Readonly<Record<string, Percentiles>>
    /** What the plugins measured with `metrics.timing`, by `node/name`. */
    readonly measured: Readonly<Record<string, Percentiles>>
  }
}

export const MAX_ERRORS_KEPT = 256
