import type { Amount } from '../money/amount.ts'

/** What orders that have been given on will take out of a wallet, until their trades count it themselves. */
export class SetAside {
  readonly #orders = new Map<string, { readonly amount: Amount; readonly whose: string | undefined }>()
  readonly #units = new Map<string, bigint>()
  readonly #ofNodes = new Map<string, bigint>()

  /** In place of an earlier amount of the same order. @param whose the strategy that it is traded for */
  add(orderId: string, amount: Amount, whose: string | undefined): void {
    this.delete(orderId)
    this.#orders.set(orderId, { amount, whose })
    this.#change(amount, whose, 1n)
  }

  delete(orderId: string): void {
    const order = this.#orders.get(orderId)
    if (!order) return
    this.#orders.delete(orderId)
    this.#change(order.amount, order.whose, -1n)
  }

  /** Of all orders, in base units. */
  unitsOf(mint: string): bigint {
    return this.#units.get(mint) ?? 0n
  }

  /** Of the orders of one strategy. */
  unitsOfNode(node: string, mint: string): bigint {
    return this.#ofNodes.get(keyOf(node, mint)) ?? 0n
  }

  #change({ token: { mint }, units }: Amount, whose: string | undefined, sign: 1n | -1n): void {
    this.#units.set(mint, this.unitsOf(mint) + sign * units)
    if (whose !== undefined) this.#ofNodes.set(keyOf(whose, mint), this.unitsOfNode(whose, mint) + sign * units)
  }
}

const keyOf = (node: string, mint: string): string => `${node}\n${mint}`
