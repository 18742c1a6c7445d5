import type { Fill } from '../../events/report.ts'
import { type Amount, formatAmount } from '../../money/amount.ts'
import { sameToken, type Token } from '../../money/token.ts'
import type { Attempt, OrderRecord } from '../../orders/journal.ts'

import type { Claims } from './claims.ts'

/** What a strategy has been given of the wallet. */
export interface Budget {
  readonly amount: Amount
  /** Base units that its orders have taken out of the wallet, less what they brought; negative for a profit. */
  readonly outlay: bigint
}

/** What a transaction did to a budget: its fill, or what it may have spent, where nobody knows. */
export type Spending = { readonly fill: Fill } | { readonly unknown: Amount } | undefined

/** What a budget may still take, beside what its trades in flight may. */
export interface Earmark {
  readonly node: string
  readonly units: bigint
}

/**
 * What belongs to each strategy with a budget, counted by what has landed: money that no other may take. What was spent is
 * gone, what sales brought is back, and so is profit, whether the strategy trades with it or not: an order of landings
 * would else decide whose it is.
 */
export class BudgetLedger {
  readonly #budgets = new Map<string, { readonly amount: Amount; outlay: bigint }>()
  #costs_lamports = 0n

  /** What trading has cost beside the trades themselves: no budget is answerable for it. */
  get costs_lamports(): bigint {
    return this.#costs_lamports
  }

  /** Costs of earlier runs. */
  addCosts(lamports: bigint): void {
    this.#costs_lamports += lamports
  }

  give(node: string, { amount, outlay }: Budget): void {
    this.#budgets.set(node, { amount, outlay })
  }

  has(node: string): boolean {
    return this.#budgets.has(node)
  }

  /** A transaction of that node's orders has come to its end. */
  settle(node: string, spending: Spending): void {
    if (!spending) return
    const fill = 'fill' in spending ? spending.fill : undefined
    const { base_lamports = 0n, priority_lamports = 0n, tip_lamports = 0n, rent_lamports = 0n } = fill?.fees ?? {}
    this.#costs_lamports += base_lamports + priority_lamports + tip_lamports + rent_lamports
    const budget = this.#budgets.get(node)
    if (!budget) return
    const { token } = budget.amount
    const input = 'fill' in spending ? spending.fill.input : spending.unknown
    if (sameToken(input.token, token)) budget.outlay += input.units
    if (fill && sameToken(fill.output.token, token)) budget.outlay -= fill.output.units
  }

  /**
   * What all budgets but that node's own claim of a token, beside what their trades in flight may take. What those bring
   * is theirs already: the wallet may have it before their end is known.
   */
  claimedOf(token: Token, except: string, claims: Pick<Claims, 'unitsOfNode' | 'broughtByNode'>): Earmark[] {
    return [...this.#budgets].flatMap(([node, { amount, outlay }]) => {
      if (node === except || !sameToken(amount.token, token)) return []
      const mayHave = amount.units - outlay + claims.broughtByNode(node, token.mint)
      const left = mayHave - claims.unitsOfNode(node, token.mint)
      return left > 0n ? [{ node, units: left }] : []
    })
  }
}

/** What an attempt that has come to its end did. */
export function spendingOf({ attempts, fill: last, intent, state }: OrderRecord, attempt: Attempt): Spending {
  const part = attempts.find(({ number }) => number === attempt.number)?.fill
  // The fill of a whole order has the signature of the last that landed.
  const fill = part ?? (last?.signature === attempt.signature ? last : undefined)
  if (fill) return { fill }
  return state === 'unresolved' ? { unknown: { token: intent.input, units: attempt.promise.inputUnits } } : undefined
}

/** Who claims how much, in words. */
export function earmarksText(token: Token, earmarks: readonly Earmark[]): string {
  return earmarks.map(({ node, units }) => `${node} ${formatAmount({ token, units })}`).join(', ')
}
