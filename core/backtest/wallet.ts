import { SIGNATURE_FEE_LAMPORTS } from '../chain/trader/receipt.ts'
import { limitFor, priorityFee_lamports } from '../chain/transaction/compute-budget.ts'
import type { FillFees, Reason } from '../events/report.ts'
import { type Amount, formatAmount, formatUnits } from '../money/amount.ts'
import { type Pair, SOL_MINT, type Token } from '../money/token.ts'
import { SetAside } from '../plugin/set-aside.ts'

/** Compute units of a swap through one pool with SOL wrapped or unwrapped on the way. Measured on the embedded chain. */
export const SWAP_COMPUTE_UNITS = 60_000
/** Deposit for a token account. Source: Solana's rent, 128 + 165 bytes at two years of 3,480 lamports a byte-year. */
const TOKEN_ACCOUNT_RENT_LAMPORTS = 2_039_280n

/**
 * The wallet of a backtest: base units by token. SOL for fees and deposits is apart from the capital that is traded
 * with: what is spent of it counts as a cost, what is left of it is no profit.
 */
export class BacktestWallet {
  readonly #pair: Pair
  readonly #units = new Map<string, bigint>()
  readonly #claimed = new Map<string, bigint>()
  /** Of orders that have been given on and not claimed yet. */
  readonly aside = new SetAside()
  readonly #opened = new Set<string>()
  /** Lamports beyond the capital, for fees and deposits; spent below zero never. */
  #fees_lamports: bigint
  #feesSpent_lamports = 0n
  #rent_lamports = 0n
  #base = 0
  #quote = 0

  constructor(options: {
    readonly pair: Pair
    readonly capital: readonly Amount[]
    readonly fees_lamports: bigint
  }) {
    this.#pair = options.pair
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

  /** What everything is worth in whole quote tokens, at a price of the pair. Deposits come back, so they count. */
  worth(price: number): number {
    return this.#quote + this.#base * price
  }

  /** Claims what a trade may take, in place of what was set aside for its order. @returns how to free it, or why it can not be had */
  claim(orderId: string, input: Amount): (() => void) | Reason {
    const { mint } = input.token
    const free = this.units(input.token) - (this.#claimed.get(mint) ?? 0n)
    if (free < input.units) {
      const message = `the trade needs ${formatAmount(input)}, the wallet has ${formatUnits(free, input.token.decimals)}`
      return { code: 'FUNDS_INSUFFICIENT', message, remedy: 'Give more --capital, or trade less.' }
    }
    if (this.#fees_lamports < TOKEN_ACCOUNT_RENT_LAMPORTS) {
      const message = `the SOL for fees and deposits is spent: ${formatUnits(this.#fees_lamports, 9)} SOL are left`
      return { code: 'FUNDS_INSUFFICIENT', message, remedy: 'Give more --fee-sol.' }
    }
    this.aside.delete(orderId)
    this.#claimed.set(mint, (this.#claimed.get(mint) ?? 0n) + input.units)
    return () => void this.#claimed.set(mint, (this.#claimed.get(mint) ?? 0n) - input.units)
  }

  /** Free units of a token: what no trade on its way may take. */
  free(token: Token): bigint {
    return this.units(token) - (this.#claimed.get(token.mint) ?? 0n)
  }

  /** What an order that is a share of the holding may count on. */
  sellable(token: Token): bigint {
    const units = this.free(token) - this.aside.unitsOf(token.mint)
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
