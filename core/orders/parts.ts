import { ForgeError } from '../errors/forge-error.ts'
import type { Fill, FillFees, FillPromise, Reason } from '../events/report.ts'
import { type Amount, formatAmount } from '../money/amount.ts'
import type { Attempt, OrderRecord } from './journal.ts'
import { IN_FLIGHT_STATES, type OrderState } from './state-machine.ts'

/** An order over several transactions: each trades a part of it, one after the other. */

/** Fills of the transactions that landed with a part of the order, in turn; empty when one transaction is all of it. */
export function partsOf(order: OrderRecord): readonly Fill[] {
  return order.attempts.flatMap(attempt => attempt.fill ?? [])
}

/**
 * What is still to be traded, of what the intent names. Counted by what each landed part was signed for, and a
 * transaction can not take more than that: whatever the chain says, the parts together never exceed the order. Nothing
 * is left where a part has taken all that there was.
 */
export function leftOf(order: OrderRecord): Amount {
  const { amount } = order.intent
  const landed = order.attempts.filter(attempt => attempt.fill)
  if (landed.some(({ promise }) => promise.short !== undefined)) return { token: amount.token, units: 0n }
  const units = landed.reduce((left, attempt) => left - signedFor(order, attempt), amount.units)
  return { token: amount.token, units: units < 0n ? 0n : units }
}

/** Whether nothing is left when this attempt lands. */
export function endsOrder(order: OrderRecord, attempt: Attempt): boolean {
  return attempt.promise.short !== undefined || signedFor(order, attempt) >= leftOf(order).units
}

/** Only an exact input can be traded in parts. */
function signedFor({ intent }: OrderRecord, { promise }: Attempt): bigint {
  return intent.exact === 'in' ? promise.inputUnits : intent.amount.units
}

/** Why a fill is less than its order, when it is all that there was. */
export function shortReason({ short }: Fill): Reason | undefined {
  return short === undefined ? undefined : { code: 'ORDER_PARTLY_FILLED', message: short }
}

/** How an order ends. */
export interface OrderEnd {
  readonly state: OrderState
  readonly fill?: Fill
  readonly reason: Reason
}

/**
 * The end of an order that can not be traded any further: as it is when nothing of it has landed, else `confirmed` with
 * what was filled, and with how much was left and why. Money that moved is never called a failure.
 */
export function endOf(order: OrderRecord, state: OrderState, reason: Reason): OrderEnd {
  const [first, ...others] = partsOf(order)
  if (!first) return { state, reason }
  const message = `${formatAmount(leftOf(order))} of ${formatAmount(order.intent.amount)} were not traded: ${reason.message}`
  return {
    state: 'confirmed',
    fill: wholeFill([first, ...others]),
    reason: { ...reason, code: 'ORDER_PARTLY_FILLED', message },
  }
}

/**
 * The fill of an order over several transactions: amounts, fees and compute units are sums, slippage and price impact
 * are weighted by size; signature, slot and time are the last one's. Of a single part it is that part's fill.
 */
export function wholeFill(parts: readonly [Fill, ...Fill[]]): Fill {
  const [first] = parts
  const last = parts.at(-1)!
  if (parts.length === 1) return first
  const sum = (of: (part: Fill) => bigint): bigint => parts.reduce((total, part) => total + of(part), 0n)
  const amount = (of: (part: Fill) => Amount): Amount => ({
    token: of(first).token,
    units: sum(part => of(part).units),
  })
  const input = amount(part => part.input)
  const output = amount(part => part.output)
  const quotedOutput = amount(part => part.quotedOutput)
  const impacts = parts.flatMap(part => part.priceImpactBps ?? [])
  const promises = parts.flatMap(part => part.promised ?? [])
  const protection = [...new Set(parts.flatMap(part => part.protection ?? []))]
  return {
    orderId: first.orderId,
    key: first.key,
    venue: [...new Set(parts.flatMap(part => part.venue.split('+')))].join('+'),
    signature: last.signature,
    slot: last.slot,
    at: last.at,
    ...(last.wallet !== undefined && { wallet: last.wallet }),
    input,
    output,
    quotedOutput,
    minimumOutput: amount(part => part.minimumOutput),
    fees: feesOf(parts.map(part => part.fees)),
    computeUnits: parts.reduce((units, part) => units + part.computeUnits, 0),
    ...(impacts.length === parts.length && {
      priceImpactBps: weighted(
        parts,
        part => part.input.units,
        part => part.priceImpactBps ?? 0,
      ),
    }),
    slippageBps: weighted(
      parts,
      part => part.quotedOutput.units,
      part => part.slippageBps,
    ),
    ...(promises.length === parts.length && { promised: promiseOf(promises) }),
    ...(protection.length > 0 && { protection }),
    ...(last.short !== undefined && { short: last.short }),
    parts: parts.map(({ venue, signature, slot, at, input, output }) => ({
      venue,
      signature,
      slot,
      at,
      input,
      output,
    })),
  }
}

function feesOf(fees: readonly FillFees[]): FillFees {
  const sum = (of: (each: FillFees) => bigint): bigint => fees.reduce((total, each) => total + of(each), 0n)
  return {
    base_lamports: sum(each => each.base_lamports),
    priority_lamports: sum(each => each.priority_lamports),
    tip_lamports: sum(each => each.tip_lamports),
    rent_lamports: sum(each => each.rent_lamports),
  }
}

function promiseOf(promises: readonly FillPromise[]): FillPromise {
  const slots = promises.flatMap(({ slot }) => slot ?? [])
  return {
    inputUnits: promises.reduce((total, each) => total + each.inputUnits, 0n),
    fees: feesOf(promises.map(each => each.fees)),
    computeUnits: promises.reduce((units, each) => units + each.computeUnits, 0),
    // Each was quoted on its own state: the last is the newest.
    ...(slots.length === promises.length && { slot: slots.at(-1)! }),
  }
}

/** The mean of the parts' figures by their size, to a hundredth. */
function weighted(parts: readonly Fill[], size: (part: Fill) => bigint, figure: (part: Fill) => number): number {
  const total = parts.reduce((sum, part) => sum + size(part), 0n)
  if (total === 0n) return 0
  const hundredths = parts.reduce((sum, part) => sum + size(part) * BigInt(Math.round(figure(part) * 100)), 0n)
  return Number(hundredths / total) / 100
}

/** The attempt that landed with a part. @throws ORDER_MOVE_ILLEGAL */
export function assertPart(order: OrderRecord, number: number): Attempt {
  const attempt = order.attempts.find(each => each.number === number)
  if (attempt && !attempt.fill && IN_FLIGHT_STATES.includes(order.state)) return attempt
  throw new ForgeError('ORDER_MOVE_ILLEGAL', {
    message: `attempt ${number} of an order that is ${order.state} can not land with a part`,
    context: { orderId: order.id, attempt: number },
  })
}

/** An order of which parts have landed ends with its fill, and in no other way. @throws ORDER_MOVE_ILLEGAL */
export function assertPartsKept(order: OrderRecord, to: OrderState, fill: Fill | undefined): void {
  if (to === 'submitting' || to === 'unresolved' || partsOf(order).length === 0) return
  if (to === 'confirmed' && fill) return
  throw new ForgeError('ORDER_MOVE_ILLEGAL', {
    message: `an order of which parts have landed can not go to ${to} without its fill`,
    context: { orderId: order.id, to },
  })
}
