import { createHash } from 'node:crypto'
import type { Channel, OrderRecord } from '../../orders/journal.ts'
import type { TradeOptions } from '../../plugin/services.ts'
import type { Instruction, SwapPlan } from '../../plugin/venue.ts'
import type { PriorityPrices } from '../fees/priority-price.ts'
import type { Shield, Traded } from '../mev/shield.ts'
import { tipInstruction } from '../mev/tip-instruction.ts'
import { COMPUTE_UNITS_MAX, priorityFee_lamports } from '../transaction/compute-budget.ts'
import { SIGNATURE_FEE_LAMPORTS } from './receipt.ts'

/** What it takes to land a transaction: what is paid for it, and by which way it goes. */
export interface LandingTerms {
  readonly price_microLamports: bigint
  readonly channel: Channel
  readonly tip_lamports: bigint
  readonly tipAccounts: ReadonlySet<string>
  /** What protects it, for the receipt; empty when nothing was wanted. */
  readonly protection: readonly string[]
}

/** The most that landing may cost, before anything is known of the transaction. */
export function mostLandingCost_lamports(options: TradeOptions): bigint {
  const price = options.recentFees?.max_microLamports ?? options.priorityFee_microLamports
  const tip = options.protection?.mode === 'on' ? options.protection.maxTip_lamports : 0n
  return SIGNATURE_FEE_LAMPORTS + priorityFee_lamports(COMPUTE_UNITS_MAX, price) + tip
}

/**
 * Prices a plan's landing, and adds the tip as its last instruction where there is one. Which tip account is paid
 * follows from the order: always the same for the same attempt.
 *
 * @throws what the relay and the RPC throw
 */
export async function landingTerms(
  tools: {
    readonly shield: Shield
    readonly prices: PriorityPrices
    readonly wallet: string
    readonly signal: AbortSignal
  },
  order: OrderRecord,
  traded: Traded,
  plan: SwapPlan,
  options: TradeOptions,
): Promise<{ readonly terms: LandingTerms; readonly instructions: readonly Instruction[] }> {
  const { protection, recentFees, priorityFee_microLamports } = options
  const { shield, prices, wallet, signal } = tools
  const [{ price_microLamports }, tip] = await Promise.all([
    prices.of(priorityFee_microLamports, recentFees, writableOf(plan)),
    shield.tip(protection, signal),
  ])
  const terms = {
    price_microLamports,
    channel: shield.channelOf(protection),
    tip_lamports: tip?.lamports ?? 0n,
    tipAccounts: new Set(tip?.accounts),
    protection: shield.describe(protection, tip, traded),
  }
  if (!tip) return { terms, instructions: plan.instructions }
  const to = tip.accounts[saltOf(order) % tip.accounts.length]!
  const { lamports } = tip
  const paid = tipInstruction({ from: wallet, to, lamports, dontFront: protection?.dontFront === true })
  return { terms, instructions: [...plan.instructions, paid] }
}

/**
 * 24 bits that follow from the order and the attempt; others for each time that another order had the very transaction:
 * of two thousand equal trades at once, one in eight times two share them.
 */
export function saltOf(order: OrderRecord, collisions = 0): number {
  const again = collisions > 0 ? `/${collisions}` : ''
  return createHash('sha256').update(`${order.fullKey}/${order.attempts.length}${again}`).digest().readUIntBE(0, 3)
}

/** What the plan writes: the wallet's own accounts among them, for which nobody else competes, change nothing. */
function writableOf(plan: SwapPlan): readonly string[] {
  return plan.instructions.flatMap(({ accounts }) =>
    accounts.filter(account => account.writable).map(account => account.address),
  )
}
