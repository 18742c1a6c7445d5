import type { ForgeEvent, NoticeEvent } from '../../events/event.ts'
import type { Reason, Report } from '../../events/report.ts'
import { type Pair, pairName } from '../../money/token.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { formatDuration } from '../../time/duration.ts'
import type { PluginContext } from '../contract.ts'
import type { HeldOrder } from './held-order.ts'
import { waitsForText } from './sentences.ts'

/** Between two sentences in one order's story that say why it does not fire. */
const NOTE_EVERY_MS = 3_600_000

/** Tells what becomes of waiting orders: in reports, in notices to people, and in each order's story. */
export class OrderTeller {
  readonly #context: PluginContext
  readonly #give: (event: ForgeEvent) => void
  readonly #notedAt = new Map<string, number>()

  /** @param give takes what is told of the node's own accord */
  constructor(context: PluginContext, give: (event: ForgeEvent) => void) {
    this.#context = context
    this.#give = give
  }

  armed({ order, terms }: HeldOrder, mark: bigint | undefined): void {
    const waitsFor = waitsForText(terms, order.intent, mark)
    const atOnce = terms.wait.trigger === 'now' && { atOnce: true }
    this.#context.report({ ...this.#base(order), state: 'armed', waitsFor, ...atOnce })
  }

  triggered(order: OrderRecord, cause: string): void {
    this.#context.report({ ...this.#base(order), state: 'triggered', cause })
  }

  ended(order: OrderRecord, state: 'skipped' | 'expired' | 'failed', reason: Reason): Report {
    return { ...this.#base(order), state, reason }
  }

  notice(level: NoticeEvent['level'], title: string, text: string): void {
    this.#give({ kind: 'notice', at: this.#context.clock.now(), level, title, text })
  }

  heldBack(count: number): void {
    const text = 'They fire nothing (onRestart: hold) until they are resumed: `sniperforge orders resume`.'
    this.notice('warning', `${count === 1 ? 'an order is' : `${count} orders are`} held back`, text)
  }

  silent(pair: Pair, since_ms: number | undefined, quietAfter: string, waiting: readonly HeldOrder[]): void {
    const for_ms = since_ms === undefined ? undefined : this.#context.clock.now() - since_ms
    const time = for_ms === undefined ? `in ${quietAfter}` : `for ${formatDuration(for_ms)}`
    const what = `no price of ${pairName(pair)} ${time}`
    const orders = waiting.length === 1 ? 'An order waits' : `${waiting.length} orders wait`
    this.notice('warning', what, `${orders} for one, and can not fire without.`)
    for (const held of waiting) this.note(held, `${what}: it can not fire without`)
  }

  unconfirmed(held: HeldOrder, why: string): void {
    this.note(held, `not confirmed yet. ${why}`)
    this.notice('info', `order ${held.id} waits for confirmation`, why)
  }

  /** Adds to an order's story; not again and again: each sentence is a row on the disk. */
  note(held: HeldOrder, text: string): void {
    const now = this.#context.clock.now()
    const last = this.#notedAt.get(held.id)
    if (last !== undefined && now - last < NOTE_EVERY_MS) return
    this.#notedAt.set(held.id, now)
    this.#context.services.desk.note(held.id, text)
  }

  forget(id: string): void {
    this.#notedAt.delete(id)
  }

  #base({ id, intent }: OrderRecord) {
    const { key, node, input, output } = intent
    return { kind: 'report' as const, at: this.#context.clock.now(), orderId: id, key, node, input, output }
  }
}
