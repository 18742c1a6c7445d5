import type { Reason } from '../../events/report.ts'
import type { Attempt, Journal, OrderRecord } from '../../orders/journal.ts'
import type { Logger } from '../../plugin/contract.ts'
import type { Clock } from '../../time/clock.ts'
import type { ConfirmedTransaction, TransactionMeta } from '../rpc/rpc-types.ts'
import { explainTransactionError } from '../transaction/explain-error.ts'
import { orAborted } from './or-aborted.ts'
import type { Workshop } from './prepare.ts'
import { fillOf } from './receipt.ts'
import type { Landing } from './tracker.ts'

/** How often a receipt is asked for after the status has said "landed": other parts of a node may be behind. */
const RECEIPTS_ASKED_MAX = 60

interface SettleTools {
  readonly clock: Clock
  readonly journal: Journal
  readonly log: Logger
  readonly shop: Workshop
}

/**
 * Writes an attempt's end to the journal; answers the order, or undefined when the attempt has expired and the order is
 * open for another.
 */
export async function settleLanding(
  tools: SettleTools,
  order: OrderRecord,
  attempt: Attempt,
  landing: Landing,
): Promise<OrderRecord | undefined> {
  const { journal, clock } = tools
  if (landing.kind === 'expired') {
    if (order.state !== 'unresolved') return undefined
    const reason: Reason = { code: 'ORDER_EXPIRED', message: 'its transaction expired without landing' }
    return journal.move(order.id, 'expired', { now: clock.now(), cause: reason.message, reason })
  }
  if (landing.kind === 'lost') return leaveUnresolved(tools, order, attempt, landing.why)
  const landed = await receiptOf(tools, attempt)
  const now = clock.now()
  if (!landed)
    return leaveUnresolved(tools, order, attempt, `it landed in slot ${landing.status.slot}, but no endpoint shows it`)
  if (landed.meta.err !== null) {
    const reason = explainTransactionError(landed.meta.err, landed.meta.logMessages ?? [])
    return journal.move(order.id, 'failed', {
      now,
      cause: `${attempt.signature} failed in slot ${landed.slot}`,
      reason,
    })
  }
  const fill = fillOf(order.intent, attempt, landed, tools.shop.wallet, now)
  return journal.move(order.id, 'confirmed', { now, cause: `${attempt.signature} landed in slot ${landed.slot}`, fill })
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
      const asking = shop.rpc.transaction(attempt.signature, shop.settings.commitment)
      const landed = await orAborted(asking, shop.signal)
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
