import { ERROR_CODES } from '../../errors/codes.ts'
import type { FailedLanding, Fill, FillFees, Reason } from '../../events/report.ts'
import { type Amount, formatAmount } from '../../money/amount.ts'
import { sameToken, type Token } from '../../money/token.ts'
import type { Attempt, OrderRecord } from '../../orders/journal.ts'

import type { Taken } from './claims.ts'

/** What a strategy has been given of the wallet. */
export interface Budget {
  readonly amount: Amount
  /** Base units that its orders have taken out of the wallet, less what they brought; negative for a profit. */
  readonly outlay: bigint
  /** Base units of other tokens that its orders have bought and not sold, by mint; absent: none. */
  readonly bought?: ReadonlyMap<string, bigint>
}

/** What a transaction did to a budget: its fill, what it cost in vain, or what it may have spent, where nobody knows. */
export type Spending =
  | { readonly fill: Fill }
  | { readonly failed: FailedLanding }
  | { readonly unknown: Amount }
  | undefined

/** What a transaction of which nobody knew was counted to have taken, at most. */
export interface Counted {
  readonly input: Amount
  /** Absent where it was signed by a version that did not write them down. */
  readonly fees?: FillFees | undefined
}

/** What is a strategy's, beside what its trades in flight may take. */
export interface Earmark {
  readonly node: string
  readonly units: bigint
}

/** Base units by mint. */
type Units = Map<string, bigint>

/**
 * What belongs to each strategy with a budget, counted by what has landed: money that no other may take, and what was
 * bought with it, that no other may sell. What was spent is gone, what sales brought is back, and so is profit, whether the
 * strategy trades with it or not: an order of landings would else decide whose it is.
 */
export class BudgetLedger {
  readonly #budgets = new Map<string, { readonly token: Token; readonly owned: Units }>()
  readonly #sellers = new Set<string>()
  #costs_lamports = 0n
  #hasEarlierCosts = false

  /** What trading has cost beside the trades themselves: no budget is answerable for it. */
  get costs_lamports(): bigint {
    return this.#costs_lamports
  }

  /** Costs of earlier runs. */
  addCosts(lamports: bigint): void {
    this.#hasEarlierCosts = true
    this.#costs_lamports += lamports
  }

  give(node: string, { amount, outlay, bought }: Budget): void {
    const owned = new Map(bought)
    owned.set(amount.token.mint, amount.units - outlay)
    this.#budgets.set(node, { token: amount.token, owned })
  }

  /** A node that sells for strategies what they have bought, such as a stop to all trading: none of that is refused to it. */
  letSellForAll(node: string): void {
    this.#sellers.add(node)
  }

  has(node: string): boolean {
    return this.#budgets.has(node)
  }

  /** A transaction of that node's orders has come to its end. */
  settle(node: string, spending: Spending): void {
    if (!spending) return
    const fill = 'fill' in spending ? spending.fill : undefined
    const fees = 'failed' in spending ? spending.failed.fees : fill?.fees
    this.#costs_lamports += fees ? lamportsOf(fees) : 0n
    const budget = this.#budgets.get(node)
    if (!budget || 'failed' in spending) return
    change(budget.owned, 'fill' in spending ? spending.fill.input : spending.unknown, -1n)
    if (fill) change(budget.owned, fill.output, 1n)
  }

  /** What became of a transaction after all that was counted as if it had paid so much. */
  revise(node: string, { input, fees }: Counted, spending: Spending): void {
    const budget = this.#budgets.get(node)
    if (budget) change(budget.owned, input, 1n)
    const isKnown = !spending || !('unknown' in spending)
    if (this.#hasEarlierCosts && isKnown && fees) this.#costs_lamports -= lamportsOf(fees)
    this.settle(node, spending)
  }

  /**
   * What is the strategies' but that node's own of a token, beside what their trades in flight may take. What those bring
   * is theirs already: the wallet may have it before their end is known.
   */
  claimedOf(token: Token, except: string, claims: Pick<Taken, 'unitsOfNode' | 'broughtByNode'>): Earmark[] {
    const sellsForAll = this.#sellers.has(except)
    return [...this.#budgets].flatMap(([node, { token: given, owned }]) => {
      if (node === except || (sellsForAll && !sameToken(given, token))) return []
      const mayHave = (owned.get(token.mint) ?? 0n) + claims.broughtByNode(node, token.mint)
      const left = mayHave - claims.unitsOfNode(node, token.mint)
      return left > 0n ? [{ node, units: left }] : []
    })
  }

  /**
   * What a node may take of what no trade in flight may: less what is other strategies', and at least what is its own;
   * negative when that is less than nothing.
   */
  leftFor(node: string, free: Amount, claims: Pick<Taken, 'unitsOfNode' | 'broughtByNode'>): Left {
    const { token, units } = free
    const earmarks = this.claimedOf(token, node, claims)
    const left = earmarks.reduce((rest, earmark) => rest - earmark.units, units)
    const owned = (this.#budgets.get(node)?.owned.get(token.mint) ?? 0n) - claims.unitsOfNode(node, token.mint)
    return { units: owned > 0n && owned > left ? owned : left, earmarks }
  }
}

interface Left {
  readonly units: bigint
  readonly earmarks: readonly Earmark[]
}

/** Why a trade of another strategy's money is refused. */
export function claimedByOthers(input: Amount, { units, earmarks }: Left): Reason {
  const { token } = input
  const free = formatAmount({ token, units: units < 0n ? 0n : units })
  return {
    code: 'BUDGET_CLAIMED',
    message: `the trade needs ${formatAmount(input)}, and ${free} are free: the rest belongs to strategies with budgets (${earmarksText(token, earmarks)})`,
    remedy: ERROR_CODES.BUDGET_CLAIMED.remedy,
  }
}

function change(owned: Units, { token, units }: Amount, sign: 1n | -1n): void {
  owned.set(token.mint, (owned.get(token.mint) ?? 0n) + sign * units)
}

/** All that was paid beside a trade, deposits included. */
export function lamportsOf({ base_lamports, priority_lamports, tip_lamports, rent_lamports }: FillFees): bigint {
  return base_lamports + priority_lamports + tip_lamports + rent_lamports
}

/** What an attempt that has come to its end did. */
export function spendingOf({ attempts, fill: last, intent, state }: OrderRecord, attempt: Attempt): Spending {
  const { fill: part, failed } = attempts.find(({ number }) => number === attempt.number) ?? {}
  if (failed) return { failed }
  // The fill of a whole order has the signature of the last that landed.
  const fill = part ?? (last?.signature === attempt.signature ? last : undefined)
  if (fill) return { fill }
  return state === 'unresolved' ? { unknown: { token: intent.input, units: attempt.promise.inputUnits } } : undefined
}

/** Who claims how much, in words. */
export function earmarksText(token: Token, earmarks: readonly Earmark[]): string {
  return earmarks.map(({ node, units }) => `${node} ${formatAmount({ token, units })}`).join(', ')
}
