import type { Fill } from '../../events/report.ts'
import type { Amount } from '../../money/amount.ts'
import type { Token } from '../../money/token.ts'
import type { Holdings } from '../../plugin/services.ts'
import { SetAside } from '../../plugin/set-aside.ts'

/** A wallet that holds what a test says, and what was traded since: all of it can be sold. */
export class MockWallet implements Holdings {
  readonly #units = new Map<string, bigint>()
  readonly #aside = new SetAside()

  constructor(held: readonly Amount[]) {
    for (const amount of held) this.#add(amount.token, amount.units)
  }

  async sellable(token: Token): Promise<bigint> {
    const units = this.held(token) - this.#aside.unitsOf(token.mint)
    return units < 0n ? 0n : units
  }

  setAside(orderId: string, amount: Amount, whose?: string): void {
    this.#aside.add(orderId, amount, whose)
  }

  release(orderId: string): void {
    this.#aside.delete(orderId)
  }

  async balance(token: Token): Promise<bigint> {
    return this.held(token)
  }

  held(token: Token): bigint {
    return this.#units.get(token.mint) ?? 0n
  }

  traded({ input, output }: Pick<Fill, 'input' | 'output'>): void {
    this.#add(input.token, -input.units)
    this.#add(output.token, output.units)
  }

  #add(token: Token, units: bigint): void {
    this.#units.set(token.mint, this.held(token) + units)
  }
}
