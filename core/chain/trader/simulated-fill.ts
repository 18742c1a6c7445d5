import type { Fill, FillPromise } from '../../events/report.ts'
import type { Amount } from '../../money/amount.ts'
import { SOL_MINT } from '../../money/token.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { COMPUTE_UNITS_MAX, priorityFee_lamports } from '../transaction/compute-budget.ts'
import type { Prepared } from './prepare.ts'
import { SIGNATURE_FEE_LAMPORTS, slippageBps } from './receipt.ts'
import { tokenUnits } from './token-accounts.ts'

/**
 * The fill that a simulation shows: the wallet's accounts after it, against those before. Where the endpoint gives no
 * accounts, the quote stands in.
 */
export function simulatedFill(
  order: OrderRecord,
  prepared: Prepared,
  details: { now: number; signature: string; venue: string },
): Fill {
  const { quote, simulation, reservation } = prepared
  const { intent } = order
  const { price_microLamports: price, tip_lamports, protection } = prepared.terms
  const minimum = quote.exact === 'in' ? quote.threshold : quote.output
  const promise = {
    inputUnits: quote.input.units,
    quotedOutputUnits: quote.output.units,
    minimumOutputUnits: minimum.units,
  }
  const { accounts } = simulation
  const before = reservation.wallet
  const promised = promiseOf(prepared)
  const rent = promised.fees.rent_lamports
  // The simulated transaction carried the highest limit, and its fee with it.
  const fee = SIGNATURE_FEE_LAMPORTS + priorityFee_lamports(COMPUTE_UNITS_MAX, price)
  const gained = (amount: Amount, at: number): bigint | undefined => {
    const after = accounts?.[at]
    if (!accounts) return undefined
    if (amount.token.mint === SOL_MINT)
      return (accounts[0]?.lamports ?? 0n) - before.lamports + fee + tip_lamports + rent
    return tokenUnits(after?.data) - tokenUnits(before.accounts[at]?.data)
  }
  const paid = gained(quote.input, 1)
  const received = gained(quote.output, before.addresses.length - 1)
  const input = { token: intent.input, units: paid === undefined ? quote.input.units : -paid }
  const output = { token: intent.output, units: received ?? quote.output.units }
  return {
    orderId: order.id,
    key: intent.key,
    venue: details.venue,
    signature: details.signature,
    slot: simulation.slot,
    at: details.now,
    input,
    output,
    quotedOutput: { token: intent.output, units: quote.output.units },
    minimumOutput: { token: intent.output, units: minimum.units },
    fees: promised.fees,
    computeUnits: promised.computeUnits,
    ...(quote.priceImpactBps !== undefined && { priceImpactBps: quote.priceImpactBps }),
    slippageBps: slippageBps(intent.exact, { promise }, input.units, output.units),
    promised,
    ...(protection.length > 0 && { protection }),
    ...(prepared.short !== undefined && { short: prepared.short }),
  }
}

/** What is known of a trade before it is signed. */
export function promiseOf({ quote, simulation, reservation, limit_units, terms }: Prepared): FillPromise {
  const opened = reservation.wallet.accounts.map((account, index) =>
    account ? 0n : (simulation.accounts?.[index]?.lamports ?? 0n),
  )
  return {
    inputUnits: quote.input.units,
    fees: {
      base_lamports: SIGNATURE_FEE_LAMPORTS,
      priority_lamports: priorityFee_lamports(limit_units, terms.price_microLamports),
      tip_lamports: terms.tip_lamports,
      rent_lamports: opened.reduce((sum, lamports) => sum + lamports, 0n),
    },
    computeUnits: simulation.computeUnits ?? 0,
    ...(quote.slot !== undefined && { slot: quote.slot }),
  }
}
