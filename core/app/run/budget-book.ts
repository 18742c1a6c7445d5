import type { BudgetLedger } from '../../chain/trader/budget-ledger.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import { type Amount, formatAmount } from '../../money/amount.ts'
import { SOL_MINT, sameToken } from '../../money/token.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import type { Budgets } from '../../plugin/services.ts'
import { costsOf, outlayOf } from './budget-outlay.ts'
import type { RunPortfolio } from './run-document.ts'

type OrdersOf = (node?: string) => readonly OrderRecord[]

/**
 * What the strategies of a run have been given of one wallet. Together they can not be given more than it holds, so that
 * none of them counts on money that is another's.
 */
export class BudgetBook {
  readonly #wallet: RunPortfolio
  readonly #ordersOf: OrdersOf
  readonly #ledger: Pick<BudgetLedger, 'give' | 'addCosts'>
  readonly #claims = new Map<string, Amount>()
  /** Lamports; undefined until a budget of SOL makes them matter. */
  #costs: bigint | undefined

  /**
   * @param wallet as it is when every order that could be settled has been
   * @param ordersOf the deployment's orders, earlier runs included: of one node, or all
   * @param ledger by which the trader keeps others from it
   */
  constructor(wallet: RunPortfolio, ordersOf: OrdersOf, ledger: Pick<BudgetLedger, 'give' | 'addCosts'>) {
    this.#wallet = wallet
    this.#ordersOf = ordersOf
    this.#ledger = ledger
  }

  for(node: string): Budgets {
    return { claim: budget => this.#claim(node, budget) }
  }

  #claim(node: string, budget: Amount): void {
    const { token } = budget
    const outlay = outlayOf(this.#ordersOf(node), token)
    this.#claims.set(node, { token, units: leftOf(budget, outlay) })
    const claims = [...this.#claims].filter(([, claim]) => sameToken(claim.token, token))
    const wanted = claims.reduce((sum, [, { units }]) => sum + units, 0n)
    const held = this.#held(token.mint)
    if (wanted <= held + this.#paid(token.mint)) {
      this.#ledger.give(node, { amount: budget, outlay })
      return
    }
    const list = claims.map(([name, claim]) => `${name} ${formatAmount(claim)}`).join(', ')
    throw new ForgeError('BUDGET_OVER_WALLET', {
      message: `the budgets want ${formatAmount({ token, units: wanted })} (${list}), and the wallet has ${formatAmount({ token, units: held })}`,
      context: { node, wanted: String(wanted), held: String(held) },
    })
  }

  #held(mint: string): bigint {
    if (mint === SOL_MINT) return BigInt(this.#wallet.sol_lamports)
    return BigInt(this.#wallet.tokens.find(token => token.mint === mint)?.amount ?? 0)
  }

  /** What trading has cost until now is no budget's, and must not keep a restart from going on. */
  #paid(mint: string): bigint {
    if (mint !== SOL_MINT) return 0n
    if (this.#costs === undefined) {
      this.#costs = costsOf(this.#ordersOf())
      this.#ledger.addCosts(this.#costs)
    }
    return this.#costs
  }
}

/** What a budget still may take out of the wallet: what its orders spent is gone, what their sales brought is back. */
function leftOf({ units }: Amount, outlay: bigint): bigint {
  if (outlay <= 0n) return units
  return outlay < units ? units - outlay : 0n
}
