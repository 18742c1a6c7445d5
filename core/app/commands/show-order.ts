import { ForgeError } from '../../errors/forge-error.ts'
import { formatAmount } from '../../money/amount.ts'
import type { Attempt, OrderRecord, StoryLine } from '../../orders/journal.ts'
import type { KeptOrder } from '../../store/directory/kept-orders.ts'
import type { StoreView } from '../../store/store.ts'
import { findCluster } from '../network/cluster-choice.ts'
import { orderOf } from '../orders/cancel-order.ts'
import { type KeptWhere, viewKept } from './kept-history.ts'
import { orderDocument, stateWord, wishText } from './list-orders.ts'
import { inFamilies, partName, partsOf } from './order-families.ts'
import type { Printed } from './printed.ts'
import { textTable } from './text-table.ts'
import { timeText } from './time-text.ts'

/** A line of a story, and of which part when others were made of the order. */
interface Told extends StoryLine {
  readonly part?: string
}

/**
 * An order's whole story: what it wants, every move with its cause and time, its transactions. That of an order which
 * others are made of is theirs as well.
 *
 * @throws HISTORY_MISSING, ORDER_UNKNOWN
 */
export async function showOrder(where: KeptWhere, id: string): Promise<Printed> {
  const { view } = await viewKept(where)
  try {
    const kept = orderOf(view, id)
    const { order, pipeline } = kept
    const all = view.orders()
    const parts = order.arming?.isWhole ? partsOf(all, kept) : []
    const whole = inFamilies(all).find(member => member.kept.order.id === order.id)?.whole
    const story = storyOf(view, kept, parts)
    const linkOf = await explorerOf(order.intent.input.cluster)
    const attempts = [order, ...parts.map(part => part.order)].flatMap(each => attemptLines(each, linkOf))
    const text = [
      `${order.id}  ${pipeline}  ${order.intent.key}`,
      ...factsOf(kept, whole).map(([name, value]) => `  ${name.padEnd(8)}  ${value}`),
      ...(parts.length > 0 ? ['', partsTable(kept, parts)] : []),
      '',
      storyTable(story, parts.length > 0),
      ...(attempts.length > 0 ? ['', ...attempts] : []),
    ].join('\n')
    const made = parts.length > 0 && { parts: parts.map(orderDocument) }
    return { text, document: { document: 'order', version: 2, ...orderDocument(kept), ...made, story } }
  } finally {
    view.close()
  }
}

function factsOf({ order, wallet }: KeptOrder, whole: KeptOrder | undefined): readonly (readonly [string, string])[] {
  const { arming, fill, intent, reason, state } = order
  return [
    ['state', stateWord(state)],
    ['wants', wishText(order)],
    ['why', intent.reason],
    ...(whole ? [['part of', `${whole.order.id} (${whole.order.intent.key})`] as const] : []),
    ...(arming ? [['waits at', `${arming.holder} (${arming.plugin} ${arming.version})`] as const] : []),
    ['wallet', `${wallet} on ${intent.input.cluster}`],
    ...(fill ? [['traded', `${formatAmount(fill.input)} → ${formatAmount(fill.output)}`] as const] : []),
    ...(arming?.isWhole && reason ? [['outcome', reason.message] as const] : []),
    ...(reason?.remedy ? [['remedy', reason.remedy] as const] : []),
  ]
}

function partsTable(whole: KeptOrder, parts: readonly KeptOrder[]): string {
  const rows = parts.map(kept => {
    const { id, fill, state } = kept.order
    const what = fill ? `${formatAmount(fill.input)} → ${formatAmount(fill.output)}` : wishText(kept.order)
    return [partName({ kept, whole }) ?? '', id, stateWord(state), what]
  })
  return textTable(['part', 'order', 'state', ''], rows)
}

/** Its own moves and those of its parts, as they happened. */
function storyOf(view: StoreView, whole: KeptOrder, parts: readonly KeptOrder[]): readonly Told[] {
  const names = new Map(parts.map(kept => [kept.order.id, partName({ kept, whole })]))
  return view.stories([whole.order.id, ...names.keys()]).map(({ orderId, line }) => {
    const part = names.get(orderId)
    return part === undefined ? line : { part, ...line }
  })
}

/** A sentence that changes nothing stands where the state would. */
function storyTable(story: readonly Told[], hasParts: boolean): string {
  const rows = story.map(({ was, became, cause, at, part = '' }) => [
    timeText(at),
    ...(hasParts ? [part] : []),
    was === became ? '' : stateWord(became),
    cause,
  ])
  return textTable(['time', ...(hasParts ? ['part'] : []), 'state', 'cause'], rows)
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
