import type { IntentEvent } from '../../events/event.ts'
import type { Report } from '../../events/report.ts'
import { formatAmount } from '../../money/amount.ts'
import { liveAttempts } from '../../orders/again.ts'
import type { Attempt, OrderRecord } from '../../orders/journal.ts'
import { leftOf } from '../../orders/parts.ts'
import type { RunTools } from './order-run.ts'
import { outcomeOf, partReport } from './reports.ts'
import { endOrder, type Settled, settleLanding, settleParts } from './settle.ts'

/** What a start found. */
export interface Recovery {
  /** A sentence for each order that was open; one for all that wait for a trigger, where they are many. */
  readonly lines: readonly string[]
  /** Outcomes, and parts that have landed, that the earlier run did not live to report. */
  readonly reports: readonly Report[]
  /** Intents that have something left and no transaction that may land: trading them again resumes them. */
  readonly resumable: readonly IntentEvent[]
}

/** More than so many orders that wait are told as one number: nothing has become of them. */
const WAITING_TOLD_MAX = 3

/**
 * Settles every open order of the journal against the chain, all at once.
 *
 * @param isAsked whether the intent of an order is given again: one that nobody gives, and of which nothing can land, ends
 */
export async function recoverOrders(tools: RunTools, isAsked: (order: OrderRecord) => boolean): Promise<Recovery> {
  const open = tools.journal.orders({ open: true })
  const found = await Promise.all(
    open.map(async order => {
      const finding = await recoverOne(tools, order)
      return 'open' in finding ? goOn(tools, finding, isAsked(order)) : finding
    }),
  )
  const waiting = open.filter(({ state }) => state === 'armed')
  const isMany = waiting.length > WAITING_TOLD_MAX
  return {
    lines: [
      ...found.flatMap(({ line }, index) => (isMany && open[index]?.state === 'armed' ? [] : [line])),
      ...(isMany ? [`${waiting.length} orders wait for their triggers, as before`] : []),
    ],
    reports: found.flatMap(({ report }) => (report ? [report] : [])),
    resumable: found.flatMap(({ resumable }) => (resumable ? [resumable] : [])),
  }
}

interface Finding {
  readonly line: string
  readonly report?: Report
  readonly resumable?: IntentEvent
}

/** An order that has something left and no transaction that may land. */
interface OpenFinding extends Pick<Finding, 'line' | 'report'> {
  readonly open: OrderRecord
}

/** It goes on when its intent is given again; else this is its end. */
function goOn(tools: RunTools, { line, open, report }: OpenFinding, isAsked: boolean): Finding {
  if (isAsked) return { line: `${line}: it is resumed`, resumable: open.intent, ...(report && { report }) }
  const message = 'the run that asked for it did not live to trade it, and nothing asks for it any more'
  const ended = endOrder(tools, open, 'cancelled', { code: 'ORDER_ABANDONED', message })
  return { line: `${line}; nothing asks for it any more: it has ended`, report: outcomeOf(ended, true) }
}

async function recoverOne(tools: RunTools, order: OrderRecord): Promise<Finding | OpenFinding> {
  const name = `order ${order.id} (${order.intent.node} ${order.intent.key})`
  const last = liveAttempts(order).at(-1)
  if (order.state === 'armed') return { line: `${name}: waits for its trigger at "${order.arming?.holder}"` }
  if (!last) {
    const was = order.state === 'triggered' ? 'triggered' : 'taken'
    return { line: `${name}: ${was}, and nothing sent yet`, open: order }
  }
  const settled = last.fill ? settleParts(tools, order) : await landed(tools, order, last)
  if (settled.isOver) {
    return { line: `${name}: ${sentence(settled.order, last.signature)}`, report: outcomeOf(settled.order, true) }
  }
  if (settled.part || last.fill) {
    const what = `a part of it has landed with ${last.signature}, ${formatAmount(leftOf(settled.order))} are left`
    const report = settled.part && { report: partReport(settled.order, settled.part) }
    return { line: `${name}: ${what}`, open: settled.order, ...report }
  }
  return { line: `${name}: its transaction ${last.signature} expired without landing`, open: settled.order }
}

async function landed(tools: RunTools, order: OrderRecord, attempt: Attempt): Promise<Settled> {
  const { sender, tracker } = tools
  const send = sender.kind === 'live' && order.state !== 'unresolved' ? sender.send : undefined
  const landing = await tracker.land(attempt, send, order.intent.expiresAt)
  return settleLanding(tools, order, attempt, landing)
}

function sentence(order: OrderRecord, signature: string): string {
  if (order.fill) {
    const { input, output, slot } = order.fill
    const why = order.reason ? `; ${order.reason.message}` : ''
    return `the chain has it: ${formatAmount(input)} for ${formatAmount(output)} in slot ${slot} (${signature})${why}`
  }
  return `${order.state}: ${order.reason?.message ?? signature}`
}
