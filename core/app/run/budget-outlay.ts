import { lamportsOf } from '../../chain/trader/budget-ledger.ts'
import type { FillFees } from '../../events/report.ts'
import { sameToken, type Token } from '../../money/token.ts'
import type { Attempt, OrderRecord } from '../../orders/journal.ts'
import { partsOf } from '../../orders/parts.ts'
import { IN_FLIGHT_STATES } from '../../orders/state-machine.ts'

/**
 * Base units of a token that orders took out of the wallet, less what they brought: negative for a profit. Where nobody
 * can say yet whether a transaction has landed, it counts as if it had paid and brought nothing.
 */
export function outlayOf(orders: readonly OrderRecord[], token: Token): bigint {
  let outlay = 0n
  for (const order of orders) {
    // Its parts have traded, and are orders of their own.
    if (order.arming?.isWhole) continue
    for (const { input, output } of order.fill ? [order.fill] : partsOf(order)) {
      if (sameToken(input.token, token)) outlay += input.units
      if (sameToken(output.token, token)) outlay -= output.units
    }
    const { promise } = unsettledOf(order) ?? {}
    if (promise && sameToken(order.intent.input, token)) outlay += promise.inputUnits
  }
  return outlay
}

/** Base units that orders have bought and not sold of every token but one, by mint; more sold than bought is nothing. */
export function boughtOf(orders: readonly OrderRecord[], except: Token): ReadonlyMap<string, bigint> {
  const tokens = new Map(
    orders.flatMap(({ intent }) => [intent.input, intent.output]).map(token => [token.mint, token]),
  )
  tokens.delete(except.mint)
  const held = [...tokens].map(([mint, token]): [string, bigint] => [mint, -outlayOf(orders, token)])
  return new Map(held.filter(([, units]) => units > 0n))
}

/**
 * Lamports that transactions of the orders cost beside their trades, deposits included: at most, where that is not known.
 * What failed on the chain by an earlier version has left no trace of its fee: that is not among them.
 */
export function costsOf(orders: readonly OrderRecord[]): bigint {
  return orders.flatMap(feesOf).reduce((sum, fees) => sum + lamportsOf(fees), 0n)
}

/** The one whose end nobody knows. */
function unsettledOf({ attempts, state }: OrderRecord): Attempt | undefined {
  const last = attempts.at(-1)
  return IN_FLIGHT_STATES.includes(state) && last && !last.fill ? last : undefined
}

/** Of what has landed, filled or failed, and of what may have; what expired has paid nothing. */
function feesOf(order: OrderRecord): readonly FillFees[] {
  const { attempts, fill } = order
  const perhaps = unsettledOf(order)?.promise.details?.fees
  return [
    ...(fill ? [fill.fees] : attempts.flatMap(attempt => attempt.fill?.fees ?? [])),
    ...attempts.flatMap(({ failed }) => failed?.fees ?? []),
    ...(perhaps ? [perhaps] : []),
  ]
}
