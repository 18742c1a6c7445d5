import type { FailedLanding, Fill, Reason } from '../../events/report.ts'
import { waitsAgain } from '../../orders/again.ts'
import type { Attempt, Journal, OrderRecord } from '../../orders/journal.ts'
import { endOf, endsOrder, leftOf, partsOf, shortReason, wholeFill } from '../../orders/parts.ts'
import type { OrderState } from '../../orders/state-machine.ts'
import type { Logger } from '../../plugin/contract.ts'
import type { Clock } from '../../time/clock.ts'
import type { ConfirmedTransaction, TransactionMeta } from '../rpc/rpc-types.ts'
import { explainTransactionError } from '../transaction/explain-error.ts'
import { orAborted } from './or-aborted.ts'
import type { Workshop } from './prepare.ts'
import { failedLandingOf, fillOf } from './receipt.ts'
import type { Landing } from './tracker.ts'

/** How often a receipt is asked for after the status has said "landed": other parts of a node may be behind. */
const RECEIPTS_ASKED_MAX = 60

interface SettleTools {
  readonly clock: Clock
  readonly journal: Journal
  readonly log: Logger
  readonly shop: Workshop
}

/** What became of an order with one of its attempts. */
export interface Settled {
  readonly order: OrderRecord
  /** Whether it has come to its end, waits for its trigger again, or asks a person; else it is open for another attempt. */
  readonly isOver: boolean
  /** What has landed, when it is a part of the order, and not its end. */
  readonly part?: Fill
}

/** Writes an attempt's end to the journal. */
export async function settleLanding(
  tools: SettleTools,
  order: OrderRecord,
  attempt: Attempt,
  landing: Landing,
): Promise<Settled> {
  if (landing.kind === 'expired' && order.state !== 'unresolved') return { order, isOver: false }
  const settled = await settle(tools, order, attempt, landing)
  const part = settled.attempts.find(({ number }) => number === attempt.number)?.fill
  return part ? { ...settleParts(tools, settled), part } : { order: settled, isOver: true }
}

/**
 * Ends an order of which parts have landed and no attempt is in flight, when nothing is left of it; or when it asked a
 * person, for then its time is over.
 */
export function settleParts(tools: SettleTools, order: OrderRecord): Settled {
  const [first, ...others] = partsOf(order)
  if (first && leftOf(order).units === 0n) {
    const fill = wholeFill([first, ...others])
    const cause = `${fill.parts?.length ?? 1} transactions have traded all of it`
    return { order: confirm(tools, order, cause, fill), isOver: true }
  }
  if (order.state !== 'unresolved') return { order, isOver: false }
  const reason = { code: 'ORDER_EXPIRED', message: 'it was long unknown whether the last transaction landed' }
  return { order: endOrder(tools, order, 'expired', reason), isOver: true }
}

/**
 * Moves an order to an end that is not its fill: with what was filled, where parts have landed. Or back to waiting.
 *
 * @param failed what its last transaction cost, when that has landed and failed
 */
export function endOrder(
  { journal, clock }: Pick<SettleTools, 'journal' | 'clock'>,
  order: OrderRecord,
  state: OrderState,
  reason: Reason,
  failed?: FailedLanding,
): OrderRecord {
  const now = clock.now()
  const cost = failed && { failed }
  if (waitsAgain(order, state, reason, now)) {
    return journal.move(order.id, 'armed', { now, cause: `it waits again: ${reason.message}`, reason, ...cost })
  }
  const { state: to, ...end } = endOf(order, state, reason)
  const cause = failed ? `${failed.signature} failed in slot ${failed.slot}` : end.reason.message
  return journal.move(order.id, to, { now, cause, ...end, ...cost })
}

async function settle(
  tools: SettleTools,
  order: OrderRecord,
  attempt: Attempt,
  landing: Landing,
): Promise<OrderRecord> {
  const { journal, clock } = tools
  const { wallet, walletName } = tools.shop
  if (landing.kind === 'expired') {
    const reason: Reason = { code: 'ORDER_EXPIRED', message: 'its transaction expired without landing' }
    return endOrder(tools, order, 'expired', reason)
  }
  if (landing.kind === 'lost') return leaveUnresolved(tools, order, attempt, landing.why)
  const landed = await receiptOf(tools, attempt)
  const now = clock.now()
  if (!landed)
    return leaveUnresolved(tools, order, attempt, `it landed in slot ${landing.status.slot}, but no endpoint shows it`)
  if (landed.meta.err !== null) {
    const reason = explainTransactionError(landed.meta.err, landed.meta.logMessages ?? [])
    const failed = { ...failedLandingOf(attempt, landed, now), ...(walletName && { wallet: walletName }) }
    return endOrder(tools, order, 'failed', reason, failed)
  }
  const { short } = attempt.promise
  const fill: Fill = {
    ...fillOf(order.intent, attempt, landed, wallet, now),
    ...(walletName && { wallet: walletName }),
    ...(short !== undefined && { short }),
  }
  const cause = `${attempt.signature} landed in slot ${landed.slot}`
  const isWhole = endsOrder(order, attempt) && partsOf(order).length === 0
  if (isWhole) return confirm(tools, order, cause, fill)
  return journal.part(order.id, attempt.number, { now, cause: `${cause}, with a part of it`, fill })
}

/** Nothing is left of the order: all of it was traded, or all that there was. */
function confirm({ journal, clock }: SettleTools, order: OrderRecord, how: string, fill: Fill): OrderRecord {
  const reason = shortReason(fill)
  const cause = reason ? `${how}; ${reason.message}` : how
  return journal.move(order.id, 'confirmed', { now: clock.now(), cause, fill, ...(reason && { reason }) })
}

function leaveUnresolved(tools: SettleTools, order: OrderRecord, attempt: Attempt, why: string): OrderRecord {
  if (order.state === 'unresolved') return order
  const reason: Reason = {
    code: 'ORDER_ATTEMPT_LOST',
    message: `nobody can say whether ${attempt.signature} landed: ${why}`,
    remedy: 'Look the signature up in an explorer. The next start with the same data directory asks the chain again.',
  }
  return tools.journal.move(order.id, 'unresolved', { now: tools.clock.now(), cause: why, reason })
}

async function receiptOf(
  { clock, shop, log }: SettleTools,
  attempt: Attempt,
): Promise<(ConfirmedTransaction & { readonly meta: TransactionMeta }) | undefined> {
  for (let asked = 0; asked < RECEIPTS_ASKED_MAX; asked++) {
    if (asked > 0) await clock.sleep(shop.settings.pollEvery_ms, shop.signal)
    try {
      const landed = await shop.receipts.run(() => {
        shop.signal.throwIfAborted()
        return orAborted(shop.rpc.transaction(attempt.signature, shop.settings.commitment), shop.signal)
      })
      if (landed?.meta) return { ...landed, meta: landed.meta }
    } catch (thrown) {
      shop.signal.throwIfAborted()
      log.warn('a receipt could not be read; it is asked for again', {
        signature: attempt.signature,
        cause: String(thrown),
      })
    }
  }
  return undefined
}
