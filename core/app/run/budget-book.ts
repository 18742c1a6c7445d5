import type { Budget, BudgetLedger } from '../../chain/trader/budget-ledger.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import { type Amount, formatAmount } from '../../money/amount.ts'
import { SOL_MINT, sameToken } from '../../money/token.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import type { Budgets } from '../../plugin/services.ts'
import { boughtOf, costsOf, outlayOf } from './budget-outlay.ts'
import type { RunPortfolio } from './run-document.ts'

/** Where the figures come from, and who is told. */
export interface BudgetBookParts {
  /** As it is when every order that could be settled has been. */
  readonly wallet: RunPortfolio
  /** The deployment's orders, earlier runs included: of one node, or all. */
  ordersOf(node?: string): readonly OrderRecord[]
  /** What a node was given by an earlier run; undefined: nothing. */
  givenBefore(node: string): Amount | undefined
  /** By which the trader keeps others from it. */
  readonly ledger: Pick<BudgetLedger, 'give' | 'addCosts'>
  /** What strategies of pipelines that do not run claim of the same wallet, by the names to tell them by. */
  readonly resting?: ReadonlyMap<string, Budget>
  /** Takes a sentence for people. */
  tell(text: string): void
}

interface Claim extends Budget {
  /** What it still may take out of the wallet. */
  readonly left: bigint
  readonly isNew: boolean
}

/**
 * What the strategies of a run have been given of one wallet. Together, and with those that rest, they can not be given
 * more than it holds, so that none of them counts on money that is another's. What was given once stays given: when its
 * owner has taken money out since, the strategies go on, for there may be something to guard, and that is told.
 */
export class BudgetBook {
  readonly #parts: BudgetBookParts
  readonly #claims = new Map<string, Claim>()
  /** Lamports; undefined until a budget of SOL makes them matter. */
  #costs: bigint | undefined

  constructor(parts: BudgetBookParts) {
    this.#parts = parts
  }

  for(node: string): Budgets {
    return { claim: budget => this.#claim(node, budget) }
  }

  #claim(node: string, amount: Amount): void {
    const { ledger, givenBefore, ordersOf, tell } = this.#parts
    const { token } = amount
    const before = givenBefore(node)
    const isNew = !before || !sameToken(before.token, token) || before.units < amount.units
    const orders = ordersOf(node)
    const outlay = outlayOf(orders, token)
    const bought = boughtOf(orders, token)
    this.#claims.set(node, { amount, outlay, bought, left: leftOf(amount, outlay), isNew })
    const claims = [...this.#resting(), ...this.#claims].filter(([, claim]) => sameToken(claim.amount.token, token))
    const wanted = claims.reduce((sum, [, { left }]) => sum + left, 0n)
    const held = this.#held(token.mint)
    const available = held + this.#paid(token.mint)
    if (wanted > available) {
      const list = claims.map(([name, { left }]) => `${name} ${formatAmount({ token, units: left })}`).join(', ')
      const message = `the budgets want ${formatAmount({ token, units: wanted })} (${list}), and the wallet has ${formatAmount({ token, units: held })}`
      if (claims.some(([, claim]) => claim.isNew)) {
        const context = { node, wanted: String(wanted), held: String(held) }
        throw new ForgeError('BUDGET_OVER_WALLET', {
          message,
          context,
          ...this.#remedyFor(claims.map(([name]) => name)),
        })
      }
      tell(`${message}: money was taken out since they were given; what lacks it will fail`)
    }
    const theirs = claims.reduce((sum, [, claim]) => sum + claim.amount.units - claim.outlay, 0n)
    // Profit that is no longer there was taken out: it keeps nobody from the rest.
    const isProfitThere = theirs <= available
    for (const [name, claim] of claims) {
      if (!this.#claims.has(name)) continue
      const { amount, bought = new Map() } = claim
      const outlay = claim.outlay < 0n && !isProfitThere ? 0n : claim.outlay
      ledger.give(name, { amount, outlay, bought: this.#stillThere(name, bought) })
    }
  }

  /** Less what its owner has taken out: what is left goes to those that were given their budgets first. */
  #stillThere(node: string, bought: ReadonlyMap<string, bigint>): ReadonlyMap<string, bigint> {
    const before = [...this.#claims].slice(0, [...this.#claims.keys()].indexOf(node))
    return new Map(
      [...bought].map(([mint, units]) => {
        const theirs = before.reduce((sum, [, claim]) => sum + (claim.bought?.get(mint) ?? 0n), 0n)
        const left = this.#held(mint) + this.#paid(mint) - theirs
        if (left >= units) return [mint, units]
        return [mint, left < 0n ? 0n : left]
      }),
    )
  }

  *#resting(): Generator<[string, Claim]> {
    for (const [name, budget] of this.#parts.resting ?? []) {
      yield [name, { ...budget, left: leftOf(budget.amount, budget.outlay), isNew: false }]
    }
  }

  #remedyFor(names: readonly string[]): { readonly remedy?: string } {
    if (!names.some(name => this.#parts.resting?.has(name))) return {}
    const remedy =
      'Fund the wallet, or give smaller budgets; or start the strategy that rests once with --new, or let it come to its end.'
    return { remedy }
  }

  #held(mint: string): bigint {
    if (mint === SOL_MINT) return BigInt(this.#parts.wallet.sol_lamports)
    return BigInt(this.#parts.wallet.tokens.find(token => token.mint === mint)?.amount ?? 0)
  }

  /** What trading has cost until now is no budget's, and must not keep a restart from going on. */
  #paid(mint: string): bigint {
    if (mint !== SOL_MINT) return 0n
    if (this.#costs === undefined) {
      this.#costs = costsOf(this.#parts.ordersOf())
      this.#parts.ledger.addCosts(this.#costs)
    }
    return this.#costs
  }
}

/** What a budget still may take out of the wallet: what its orders spent is gone, what their sales brought is back. */
function leftOf({ units }: Amount, outlay: bigint): bigint {
  if (outlay <= 0n) return units
  return outlay < units ? units - outlay : 0n
}
