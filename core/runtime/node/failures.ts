import type { BoundNode } from '../../config/bound-pipeline.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import type { ForgeEvent } from '../../events/event.ts'
import type { Report } from '../../events/report.ts'
import type { RunHub } from '../run-hub.ts'
import type { Counters } from './counters.ts'
import { nodeError, type Verdict, verdict } from './error-policy.ts'
import type { Losses } from './losses.ts'

/** A node that may fail. */
export interface FailingNode {
  readonly node: BoundNode
  /** Whether its plugin is an operator, which can only stop. */
  readonly isOperator: boolean
  /** Takes nothing more, and lets the run drain. */
  halt(error: ForgeError): void
}

/** What follows from the failures of a node: each is counted and shown to the run, then done with as the policy says. */
export class Failures<Node extends FailingNode> {
  readonly #owner: Node
  readonly #hub: Pick<RunHub<Node>, 'failed'>
  readonly #counts: Counters
  readonly #losses: Losses

  constructor(owner: Node, hub: Pick<RunHub<Node>, 'failed'>, counts: Counters, losses: Losses) {
    this.#owner = owner
    this.#hub = hub
    this.#counts = counts
    this.#losses = losses
  }

  /** Counts and shows a failure. @returns what was thrown as an error of ours */
  count(thrown: unknown, event?: ForgeEvent): ForgeError {
    const error = nodeError(thrown, this.#owner.node.id)
    this.#counts.errors++
    this.#hub.failed(this.#owner, error, event)
    return error
  }

  /**
   * `process` failed on an event for the n-th time (from 1).
   *
   * @returns when the event is to be processed again: what gives it up, should that come to nothing
   */
  ofProcess(thrown: unknown, event: ForgeEvent, failures: number): (() => void) | undefined {
    const error = this.count(thrown, event)
    const next = this.#verdict(failures)
    const giveUp = (): void => this.#losses.failed(event, error)
    if (next === 'retry') return giveUp
    giveUp()
    if (next === 'stop') this.#owner.halt(error)
    return undefined
  }

  /** A feed failed for the n-th time in a row. @returns whether it may try again */
  ofFeed(thrown: unknown, failures: number): boolean {
    const error = this.count(thrown)
    const next = this.#verdict(failures)
    if (next === 'stop') this.#owner.halt(error)
    return next === 'retry'
  }

  /** A failure that loses no event: of anything but `process` and the feeds. */
  aside(thrown: unknown, report?: Report): void {
    const error = this.count(thrown, report)
    if (this.#owner.node.onError.action === 'stop') this.#owner.halt(error)
  }

  /** The plugin gave, in answer to `cause`, an event of a kind that it does not declare, or what is no event at all. */
  undeclared(given: unknown, cause: ForgeEvent | undefined): void {
    const { id, onError } = this.#owner.node
    const event = isEvent(given) ? given : undefined
    const what = event ? `an event of the kind "${event.kind}"` : `what is no event, ${nameOf(given)}`
    const thrown = new ForgeError('EVENT_UNDECLARED', {
      message: `${id}: gave ${what}, which its plugin does not declare`,
      context: { node: id, ...(event && { kind: event.kind }) },
    })
    const lost = cause ?? event
    const error = this.count(thrown, event ?? cause)
    if (lost) this.#losses.failed(lost, error)
    if (onError.action === 'stop') this.#owner.halt(error)
  }

  #verdict(failures: number): Verdict {
    const { node, isOperator } = this.#owner
    const next = verdict(node.onError, node.kind, failures, isOperator)
    if (next === 'retry') this.#counts.retries++
    return next
  }
}

function isEvent(given: unknown): given is ForgeEvent {
  return typeof (given as { kind?: unknown } | null | undefined)?.kind === 'string'
}

/** Without its content, which may be anything. */
function nameOf(given: unknown): string {
  if (given === null) return 'null'
  return typeof given === 'object' ? 'an object without a `kind`' : `a ${typeof given}`
}
