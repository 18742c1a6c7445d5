import type { Fill } from '../../events/report.ts'
import type { Amount } from '../../money/amount.ts'
import type { Token } from '../../money/token.ts'
import type { Holdings } from '../../plugin/services.ts'

/** A wallet that holds what a test says, and what was traded since: all of it can be sold. */
export class MockWallet implements Holdings {
  readonly #units = new Map<string, bigint>()

  constructor(held: readonly Amount[]) {
    for (const amount of held) this.#add(amount.token, amount.units)
  }

  async sellable(token: Token): Promise<bigint> {
    return this.held(token)
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
