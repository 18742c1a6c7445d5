import type { ErrorPolicy } from '../../config/bound-pipeline.ts'
import { ForgeError, isForgeError, messageOf } from '../../errors/forge-error.ts'
import type { IntentEvent } from '../../events/event.ts'
import type { Report } from '../../events/report.ts'
import type { PluginKind } from '../../plugin/contract.ts'

/** What follows a failure. */
export type Verdict = 'retry' | 'skip' | 'stop'

/**
 * What the policy says after the n-th failure on one event (from 1). A node that fails more often than it may be retried
 * stops the run; a sink only loses the event, so that the others go on. An opaque node (an operator) can only stop.
 */
export function verdict(policy: ErrorPolicy, kind: PluginKind, failures: number, opaque: boolean): Verdict {
  if (opaque) return 'stop'
  if (policy.action !== 'retry') return policy.action
  if (failures <= policy.attempts) return 'retry'
  return kind === 'sink' ? 'skip' : 'stop'
}

/** Milliseconds before the n-th repetition (from 1): the policy's backoff, doubled each time, at most an hour. */
export function backoff_ms(policy: ErrorPolicy, repetition: number): number {
  return policy.action === 'retry' ? Math.min(policy.backoff_ms * 2 ** (repetition - 1), 3_600_000) : 0
}

/** What was thrown as an error of ours; one that is ours already stays as it is. */
export function nodeError(thrown: unknown, node: string): ForgeError {
  if (isForgeError(thrown)) return thrown
  return new ForgeError('NODE_FAILED', { message: `${node}: ${messageOf(thrown)}`, context: { node }, cause: thrown })
}

/** What was thrown as an error with the node's name, and the code it had. */
export function named(thrown: unknown, node: string): ForgeError {
  const message = `${node}: ${messageOf(thrown)}`
  if (!isForgeError(thrown)) return new ForgeError('NODE_FAILED', { message, context: { node }, cause: thrown })
  return new ForgeError(thrown.code, {
    message,
    remedy: thrown.remedy,
    context: { ...thrown.context, node },
    cause: thrown,
  })
}

/**
 * The final report on an intent that the runtime could not bring through a node. What the store refused may be in the
 * journal all the same, and on its way: that is no failure of the order, and the next start tells what became of it.
 */
export function reportOnLost(intent: IntentEvent, error: ForgeError, state: 'failed' | 'skipped', now: number): Report {
  const { key, node, input, output } = intent
  const code = error.code.startsWith('STORE_') ? 'ORDER_INTERRUPTED' : error.code
  const reason = { code, message: error.message, remedy: error.remedy }
  return { kind: 'report', at: now, orderId: key, key, node, input, output, state, reason }
}
