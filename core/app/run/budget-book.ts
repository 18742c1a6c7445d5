import { ForgeError } from '../../errors/forge-error.ts'
import { type Amount, formatAmount } from '../../money/amount.ts'
import { SOL_MINT, sameToken } from '../../money/token.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { partsOf } from '../../orders/parts.ts'
import type { Budgets } from '../../plugin/services.ts'
import type { RunPortfolio } from './run-document.ts'

/**
 * What the strategies of a run have been given of one wallet. Together they can not be given more than it holds, so that
 * none of them counts on money that is another's.
 */
export class BudgetBook {
  readonly #wallet: RunPortfolio
  readonly #ordersOf: (node: string) => readonly OrderRecord[]
  readonly #claims = new Map<string, Amount>()

  constructor(wallet: RunPortfolio, ordersOf: (node: string) => readonly OrderRecord[]) {
    this.#wallet = wallet
    this.#ordersOf = ordersOf
  }

  for(node: string): Budgets {
    return { claim: budget => this.#claim(node, budget) }
  }

  #claim(node: string, budget: Amount): void {
    const { token } = budget
    this.#claims.set(node, { token, units: leftOf(budget, this.#ordersOf(node)) })
    const claims = [...this.#claims].filter(([, claim]) => sameToken(claim.token, token))
    const wanted = claims.reduce((sum, [, { units }]) => sum + units, 0n)
    const held = this.#held(token.mint)
    if (wanted <= held) return
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
}

/** What a budget still may take out of the wallet: what its orders spent is gone, what their sales brought is back. */
function leftOf({ token, units }: Amount, orders: readonly OrderRecord[]): bigint {
  let outlay = 0n
  for (const order of orders) {
    for (const { input, output } of order.fill ? [order.fill] : partsOf(order)) {
      if (sameToken(input.token, token)) outlay += input.units
      if (sameToken(output.token, token)) outlay -= output.units
    }
  }
  if (outlay <= 0n) return units
  return outlay < units ? units - outlay : 0n
}
