import { formatAmount } from '../../money/amount.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import type { OrderState } from '../../orders/state-machine.ts'
import type { KeptOrder } from '../../store/directory/kept-orders.ts'
import { type KeptWhere, viewKept } from './kept-history.ts'
import { inFamilies, partName } from './order-families.ts'
import type { Printed } from './printed.ts'
import { textTable } from './text-table.ts'
import { timeText } from './time-text.ts'

/** What people call the states that have a name of the trade. */
const WORDS: Partial<Record<OrderState, string>> = { submitting: 'sent', confirmed: 'filled' }

/** A state as people read it. */
export function stateWord(state: OrderState): string {
  return WORDS[state] ?? state
}

/**
 * Every order of a data directory in creation order, as its journal has it; those that were made of one stand under it.
 *
 * @throws HISTORY_MISSING
 */
export async function listOrders(where: KeptWhere, options: { readonly open: boolean }): Promise<Printed> {
  const { view } = await viewKept(where)
  try {
    const orders = view.orders(options)
    // Whose they are is a question only where there are several.
    const isOfSeveral = new Set(orders.map(({ wallet }) => wallet)).size > 1
    const rows = inFamilies(orders).map(member => {
      const { order, pipeline, wallet } = member.kept
      const part = partName(member)
      return [
        order.id,
        timeText(order.createdAt),
        pipeline,
        ...(isOfSeveral ? [`${wallet.slice(0, 4)}…${wallet.slice(-4)}`] : []),
        part === undefined ? (order.arming?.plugin ?? '') : '',
        part === undefined ? order.intent.key : `  ${part}`,
        stateWord(order.state),
        detailOf(order),
      ]
    })
    const header = ['order', 'created', 'pipeline', ...(isOfSeveral ? ['wallet'] : []), 'type', 'key', 'state', '']
    return {
      text: rows.length === 0 ? 'No orders.' : textTable(header, rows),
      document: { document: 'orders', version: 2, orders: orders.map(orderDocument) },
    }
  } finally {
    view.close()
  }
}

/** What an order is, for programs: without the bytes of its transactions. */
export function orderDocument({ deploymentId, pipeline, genesisHash, wallet, order }: KeptOrder): object {
  const { id, intent, state, arming, attempts, fill, reason, createdAt, updatedAt } = order
  return {
    id,
    state,
    pipeline,
    deploymentId,
    genesisHash,
    wallet,
    intent,
    ...(arming && { type: arming.plugin, version: arming.version, holder: arming.holder, terms: arming.terms }),
    attempts: attempts.map(({ wire: _wire, ...attempt }) => attempt),
    ...(fill && { fill }),
    ...(reason && { reason }),
    createdAt,
    updatedAt,
  }
}

/** `10 USDC into SOL`; of an order whose size is settled when it fires, what was said of it. */
export function wishText({ intent }: Pick<OrderRecord, 'intent'>): string {
  const { amount, exact, input, output, terms } = intent
  if (terms?.['leg'] !== undefined) return `${input.symbol} into ${output.symbol}: ${legText(terms)}`
  if (amount.units === 0n && terms) {
    const said = Object.entries(terms).map(([name, value]) => `${name} ${String(value)}`)
    return `${input.symbol} into ${output.symbol}: ${said.join(', ')}`
  }
  return exact === 'in'
    ? `${formatAmount(amount)} into ${output.symbol}`
    : `${formatAmount(amount)} for ${input.symbol}`
}

/** What one of several linked orders waits for, of the terms that it shares with the others. */
function legText(terms: Readonly<Record<string, unknown>>): string {
  const leg = String(terms['leg'])
  const { size } = terms
  const level = terms[leg] === undefined ? 'at once' : `${leg} ${String(terms[leg])}`
  return size === undefined ? level : `${level}, size ${String(size)}`
}

function detailOf(order: OrderRecord): string {
  const { fill, reason } = order
  if (fill) return `${formatAmount(fill.input)} → ${formatAmount(fill.output)}`
  if (reason) return reason.message
  return wishText(order)
}
