import type { IntentEvent } from '../../events/event.ts'
import type { Report } from '../../events/report.ts'
import { formatAmount } from '../../money/amount.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import type { RunTools } from './order-run.ts'
import { outcomeOf } from './reports.ts'
import { settleLanding } from './settle.ts'

/** What a start found. */
export interface Recovery {
  /** A sentence for each order that was open. */
  readonly lines: readonly string[]
  /** Outcomes that the earlier run did not live to report. */
  readonly reports: readonly Report[]
  /** Intents that were taken and have no transaction that may land: trading them again resumes them. */
  readonly resumable: readonly IntentEvent[]
}

/** Settles every open order of the journal against the chain, all at once. */
export async function recoverOrders(tools: RunTools): Promise<Recovery> {
  const open = tools.journal.orders({ open: true })
  const found = await Promise.all(open.map(order => recoverOne(tools, order)))
  return {
    lines: found.map(({ line }) => line),
    reports: found.flatMap(({ report }) => (report ? [report] : [])),
    resumable: found.flatMap(({ resumable }) => (resumable ? [resumable] : [])),
  }
}

interface Finding {
  readonly line: string
  readonly report?: Report
  readonly resumable?: IntentEvent
}

async function recoverOne(tools: RunTools, order: OrderRecord): Promise<Finding> {
  const { intent } = order
  const name = `order ${order.id} (${intent.node} ${intent.key})`
  const last = order.attempts.at(-1)
  if (!last) return { line: `${name}: taken, and nothing sent yet: it is resumed`, resumable: intent }
  const { sender, tracker } = tools
  const send = sender.kind === 'live' && order.state !== 'unresolved' ? sender.send : undefined
  const landing = await tracker.land(last, send, intent.expiresAt)
  const settled = await settleLanding(tools, order, last, landing)
  if (!settled) {
    return {
      line: `${name}: its transaction ${last.signature} expired without landing: it is resumed`,
      resumable: intent,
    }
  }
  return { line: `${name}: ${sentence(settled, last.signature)}`, report: outcomeOf(settled, true) }
}

function sentence(order: OrderRecord, signature: string): string {
  if (order.fill) {
    const { input, output, slot } = order.fill
    return `the chain has it: ${formatAmount(input)} for ${formatAmount(output)} in slot ${slot} (${signature})`
  }
  return `${order.state}: ${order.reason?.message ?? signature}`
}
