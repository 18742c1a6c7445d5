import type { Amount } from '../money/amount.ts'

/** What orders that have been given on will take out of a wallet, until their trades count it themselves. */
export class SetAside {
  readonly #amounts = new Map<string, Amount>()
  readonly #units = new Map<string, bigint>()

  /** In place of an earlier amount of the same order. */
  add(orderId: string, amount: Amount): void {
    this.delete(orderId)
    this.#amounts.set(orderId, amount)
    this.#change(amount, 1n)
  }

  delete(orderId: string): void {
    const amount = this.#amounts.get(orderId)
    if (!amount) return
    this.#amounts.delete(orderId)
    this.#change(amount, -1n)
  }

  /** Of all orders, in base units. */
  unitsOf(mint: string): bigint {
    return this.#units.get(mint) ?? 0n
  }

  #change({ token, units }: Amount, sign: 1n | -1n): void {
    this.#units.set(token.mint, this.unitsOf(token.mint) + sign * units)
  }
}
