import { type Budget, BudgetLedger, claimedByOthers, type Spending } from '../chain/trader/budget-ledger.ts'
import { type Claim, Claims, type Taken, withAside } from '../chain/trader/claims.ts'
import { SIGNATURE_FEE_LAMPORTS } from '../chain/trader/receipt.ts'
import { limitFor, priorityFee_lamports } from '../chain/transaction/compute-budget.ts'
import { ForgeError } from '../errors/forge-error.ts'
import type { FillFees, Reason } from '../events/report.ts'
import { type Amount, formatAmount, formatUnits } from '../money/amount.ts'
import { type Pair, SOL_MINT, sameToken, type Token } from '../money/token.ts'
import { SetAside } from '../plugin/set-aside.ts'
import type { Valuation } from './valuation.ts'

/** Compute units of a swap through one pool with SOL wrapped or unwrapped on the way. Measured on the embedded chain. */
export const SWAP_COMPUTE_UNITS = 60_000
/** Deposit for a token account. Source: Solana's rent, 128 + 165 bytes at two years of 3,480 lamports a byte-year. */
const TOKEN_ACCOUNT_RENT_LAMPORTS = 2_039_280n

/** What a trade wants to take. */
export interface ClaimRequest {
  /** In place of what was set aside for it. */
  readonly orderId: string
  /** The node that wants it: its own budget is no obstacle to it. */
  readonly node: string
  readonly input: Amount
  /** What it brings, as quoted. */
  readonly brings: Amount
}

/**
 * A wallet of a backtest: base units by token, and the budgets it is divided into, counted as live. SOL for fees and
 * deposits is apart from the capital that is traded with: what is spent of it counts as a cost, what is left of it is no
 * profit.
 */
export class BacktestWallet {
  readonly #pair: Pair
  /** As the pipeline names it; undefined for the one that a run is started with. */
  readonly name: string | undefined
  readonly #units = new Map<string, bigint>()
  readonly #claims = new Claims()
  readonly #budgets = new BudgetLedger()
  readonly #given = new Map<string, Budget>()
  /** Of orders that have been given on and not claimed yet. */
  readonly aside = new SetAside()
  readonly #opened = new Set<string>()
  /** Lamports beyond the capital, for fees and deposits; spent below zero never. */
  #fees_lamports: bigint
  #feesSpent_lamports = 0n
  #rent_lamports = 0n
  #base = 0
  #quote = 0
  #onRelease: (() => void)[] = []

  constructor(options: {
    readonly name?: string | undefined
    readonly pair: Pair
    readonly capital: readonly Amount[]
    readonly fees_lamports: bigint
  }) {
    this.#pair = options.pair
    this.name = options.name
    this.#fees_lamports = options.fees_lamports
    for (const { token, units } of options.capital) {
      this.#units.set(token.mint, (this.#units.get(token.mint) ?? 0n) + units)
      this.#opened.add(token.mint)
    }
    this.#recount()
  }

  units(token: Token): bigint {
    return this.#units.get(token.mint) ?? 0n
  }

  /** What is spent on fees, the deposits that are held apart. */
  get feesSpent_lamports(): bigint {
    return this.#feesSpent_lamports
  }

  get rent_lamports(): bigint {
    return this.#rent_lamports
  }

  /** What it has of its pair is worth in whole quote tokens, at a price of that. Deposits come back, so they count. */
  worth(price: number): number {
    return this.#quote + this.#base * price
  }

