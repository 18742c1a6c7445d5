import { ForgeError } from '../../errors/forge-error.ts'
import type { ForgeEvent, IntentEvent } from '../../events/event.ts'
import type { Report } from '../../events/report.ts'
import type { Entrance } from '../edges/entrance.ts'
import type { RunHub } from '../run-hub.ts'
import type { Counters } from './counters.ts'
import { reportOnLost } from './error-policy.ts'

/** Why a node takes nothing more. */
const REFUSALS = { NODE_HALTED: 'had stopped after a failure', NODE_FINISHED: 'had done all it was to do' } as const

/** What becomes of events that a node does not bring through: they are counted, and who wanted an intent is told. */
export class Losses {
  readonly #node: { readonly id: string; readonly kind: string; report(report: Report): void }
  readonly #hub: Pick<RunHub<unknown>, 'clock' | 'ledger'>
  readonly #counts: Counters
  readonly #entrance: Entrance

  constructor(
    node: { readonly id: string; readonly kind: string; report(report: Report): void },
    hub: Pick<RunHub<unknown>, 'clock' | 'ledger'>,
    counts: Counters,
    entrance: Entrance,
  ) {
    this.#node = node
    this.#hub = hub
    this.#counts = counts
    this.#entrance = entrance
  }

  /** An event that `process` failed on. */
  failed(event: ForgeEvent, error: ForgeError): void {
    this.#counts.skipped++
    this.answerFor(event, error, 'failed')
  }

  /** An event that came when nothing more was taken. */
  refuse(event: ForgeEvent, code: keyof typeof REFUSALS): void {
    this.#counts.dropped++
    if (event.kind !== 'intent') return
    const message = `${this.#node.id} ${REFUSALS[code]}; nothing was sent`
    this.answerFor(event, new ForgeError(code, { message }), 'skipped')
  }

  /** All that waits. */
  letGo(code: keyof typeof REFUSALS): void {
    for (let event = this.#entrance.shift(); event; event = this.#entrance.shift()) this.refuse(event, code)
  }

  /** Reports on an intent that is open still; a sink has nothing to say about it. */
  answerFor(event: ForgeEvent, error: ForgeError, state: 'failed' | 'skipped'): void {
    if (event.kind !== 'intent' || this.#node.kind === 'sink') return
    const intent = event as IntentEvent
    const { clock, ledger } = this.#hub
    if (!ledger.has(intent)) return
    if (error.code === 'NODE_HALTED' || error.code.startsWith('STORE_')) ledger.neverTaken(intent)
    this.#node.report(reportOnLost(intent, error, state, clock.now()))
  }
}
