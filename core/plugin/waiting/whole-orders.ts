import type { ForgeError } from '../../errors/forge-error.ts'
import type { IntentEvent } from '../../events/event.ts'
import type { Fill, Reason, Report } from '../../events/report.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { wholeFill } from '../../orders/parts.ts'
import { FINAL_STATES } from '../../orders/state-machine.ts'
import type { PluginContext } from '../contract.ts'

/**
 * The orders that a node makes others of. Each is in the journal itself, armed until what was made of it has ended: so a
 * restart finds it, whichever of its parts is under way, or was not even made yet.
 */
export class WholeOrders {
  readonly #context: PluginContext

  constructor(context: PluginContext) {
    this.#context = context
  }

  /** Those of an earlier run that are not over. */
  open(): readonly OrderRecord[] {
    return this.#context.services.desk.open().filter(({ arming }) => arming?.isWhole)
  }

  /** Takes an intent's key for it; tell of it before its parts are made. */
  arm(
    intent: IntentEvent,
    terms: Readonly<Record<string, unknown>>,
  ): { readonly taken: boolean; readonly order: OrderRecord } {
    return this.#context.services.desk.arm(intent, { terms, isWhole: true })
  }

  /** It waits, of this run or an earlier one. */
  tell(order: OrderRecord, waitsFor: string): void {
    this.#context.hold(order.intent)
    this.#context.report({ ...this.#base(order.intent, order.id), state: 'armed', waitsFor })
  }

  /**
   * All of its parts have ended: writes that, by what is told of it.
   *
   * @param trade what has been traded, in a sentence
   * @returns what is told, under its own id
   */
  end(outcome: Report, trade: string): Report {
    const order = this.#context.services.desk.taken(outcome)
    if (!order?.arming?.isWhole || FINAL_STATES.includes(order.state)) return outcome
    const { state, reason } = endOf(outcome, trade)
    this.#context.services.desk.end(order.id, state, reason)
    return { ...outcome, orderId: order.id }
  }

  /** What became of one that was asked for before, with what its parts have traded of it. */
  outcome({ id, intent, state, reason }: OrderRecord, fills: readonly Fill[]): Report {
    const base = this.#base(intent, id)
    const [first, ...others] = fills
    if (first) return { ...base, state: 'filled', fill: wholeFill([first, ...others]), recovered: true, isSum: true }
    const why: Reason = reason ?? { code: 'ORDER_DIVIDED', message: 'nothing of it was traded' }
    return { ...base, state: state === 'expired' || state === 'failed' ? state : 'skipped', reason: why }
  }

  /** What is told of an intent that can not be meant: nothing has changed. */
  refused(intent: IntentEvent, { code, message, remedy }: ForgeError): Report {
    return { ...this.#base(intent, intent.key), state: 'failed', reason: { code, message, remedy } }
  }

  #base({ key, node, input, output }: IntentEvent, orderId: string) {
    return { kind: 'report', at: this.#context.clock.now(), orderId, key, node, input, output } as const
  }
}

function endOf(
  outcome: Report,
  trade: string,
): { readonly state: 'confirmed' | 'cancelled' | 'expired' | 'failed'; readonly reason: Reason } {
  switch (outcome.state) {
    case 'filled':
      return { state: 'confirmed', reason: { code: 'ORDER_DIVIDED', message: trade } }
    case 'expired':
    case 'failed':
      return { state: outcome.state, reason: outcome.reason }
    case 'skipped':
      return { state: 'cancelled', reason: outcome.reason }
    default:
      return { state: 'cancelled', reason: { code: 'DRY_RUN', message: 'simulated, not sent' } }
  }
}