  /** What everything is worth that can be valued, in whole quote tokens. */
  worthBy(valuation: Pick<Valuation, 'tokens' | 'worth'>): number {
    return valuation.tokens.reduce((sum, token) => sum + this.#wholes(token) * valuation.worth(token), 0)
  }

  /** Gives a strategy its budget: who else would spend it, or sell what it buys with it, is refused. @throws BUDGET_OVER_WALLET */
  give(node: string, amount: Amount): void {
    const { token } = amount
    this.#given.set(node, { amount, outlay: 0n })
    const same = [...this.#given].filter(([, budget]) => sameToken(budget.amount.token, token))
    const wanted = { token, units: same.reduce((sum, [, budget]) => sum + budget.amount.units, 0n) }
    if (wanted.units > this.units(token)) {
      const list = same.map(([name, budget]) => `${name} ${formatAmount(budget.amount)}`).join(', ')
      throw new ForgeError('BUDGET_OVER_WALLET', {
        message: `the budgets want ${formatAmount(wanted)} (${list}), and the wallet has ${formatAmount({ token, units: this.units(token) })}`,
        remedy: 'Give more --capital, or smaller budgets.',
      })
    }
    this.#budgets.give(node, { amount, outlay: 0n })
  }

  /** A node that sells for strategies what they have bought, such as a stop to all trading. */
  letSellForAll(node: string): void {
    this.#budgets.letSellForAll(node)
  }

  /** Claims what a trade may take, in place of what was set aside for its order. @returns why it can not be had, else the claim */
  claim({ brings, input, node, orderId }: ClaimRequest): Claim | Reason {
    const { mint } = input.token
    const free = this.free(input.token, undefined)
    if (free < input.units) {
      const message = `the trade needs ${formatAmount(input)}, the wallet has ${formatUnits(free, input.token.decimals)}`
      return { code: 'FUNDS_INSUFFICIENT', message, remedy: 'Give more --capital, or trade less.' }
    }
    if (this.#fees_lamports < TOKEN_ACCOUNT_RENT_LAMPORTS) {
      const message = `the SOL for fees and deposits is spent: ${formatUnits(this.#fees_lamports, 9)} SOL are left`
      return { code: 'FUNDS_INSUFFICIENT', message, remedy: 'Give more --fee-sol.' }
    }
    const left = this.#budgets.leftFor(node, { token: input.token, units: free }, this.#claims)
    if (left.earmarks.length > 0 && left.units < input.units) return claimedByOthers(input, left)
    this.aside.delete(orderId)
    const claim: Claim = { mint, node, units: input.units, lamports: 0n, brings }
    this.#claims.add(claim)
    return claim
  }

  /** A trade has come to its end, with what it did to its budget. */
  release(claim: Claim, spending?: Spending): void {
    this.#claims.delete(claim)
    this.#budgets.settle(claim.node, spending)
    for (const wake of this.#onRelease.splice(0)) wake()
  }

  /**
   * Whether what a trade lacks may still come free by trades in flight: then it is told when one of them has ended.
   *
   * @param first those in flight when it was refused first: who has no budget does not wait for later ones of others
   */
  awaitRelease(
    { node }: Pick<ClaimRequest, 'node'>,
    { code }: Reason,
    first: readonly Claim[],
    told: () => void,
  ): boolean {
    const isOver = !first.some(claim => this.#claims.has(claim))
    if (this.#claims.size === 0 || (code === 'BUDGET_CLAIMED' && !this.#budgets.has(node) && isOver)) return false
    this.#onRelease.push(told)
    return true
  }

  /** Trades in flight. */
  inFlight(): readonly Claim[] {
    return this.#claims.list()
  }

  /** Units of a token that no trade on its way may take; with a node, without what is other strategies' than that one. */
  free(token: Token, node: string | undefined, taken: Taken = this.#claims): bigint {
    const units = this.units(token) - taken.unitsOf(token.mint)
    if (node === undefined) return units
    const left = this.#budgets.leftFor(node, { token, units }, taken)
    if (left.units < units) return left.units
    return units
  }

  /** What an order that is a share of the holding may count on. */
  sellable(token: Token, whose: string | undefined): bigint {
    const units = this.free(token, whose, withAside(this.#claims, this.aside))
    return units < 0n ? 0n : units
  }

  /** What a transaction costs beside the swap; a first account for the output takes its deposit. */
  feesOf(output: Token, price_microLamports: bigint): FillFees {
    const opens = output.mint !== SOL_MINT && !this.#opened.has(output.mint)
    return {
      base_lamports: SIGNATURE_FEE_LAMPORTS,
      priority_lamports: priorityFee_lamports(limitFor(SWAP_COMPUTE_UNITS), price_microLamports),
      tip_lamports: 0n,
      rent_lamports: opens ? TOKEN_ACCOUNT_RENT_LAMPORTS : 0n,
    }
  }

  /** A trade that has landed. */
  swap(input: Amount, output: Amount, fees: FillFees): void {
    this.#units.set(input.token.mint, this.units(input.token) - input.units)
    this.#units.set(output.token.mint, this.units(output.token) + output.units)
    this.#opened.add(output.token.mint)
    this.#rent_lamports += fees.rent_lamports
    this.#fees_lamports -= fees.rent_lamports
    this.pay(fees)
  }

  /** Fees of a transaction, also of one that failed. */
  pay({ base_lamports, priority_lamports, tip_lamports }: FillFees): void {
    const paid = base_lamports + priority_lamports + tip_lamports
    this.#fees_lamports -= paid
    this.#feesSpent_lamports += paid
    this.#recount()
  }

  /** Every token held, the pair's own first. */
  holdings(tokens: readonly Token[]): readonly Amount[] {
    return tokens.filter(token => this.#units.has(token.mint)).map(token => ({ token, units: this.units(token) }))
  }

  #recount(): void {
    this.#base = this.#wholes(this.#pair.base)
    this.#quote = this.#wholes(this.#pair.quote)
  }

  /** Of SOL, less the fees: they were paid from beside the capital, and are a cost all the same. */
  #wholes(token: Token): number {
    const fees = token.mint === SOL_MINT ? this.#feesSpent_lamports : 0n
    return Number(this.units(token) - fees) / 10 ** token.decimals
  }
}
