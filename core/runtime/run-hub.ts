import type { ForgeError } from '../errors/forge-error.ts'
import type { ForgeEvent } from '../events/event.ts'
import type { Clock } from '../time/clock.ts'
import type { IntentLedger } from './intent-ledger.ts'

/** What a node needs of the run it is part of. */
export interface RunHub<Node> {
  readonly clock: Clock
  readonly ledger: IntentLedger
  readonly signal: AbortSignal
  /** Calls of `process` in the whole run that are awaited or will be repeated, but for those that time will settle. */
  working: number
  /** Shows an event to taps and recorders. */
  show(node: Node, event: ForgeEvent): void
  /** Counts a failure. */
  failed(node: Node, error: ForgeError, event?: ForgeEvent): void
  /** Drains the run after a failure. */
  stop(error: ForgeError): void
  /** Something came to rest: the run may be over. */
  rested(): void
}
