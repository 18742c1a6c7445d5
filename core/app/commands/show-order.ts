import { ForgeError } from '../../errors/forge-error.ts'
import { formatAmount } from '../../money/amount.ts'
import type { Attempt, OrderRecord, StoryLine } from '../../orders/journal.ts'
import { findCluster } from '../network/cluster-choice.ts'
import { orderOf } from '../orders/cancel-order.ts'
import { type KeptWhere, viewKept } from './kept-history.ts'
import { orderDocument, stateWord, wishText } from './list-orders.ts'
import type { Printed } from './printed.ts'
import { textTable } from './text-table.ts'
import { timeText } from './time-text.ts'

/** An order's whole story: what it wants, every move with its cause and time, its transactions. @throws HISTORY_MISSING, ORDER_UNKNOWN */
export async function showOrder(where: KeptWhere, id: string): Promise<Printed> {
  const { view } = viewKept(where)
  try {
    const kept = orderOf(view, id)
    const { order, pipeline, wallet } = kept
    const story = view.story(order.id)
    const linkOf = await explorerOf(order.intent.input.cluster)
    const facts = [
      ['state', stateWord(order.state)],
      ['wants', wishText(order)],
      ['why', order.intent.reason],
      ...(order.arming
        ? [['waits at', `${order.arming.holder} (${order.arming.plugin} ${order.arming.version})`]]
        : []),
      ['wallet', `${wallet} on ${order.intent.input.cluster}`],
      ...(order.fill ? [['traded', `${formatAmount(order.fill.input)} → ${formatAmount(order.fill.output)}`]] : []),
      ...(order.reason?.remedy ? [['remedy', order.reason.remedy]] : []),
    ]
    const text = [
      `${order.id}  ${pipeline}  ${order.intent.key}`,
      ...facts.map(([name, value]) => `  ${name!.padEnd(8)}  ${value}`),
      '',
      textTable(['time', 'state', 'cause'], story.map(storyRow)),
      ...(order.attempts.length > 0 ? ['', ...attemptLines(order, linkOf)] : []),
    ].join('\n')
    return { text, document: { document: 'order', version: 2, ...orderDocument(kept), story } }
  } finally {
    view.close()
  }
}

/** A sentence that changes nothing stands where the state would. */
function storyRow({ was, became, cause, at }: StoryLine): string[] {
  return [timeText(at), was === became ? '' : stateWord(became), cause]
}

function attemptLines(order: OrderRecord, linkOf: (signature: string) => string | undefined): string[] {
  const lineOf = (attempt: Attempt): string[] => {
    const { number, signature, venue, fill, createdAt } = attempt
    const traded = fill ? `: ${formatAmount(fill.input)} → ${formatAmount(fill.output)}` : ''
    return [
      `transaction ${number}, signed ${timeText(createdAt)}, ${venue}${traded}`,
      `  ${linkOf(signature) ?? signature}`,
    ]
  }
  return order.attempts.flatMap(lineOf)
}

/** Links of a shipped cluster; an order of another names its signature alone. */
async function explorerOf(cluster: string): Promise<(signature: string) => string | undefined> {
  try {
    return (await findCluster(cluster)).explorerLink
  } catch (thrown) {
    if (thrown instanceof ForgeError && thrown.code === 'CLUSTER_UNKNOWN') return () => undefined
    throw thrown
  }
}
